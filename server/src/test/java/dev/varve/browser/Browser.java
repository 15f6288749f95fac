package dev.varve.browser;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.varve.kernel.Patience;
import dev.varve.kernel.Programs;
import dev.varve.kernel.TestFolders;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticator;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticatorOptions;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The Chromium of this machine, without a window. It knows no other host than this machine, and every wait is for something
/// that is to be seen.
final class Browser implements AutoCloseable {
  private static final String INSTALL =
      "The pages were not tried in a browser: there is no chromium and chromedriver on the PATH. On Debian: apt-get install chromium chromium-driver";
  // long, for a machine that is busy with other things
  private static final Duration PATIENCE = Duration.ofSeconds(Patience.SECONDS);

  private static final String AXE = axe();

  private final Path profile;
  private final ChromeDriver driver;
  private final List<String> complaints = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();
  private final List<VirtualAuthenticator> pluggedIn = new ArrayList<>();

  private Browser(Path profile, ChromeDriver driver) {
    this.profile = profile;
    this.driver = driver;
  }

  private static String axe() {
    try (InputStream in =
        Objects.requireNonNull(Browser.class.getClassLoader().getResourceAsStream("axe.min.js"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts one with an empty profile. Where there is none the test is skipped, but in CI it fails.
  static Browser start() {
    return start(List.of());
  }

  /// One that takes certificates with this public key, whoever vouches for them.
  ///
  /// @param keyHash SHA-256 of the key in Base64
  static Browser startTrusting(String keyHash) {
    return start(List.of("--ignore-certificate-errors-spki-list=" + keyHash));
  }

  private static Browser start(List<String> arguments) {
    Optional<File> chromium = Programs.find("chromium", "google-chrome").map(File::new);
    Optional<File> chromedriver = Programs.find("chromedriver").map(File::new);
    if (chromium.isEmpty() || chromedriver.isEmpty()) {
      return "true".equals(System.getenv("CI")) ? fail(INSTALL) : skipped();
    }
    try {
      Path profile = Files.createTempDirectory("varve-browser-");
      // both programs are named, so that nothing is looked for or fetched
      ChromeDriverService service =
          new ChromeDriverService.Builder()
              .usingDriverExecutable(chromedriver.get())
              .withLogOutput(OutputStream.nullOutputStream())
              .build();
      return new Browser(
          profile,
          new ChromeDriver(service, options(chromium.get(), profile).addArguments(arguments)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Browser skipped() {
    // Maven tells that tests were skipped, and not why
    LoggerFactory.getLogger(Browser.class).warn(INSTALL);
    return abort(INSTALL);
  }

  private static ChromeOptions options(File chromium, Path profile) {
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium);
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    // of what happens, the network alone
    options.setExperimentalOption("perfLoggingPrefs", Map.of("enablePage", false));
    return options.addArguments(
        "--headless",
        // root has no sandbox, and it would guard against nothing but Varve's own pages
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
        "--user-data-dir=" + profile);
  }

  /// Plugs in an authenticator that is software (WebAuthn, section 11).
  VirtualAuthenticator plugIn(VirtualAuthenticatorOptions options) {
    VirtualAuthenticator made = driver.addVirtualAuthenticator(options);
    pluggedIn.add(made);
    return made;
  }

  /// Takes away every authenticator, with what it keeps.
  void unplugAll() {
    pluggedIn.forEach(driver::removeVirtualAuthenticator);
    pluggedIn.clear();
  }

  String url() {
    return String.valueOf(driver.getCurrentUrl());
  }

  /// Shows a page as to somebody who comes for the first time.
  void open(String url) {
    driver.get("about:blank");
    driver.executeCdpCommand(
        "Storage.clearDataForOrigin", Map.of("origin", origin(url), "storageTypes", "all"));
    complaints();
    complaints.clear();
    requests();
    requests.clear();
    driver.get(url);
  }

  private static String origin(String url) {
    return url.substring(0, url.indexOf('/', "http://".length()));
  }

  String title() {
    return driver.getTitle() == null ? "" : driver.getTitle();
  }

  /// The first element that a CSS selector finds, as soon as there is one.
  WebElement find(String selector) {
    until(() -> !all(selector).isEmpty(), "there is " + selector);
    return driver.findElement(By.cssSelector(selector));
  }

  List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  /// Taken at one moment: a page may exchange its elements meanwhile.
  List<String> texts(String selector) {
    Object texts =
        run(
            "return [...document.querySelectorAll(arguments[0])].map(each => each.innerText.trim())",
            selector);
    return texts instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }

  @Nullable Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /// What keeps some people from using the page as it is shown (WCAG 2.2 A and AA, and good practice), by axe-core.
  List<String> barriers() {
    run(AXE);
    Object found =
        driver.executeAsyncScript(
            """
            const done = arguments[0];
            axe.run(document).then(
              result => done(result.violations.map(
                each => each.id + ": " + each.nodes.map(node => node.html).join(" "))),
              error => done(["axe failed: " + error]));
            """);
    return found instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }

  /// As the system says that its owner likes it.
  ///
  /// @param scheme `light` or `dark`
  void prefer(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /// Has a window of that size, in pixels.
  void resize(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /// Shows a page, with what the browser keeps.
  void go(String url) {
    driver.get(url);
  }

  /// Waits until something holds.
  void until(BooleanSupplier condition, String what) {
    new WebDriverWait(driver, PATIENCE)
        .pollingEvery(Duration.ofMillis(50))
        // the page may be exchanged for another one just while it is asked
        .ignoring(WebDriverException.class)
        .withMessage(() -> what)
        .until(_ -> condition.getAsBoolean());
  }

  /// What the console has said of errors and warnings since the page was opened.
  List<String> complaints() {
    driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .forEach(complaints::add);
    return complaints;
  }

  /// The URLs that were asked for over any network since the page was opened, WebSockets included.
  List<String> requests() {
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      JsonNode message = JsonMapper.shared().readTree(entry.getMessage()).path("message");
      JsonNode parameters = message.path("params");
      switch (message.path("method").asString("")) {
        case "Network.requestWillBeSent" -> requests.add(parameters.at("/request/url").asString());
        case "Network.webSocketCreated" -> requests.add(parameters.path("url").asString());
        default -> {}
      }
    }
    // what is in the page, or in the browser itself
    requests.removeIf(url -> url.startsWith("data:") || url.startsWith("chrome:"));
    return requests;
  }

  @Override
  public void close() {
    driver.quit();
    TestFolders.delete(profile);
  }
}
