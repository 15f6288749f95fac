package dev.varve.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.Authenticator;
import dev.varve.face.auth.PageSettings;
import dev.varve.face.oauth.Provider;
import dev.varve.face.oauth.Visitor;
import dev.varve.identity.account.FactorPolicy;
import dev.varve.identity.account.FactorSettings;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.settings.SettingRecords;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Everybody can use Varve's own pages: with a screen reader, by keyboard, in the dark, on a telephone. Each page is judged by
/// axe-core where somebody comes to it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessibilityTest {
  private static final int PHONE_WIDTH = 320;

  private final SteppedClock clock = SteppedClock.ticking();
  private Browser browser;
  private TestServer server;

  @BeforeAll
  void start() {
    browser = Browser.start();
    // the lightest green that is dark enough, and a name that would end a string of a style sheet
    server =
        TestServer.start(
            Provider.plan()
                .with(new PageSettings("Ada's \"Garden\"\\", "", "#0a7d32", "#7fd99b", ""))
                .with(clock));
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private String url(String path) {
    return "http://127.0.0.1:%d%s".formatted(server.port(), path);
  }

  private String authorization(String... more) {
    return url(
        "/oauth2/authorize?"
            + Visitor.form(Provider.request("notes-page", Provider.PAGE, "openid notes:read"))
            + String.join("", more));
  }

  private void assertUsable(String what) {
    for (String scheme : List.of("light", "dark")) {
      browser.prefer(scheme);
      assertThat(browser.barriers()).as("%s, %s", what, scheme).isEmpty();
    }
    browser.resize(PHONE_WIDTH, 640);
    assertThat(browser.barriers()).as("%s on a telephone", what).isEmpty();
    assertThat(
            browser.run("return document.documentElement.scrollWidth <= arguments[0]", PHONE_WIDTH))
        .as("%s is no wider than a telephone", what)
        .isEqualTo(true);
    browser.resize(1280, 900);
    browser.prefer("light");
  }

  @Test
  void whoComesToSignInCanUseEveryPage() {
    String email = Provider.somebody(server);
    browser.open(authorization());
    assertUsable("sign-in");
    assertThat(
            browser.run(
                "return getComputedStyle(document.querySelector('.look'), '::before').content"))
        .isEqualTo("\"Ada's \\\"Garden\\\"\\\\\"");
    assertThat(
            browser.run(
                "return getComputedStyle(document.querySelector('button')).backgroundColor"))
        .isEqualTo("rgb(10, 125, 50)");

    signIn(email, "a wrong password");
    browser.find(".note");
    assertUsable("sign-in after a wrong password");

    browser.find("a[href*=sign-up]").click();
    browser.until(() -> browser.texts("h1").contains("Sign up"), "the page to sign up");
    assertUsable("sign-up");
    browser.find("a[href*=flow]").click();

    browser.find("a[href*=forgot]").click();
    browser.until(
        () -> browser.texts("h1").contains("Forgotten your password?"), "the forgotten password");
    assertUsable("forgotten password");
    browser.find("a[href*=flow]").click();

    browser.until(() -> browser.texts("h1").contains("Sign in"), "back at the flow");
    signIn(email, Provider.PASSWORD);
    browser.find("button[value=allow]");
    assertUsable("consent");

    browser.go(url("/oauth2/logout"));
    browser.find("button");
    assertUsable("logout");
    browser.find("button").click();
    browser.until(() -> browser.texts("h1").contains("Signed out"), "signed out");
    assertUsable("signed out");
  }

  private void signIn(String email, String password) {
    browser.find("#email").clear();
    browser.find("#email").sendKeys(email);
    browser.find("#password").sendKeys(password);
    browser.find("form button").click();
  }

  @Test
  void whoMustHaveASecondFactorCanEnrolOneAndUseIt() {
    FactorSettings required =
        new FactorSettings(FactorPolicy.REQUIRED, List.of(), Duration.ofDays(30));
    TestServer first = server;
    try (TestServer strict =
        TestServer.start(
            Provider.plan()
                .with(SettingRecords.changed(Provider.plan().auth(), Map.of("factors", required)))
                .with(clock))) {
      server = strict;
      String email = Provider.somebody(strict);
      browser.open(authorization());
      signIn(email, Provider.PASSWORD);
      browser.find("svg");
      assertUsable("enrolling");
      Authenticator authenticator =
          new Authenticator(browser.texts("code").getFirst().replace(" ", ""), clock);
      enter("000000");
      browser.find(".note");
      assertUsable("enrolling after a wrong code");
      enter(authenticator.code());
      browser.until(() -> browser.texts("li code").size() == 10, "recovery codes");
      assertUsable("recovery codes");

      browser.open(authorization());
      signIn(email, Provider.PASSWORD);
      browser.find("details");
      assertUsable("second factor");
      enter(authenticator.nextCode());
      browser.find("button[value=allow]");
    } finally {
      server = first;
    }
  }

  private void enter(String code) {
    browser.find("#code").sendKeys(code);
    browser.find("form button").click();
  }

  @Test
  void whoLooksAfterAnAccountCanUseEveryPage() {
    String email = Provider.somebody(server);
    browser.open(url("/auth/account"));
    browser.until(() -> browser.texts("h1").contains("Sign in"), "signing in comes first");
    signIn(email, Provider.PASSWORD);
    browser.until(() -> browser.texts("h1").contains("Your account"), "the account");
    assertUsable("account");

    browser.find("#profile details:last-of-type summary").click();
    browser.find("#current-password").sendKeys("a wrong password");
    browser.find("#p").sendKeys("another horse battery");
    browser.find("form[action$='/password'] button").click();
    browser.find(".note");
    browser
        .all("summary")
        .forEach(summary -> browser.run("arguments[0].parentElement.open = true", summary));
    assertUsable("account after a wrong password");

    browser.find("a[href$='/authenticator']").click();
    browser.find("svg");
    assertUsable("adding an authenticator");
    Authenticator authenticator =
        new Authenticator(browser.texts("code").getFirst().replace(" ", ""), clock);
    enter(authenticator.code());
    browser.until(() -> browser.texts("li code").size() == 10, "recovery codes");
    assertUsable("recovery codes of an account");
    browser.find("a[href='/auth/account']").click();
    browser.find("#factors .rows button");
    assertUsable("account with a second factor");

    browser.find("a[href$='/passkey']").click();
    browser.find("form[data-create] button");
    assertUsable("adding a passkey");
  }

  @Test
  void whoLetsADeviceInCanUseThePage() {
    browser.open(url("/oauth2/device"));
    browser.find("form button");
    assertUsable("the code of a device");
  }

  @Test
  void whoComesByALinkInAMailCanUseThePage() {
    for (String path :
        List.of("/auth/verify-email", "/auth/password/reset", "/auth/email/confirm")) {
      browser.open(url(path + "?token=from-the-mail"));
      browser.find("form button");
      assertUsable(path);
    }
  }

  @Test
  void whoWentAstrayCanUseThePageThatSaysSo() {
    browser.open(url("/oauth2/flow/none"));
    assertUsable("an expired page");
    browser.open(url("/oauth2/authorize?client_id=nobody"));
    assertUsable("a request of nobody");
  }
}
