package dev.varve.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.oauth.Provider;
import dev.varve.node.InstalledVarve;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.TimeoutException;
import org.openqa.selenium.virtualauthenticator.Credential;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticator;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticatorOptions;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticatorOptions.Protocol;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticatorOptions.Transport;

/// Passkeys as a browser makes and uses them, with an authenticator that is software: on a page that is built on the JSON endpoints
/// (`examples/passkeys`), and on the pages of a flow.
class PasskeyBrowserTest {
  private static final int USED = 10_000;
  private static final Path PROJECT = Path.of(System.getProperty("basedir", ".")).resolve("..");
  private static final Path EXAMPLE = PROJECT.resolve("examples/passkeys");
  private static final String EMAIL = "ada@example.com";

  private static Browser browser;

  @BeforeAll
  static void start() {
    browser = Browser.start();
  }

  @AfterEach
  void unplug() {
    browser.unplugAll();
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private static VirtualAuthenticatorOptions phone() {
    return new VirtualAuthenticatorOptions()
        .setProtocol(Protocol.CTAP2)
        .setTransport(Transport.INTERNAL)
        .setHasResidentKey(true)
        .setHasUserVerification(true)
        .setIsUserVerified(true);
  }

  /// One that makes sure of nobody.
  private static VirtualAuthenticatorOptions securityKey() {
    return new VirtualAuthenticatorOptions()
        .setProtocol(Protocol.U2F)
        .setTransport(Transport.USB)
        .setHasResidentKey(false)
        .setHasUserVerification(false);
  }

  private static InstalledVarve example(Path folder) {
    try (Stream<Path> files = Files.walk(EXAMPLE)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(EXAMPLE.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return InstalledVarve.serve(List.of("dev", folder.toString()));
  }

  @Test
  void peopleSignUpSignInAddAndRemovePasskeysOnAPageOfTheApplication(@TempDir Path folder) {
    try (InstalledVarve varve = example(folder)) {
      VirtualAuthenticator phone = browser.plugIn(phone());
      String page = "http://localhost:%d/".formatted(varve.port());
      browser.open(page);
      type(browser, "[name=name]", "Ada");
      type(browser, "[name=email]", EMAIL);
      click(browser, "#signUp button");
      await(
          browser,
          "#said",
          "If the address is yours, you find a mail there that says how to go on");
      assertThat(phone.getCredentials()).hasSize(1);

      click(browser, "#signIn");
      await(browser, "#who", EMAIL + " is signed in.");
      click(browser, "#add");
      awaitPart(browser, "#said", "InvalidStateError");

      VirtualAuthenticator key = browser.plugIn(phone().setTransport(Transport.USB));
      click(browser, "#add");
      await(browser, "#said", "Added.");
      assertThat(key.getCredentials()).hasSize(1);
      click(browser, "#passkeys li:first-child button");
      await(browser, "#said", "Removed.");
      assertThat(browser.texts("#passkeys li")).hasSize(1);

      browser.until(() -> phone.getCredentials().isEmpty(), "the keeper forgets what was removed");
    }
  }

  @Test
  void theBrowserOffersPasskeysWhereItFillsInTheAddress(@TempDir Path folder) {
    try (InstalledVarve varve = example(folder)) {
      browser.plugIn(phone());
      String page = "http://localhost:%d/".formatted(varve.port());
      browser.open(page);
      type(browser, "[name=name]", "Ada");
      type(browser, "[name=email]", EMAIL);
      click(browser, "#signUp button");
      awaitPart(browser, "#said", "If the address is yours");
      browser.go(page);
      // nobody has clicked: the authenticator consents by itself
      await(browser, "#who", EMAIL + " is signed in.");
    }
  }

  /// A page of a flow, whose passkey is made beforehand by a script on it.
  private static String flow(TestServer server) {
    Map<String, String> request =
        Provider.request("notes-page", Provider.PAGE, "openid notes:read");
    return "http://localhost:%d/oauth2/authorize?%s"
        .formatted(
            server.port(),
            request.entrySet().stream()
                .map(parameter -> parameter.getKey() + "=" + encoded(parameter.getValue()))
                .collect(Collectors.joining("&")));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static final String ENROL =
      """
      const post = async (path, body, headers) => (await fetch(path, { method: "POST",
        headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) })).json();
      return (async () => {
        const { accessToken } = await post("/auth/sign-in", { email: arguments[0], password: arguments[1] }, {});
        const headers = { Authorization: `Bearer ${accessToken}` };
        const options = await post("/auth/passkeys/options", {}, headers);
        const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
        const credential = (await navigator.credentials.create({ publicKey })).toJSON();
        return JSON.stringify(await post("/auth/passkeys", { credential }, headers));
      })();
      """;

  private static void enrol(Browser browser, TestServer server, String email) {
    browser.open(flow(server));
    browser.find("#password");
    Object made = browser.run(ENROL, email, "correct horse battery");
    assertThat(String.valueOf(made)).contains("\"verifies\"");
  }

  @Test
  void aFlowIsSignedInToByAPasskeyAndACopyIsNot() {
    try (TestServer server = TestServer.start(Provider.plan())) {
      String email = Provider.somebody(server);
      VirtualAuthenticator phone = browser.plugIn(phone());
      enrol(browser, server, email);
      // the authenticator answers each page by itself: a copy must not catch up while somebody
      // looks
      count(phone, USED);

      browser.open(flow(server));
      awaitPart(browser, "h1", "Let Notes");
      awaitPart(browser, "p", email);
      assertThat(browser.complaints()).isEmpty();
      browser.until(
          () -> phone.getCredentials().size() == 1, "a good passkey stays with its keeper");

      Credential used = phone.getCredentials().getFirst();
      assertThat(used.getSignCount()).isGreaterThan(USED);
      count(phone, 0);
      browser.open(flow(server));
      awaitPart(browser, "[role=alert]", "there may be a copy of it");
      assertThat(events(server, email)).contains("PASSKEY_COPIED");
    }
  }

  /// The same passkey, as if it had been used so often.
  private static void count(VirtualAuthenticator keeper, int uses) {
    Credential kept = keeper.getCredentials().getFirst();
    keeper.removeCredential(kept.getId());
    keeper.addCredential(
        Credential.createResidentCredential(
            kept.getId(),
            "localhost",
            kept.getPrivateKey(),
            Objects.requireNonNull(kept.getUserHandle()),
            uses));
  }

  private static List<String> events(TestServer server, String email) {
    return server.column("SELECT kind FROM security_events WHERE email = '%s'".formatted(email));
  }

  @Test
  void aRemovedPasskeyIsRefusedAndForgotten() {
    try (TestServer server = TestServer.start(Provider.plan())) {
      String email = Provider.somebody(server);
      VirtualAuthenticator phone = browser.plugIn(phone());
      enrol(browser, server, email);
      remove(server, email);

      browser.open(flow(server));

      awaitPart(browser, "[role=alert]", "The passkey is not known here");
      browser.until(() -> phone.getCredentials().isEmpty(), "its keeper is told, and forgets it");
    }
  }

  private static void remove(TestServer server, String email) {
    String signIn = "{\"email\": \"%s\", \"password\": \"correct horse battery\"}".formatted(email);
    Reply signedIn = server.send("POST", "/auth/sign-in", Map.of(), signIn);
    String id = server.column("SELECT id FROM varve_passkey").getFirst();
    Reply removed =
        server.send(
            "DELETE",
            "/auth/passkeys/" + id,
            Provider.bearer(Provider.text(signedIn, "accessToken")),
            "");
    assertThat(removed.status()).as(removed.text()).isEqualTo(204);
  }

  @Test
  void aPasskeyIsMadeOnThePageOfTheAccountAndOpensItTheNextTime() {
    try (TestServer server = TestServer.start(Provider.plan())) {
      String email = Provider.somebody(server);
      String page = "http://localhost:%d/auth/account".formatted(server.port());
      VirtualAuthenticator phone = browser.plugIn(phone());
      browser.open(page);
      type(browser, "#email", email);
      type(browser, "#password", "correct horse battery");
      browser.until(
          () -> "yes".equals(browser.run("return document.querySelector('[name=able]').value")),
          "the browser says that it makes passkeys");
      click(browser, "form button:not(.other)");
      await(browser, "h1", "Sign in faster next time");
      assertThat(browser.complaints()).isEmpty();
      click(browser, "form:not([data-create]) button.other");
      await(browser, "h1", "Your account");

      click(browser, "a[href$='/passkey']");
      type(browser, "#passkey-name", "Telephone");
      click(browser, "form[data-create] button");
      await(browser, ".done", "The passkey is added.");
      await(browser, "#passkeys strong", "Telephone");
      assertThat(phone.getCredentials()).hasSize(1);
      click(browser, "a[href$='/passkey']");
      click(browser, "form[data-create] button");
      awaitPart(browser, "[role=alert]", "This device has a passkey of your account already.");
      assertThat(browser.complaints()).isEmpty();

      browser.go(page);
      click(browser, "form[action$='/sign-out'] button");
      await(browser, "h1", "Signed out");
      browser.go(page);
      // nobody has clicked: the authenticator consents by itself
      await(browser, "h1", "Your account");

      click(browser, "form[action$='/passkey/remove'] button");
      await(browser, ".done", "It is removed.");
      browser.until(() -> phone.getCredentials().isEmpty(), "its keeper is told, and forgets it");
    }
  }

  @Test
  void aSecurityKeyIsTheSecondFactorOfAFlow() {
    try (TestServer server = TestServer.start(Provider.plan())) {
      String email = Provider.somebody(server);
      browser.plugIn(securityKey());
      enrol(browser, server, email);

      browser.open(flow(server));
      type(browser, "#email", email);
      type(browser, "#password", "correct horse battery");
      click(browser, "form button:not(.other)");
      await(browser, "h1", "One more step");
      click(browser, "form[data-options] button");
      awaitPart(browser, "h1", "Let Notes");
    }
  }

  @Test
  void aPageSaysWhyNoPasskeyWasUsed() {
    try (TestServer server = TestServer.start(Provider.plan())) {
      VirtualAuthenticator phone = browser.plugIn(phone());
      enrol(browser, server, Provider.somebody(server));
      phone.setUserVerified(false);
      browser.open(flow(server));
      click(browser, "form[data-options] button");
      awaitPart(browser, "[role=alert]", "No passkey was used");
      assertThat(browser.texts("h1")).contains("Sign in");
    }
  }

  private static void click(Browser browser, String selector) {
    browser.find(selector).click();
  }

  private static void type(Browser browser, String selector, String text) {
    browser.find(selector).sendKeys(text);
  }

  private static void await(Browser browser, String selector, String text) {
    until(browser, selector, text, () -> browser.texts(selector).contains(text));
  }

  private static void awaitPart(Browser browser, String selector, String text) {
    until(
        browser,
        selector,
        text,
        () -> browser.texts(selector).stream().anyMatch(shown -> shown.contains(text)));
  }

  private static void until(Browser browser, String selector, String text, BooleanSupplier holds) {
    try {
      browser.until(holds, selector + " says " + text);
    } catch (TimeoutException e) {
      throw new AssertionError(
          "%s says %s and not %s, the page %s, the console %s"
              .formatted(
                  selector,
                  browser.texts(selector),
                  text,
                  browser.texts("body"),
                  browser.complaints()),
          e);
    }
  }
}
