package dev.varve.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.Authenticator;
import dev.varve.face.auth.FactorScene;
import dev.varve.face.auth.FactorScene.Enrolled;
import dev.varve.face.oauth.Provider;
import dev.varve.face.oauth.Visitor;
import dev.varve.identity.account.FactorPolicy;
import dev.varve.identity.account.FactorSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The pages of second factors in a real browser: they work, and everybody can use them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecondFactorPageTest {
  private static final int PHONE_WIDTH = 320;
  private static final String PASSWORD = "correct horse battery";

  private Browser browser;

  @BeforeAll
  void start() {
    browser = Browser.start();
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private static String authorization(FactorScene scene) {
    return "http://127.0.0.1:%d/oauth2/authorize?%s"
        .formatted(
            scene.server.port(),
            Visitor.form(Provider.request("notes-page", Provider.PAGE, "openid notes:read")));
  }

  private void signIn(String email) {
    browser.find("#email").sendKeys(email);
    browser.find("#password").sendKeys(PASSWORD);
    browser.find("form button").click();
  }

  private void shows(String title) {
    browser.until(() -> browser.texts("h1").contains(title), title);
    for (String scheme : List.of("light", "dark")) {
      browser.prefer(scheme);
      assertThat(browser.barriers()).as("%s, %s", title, scheme).isEmpty();
    }
    browser.resize(PHONE_WIDTH, 640);
    assertThat(browser.barriers()).as("%s on a telephone", title).isEmpty();
    assertThat(
            browser.run("return document.documentElement.scrollWidth <= arguments[0]", PHONE_WIDTH))
        .as("%s is no wider than a telephone", title)
        .isEqualTo(true);
    browser.resize(1280, 900);
  }

  @Test
  void somebodySignsInWithASecondFactorAndIsNotAskedAgain() {
    try (FactorScene scene = new FactorScene(Provider.plan())) {
      Enrolled enrolled = scene.join().enrol();
      browser.open(authorization(scene));
      signIn(enrolled.person().email());
      shows("One more step");
      assertThat(browser.run("return document.activeElement.id"))
          .as("one can type at once")
          .isEqualTo("code");
      browser.find("summary").click();
      browser.find("#recovery");
      shows("One more step");
      browser.find("#code").sendKeys("000 000");
      browser.find("form button").click();
      browser.find("[role=alert]");
      shows("One more step");
      browser.find("input[name=trust]").click();
      browser.find("#code").sendKeys(enrolled.authenticator().nextCode());
      browser.find("form button").click();
      shows("Let Notes & <b>more</b> in?");
      browser.find("button[value=switch]").click();
      browser.until(() -> browser.texts("h1").contains("Sign in"), "who it is is asked");
      signIn(enrolled.person().email());
      shows("Let Notes & <b>more</b> in?");
      assertThat(browser.complaints())
          .as("but for the wrong code")
          .allMatch(complaint -> complaint.contains("status of 400"));
    }
  }

  @Test
  void somebodyEnrolsTheFactorThatTheirAccountMustHave() {
    FactorSettings required =
        new FactorSettings(FactorPolicy.REQUIRED, List.of(), Duration.ofDays(30));
    try (FactorScene scene =
        new FactorScene(Provider.plan().with(FactorScene.settings(required, true)))) {
      String email = scene.joinOnly();
      browser.open(authorization(scene));
      shows("Sign in");
      browser.find("#email").sendKeys(email);
      browser.find("button[value=link]").click();
      shows("Look into your mails");
      browser.find("#mailed").sendKeys(scene.mailed(email, 1));
      browser.find("form button").click();
      shows("Protect your account");
      Authenticator authenticator = new Authenticator(browser.find("code").getText(), scene.clock);
      browser.find("#code").sendKeys(authenticator.code());
      browser.find("form button").click();
      shows("Your recovery codes");
      assertThat(browser.texts("li code")).hasSize(10);
      browser.find("form button").click();
      shows("Let Notes & <b>more</b> in?");
      assertThat(browser.complaints()).isEmpty();
    }
  }
}
