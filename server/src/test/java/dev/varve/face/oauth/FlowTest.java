package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.authorize;
import static dev.varve.face.oauth.Provider.claims;
import static dev.varve.face.oauth.Provider.code;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.credentials;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What people do with the pages of a flow that nobody has planned: tabs, the back button, other languages, other accounts.
class FlowTest {
  private static final SteppedClock CLOCK = SteppedClock.ticking();

  private static TestServer server;
  private String email = "";

  @BeforeAll
  static void start() {
    server = TestServer.start(Provider.plan().with(CLOCK));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void somebody() {
    email = Provider.somebody(server);
  }

  private static Map<String, String> asking(String... more) {
    Map<String, String> parameters =
        new LinkedHashMap<>(request("notes-page", PAGE, "openid notes:read"));
    for (int i = 0; i < more.length; i += 2) {
      parameters.put(more[i], more[i + 1]);
    }
    return parameters;
  }

  @Test
  void whoSignsInInOneTabIsSignedInInTheOther() {
    Visitor visitor = new Visitor(server);
    Reply first = authorize(visitor, asking("state", "1"));
    Reply second = authorize(visitor, asking("state", "2"));
    Reply consent = visitor.submit(first, credentials(email));
    visitor.submit(consent, Map.of("decision", "allow"));

    Reply back = visitor.submit(second, credentials(email));

    assertThat(Visitor.parameters(back.header("Location")))
        .as("the other tab goes on, whatever its form still asks")
        .containsEntry("state", "2")
        .containsKey("code");
  }

  @Test
  void theBackButtonFindsAPageThatSaysSo() {
    Visitor visitor = new Visitor(server);
    Reply signIn = authorize(visitor, asking());
    Reply consent = visitor.submit(signIn, credentials(email));
    visitor.submit(consent, Map.of("decision", "allow"));

    Reply again = visitor.submit(consent, Map.of("decision", "allow"));
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text()).contains("You have answered here already");
    assertThat(visitor.submit(signIn, credentials(email)).text())
        .contains("You have answered here already");
  }

  @Test
  void aFormOfAnEarlierStepIsPassedOver() {
    Visitor visitor = new Visitor(server);
    Reply signIn = authorize(visitor, asking());
    visitor.submit(signIn, credentials(email));
    Reply again = visitor.submit(signIn, Map.of("email", email, "password", "wrong password"));
    assertThat(again.text()).as("what is asked now").contains("Let Notes");
  }

  @Test
  void aFormOfALaterStepGetsNobodyPastAnEarlierOne() {
    Visitor visitor = new Visitor(server);
    Reply signIn = authorize(visitor, asking());
    Reply forged = visitor.submit(signIn, Map.of("step", "CONSENT", "decision", "allow"));
    assertThat(forged.text()).contains("<h1>Sign in</h1>");
    Reply done = visitor.submit(signIn, Map.of("step", "DONE"));
    assertThat(done.text()).contains("<h1>Sign in</h1>");
  }

  @Test
  void whoIsSomebodyElseSignsInAnew() {
    Visitor visitor = new Visitor(server);
    Reply consent = visitor.submit(authorize(visitor, asking()), credentials(email));
    Reply signIn = visitor.submit(consent, Map.of("decision", "switch"));
    assertThat(signIn.text()).contains("<h1>Sign in</h1>");
    String other = Provider.somebody(server);
    assertThat(visitor.submit(signIn, credentials(other)).text()).contains(other);
  }

  @Test
  void nobodyAllowsWhatSomebodyElseWasAsked() {
    Visitor visitor = new Visitor(server);
    Reply shown = visitor.submit(authorize(visitor, asking()), credentials(email));
    Reply signIn = visitor.submit(shown, Map.of("decision", "switch"));
    String other = Provider.somebody(server);
    visitor.submit(signIn, credentials(other));

    Reply again = visitor.submit(shown, Map.of("decision", "allow"));

    assertThat(again.text()).as("asked anew").contains("Let Notes").contains(other);
  }

  @Test
  void theCookieOfASessionIsAnotherAfterEachSignIn() {
    Visitor visitor = new Visitor(server);
    visitor.cookies().put("varve-session", "planted-by-somebody");
    code(visitor, asking(), email);
    String first = Objects.requireNonNull(visitor.cookies().get("varve-session"));
    assertThat(first).isNotEqualTo("planted-by-somebody");
    code(visitor, asking("prompt", "login"), email);
    assertThat(visitor.cookies().get("varve-session")).isNotEqualTo(first);
    Visitor thief = new Visitor(server);
    thief.cookies().put("varve-session", first);
    assertThat(error(authorize(thief, asking("prompt", "none")))).isEqualTo("login_required");
  }

  private static String error(Reply back) {
    return String.valueOf(Visitor.parameters(back.header("Location")).get("error"));
  }

  @Test
  void promptLoginAsksAgainAndSaysWhen() {
    Visitor visitor = new Visitor(server);
    long before = authTime(code(visitor, asking(), email));
    CLOCK.move(Duration.ofMinutes(5));
    assertThat(authorize(visitor, asking("prompt", "login")).text()).contains("<h1>Sign in</h1>");
    assertThat(authTime(code(visitor, asking("prompt", "login"), email)))
        .isGreaterThanOrEqualTo(before + 300);
  }

  private static long authTime(String code) {
    Reply tokens = token(server, codeForm("notes-page", PAGE, code));
    return (Long) Objects.requireNonNull(claims(text(tokens, "id_token")).get("auth_time"));
  }

  @Test
  void maxAgeAsksAgainWhenItIsPast() {
    Visitor visitor = new Visitor(server);
    code(visitor, asking(), email);
    CLOCK.move(Duration.ofSeconds(100));
    assertThat(authorize(visitor, asking("max_age", "1000")).header("Location"))
        .startsWith(PAGE + "?code=");
    assertThat(authorize(visitor, asking("max_age", "50")).text()).contains("<h1>Sign in</h1>");
    assertThat(error(authorize(visitor, asking("max_age", "50", "prompt", "none"))))
        .isEqualTo("login_required");
  }

  @Test
  void promptNoneShowsNoPage() {
    Visitor visitor = new Visitor(server);
    code(visitor, asking(), email);
    assertThat(authorize(visitor, asking("prompt", "none")).header("Location"))
        .startsWith(PAGE + "?code=");
    assertThat(error(authorize(visitor, asking("prompt", "none", "scope", "openid notes:write"))))
        .isEqualTo("consent_required");
    assertThat(authorize(visitor, asking("prompt", "consent")).text()).contains("Let Notes");
  }

  @Test
  void aHintOfSomebodyElseIsNotAnsweredForMe() {
    Visitor visitor = new Visitor(server);
    String hint =
        text(
            token(server, codeForm("notes-page", PAGE, code(visitor, asking(), email))),
            "id_token");
    assertThat(
            authorize(visitor, asking("prompt", "none", "id_token_hint", hint)).header("Location"))
        .startsWith(PAGE + "?code=");
    Visitor other = new Visitor(server);
    code(other, asking(), Provider.somebody(server));
    assertThat(error(authorize(other, asking("prompt", "none", "id_token_hint", hint))))
        .isEqualTo("login_required");
  }

  @Test
  void theAnswerMayComeByAForm() {
    Visitor visitor = new Visitor(server);
    code(visitor, asking(), email);
    Reply page = authorize(visitor, asking("response_mode", "form_post"));
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.text())
        .contains("<form method=\"post\" action=\"" + PAGE + "\">")
        .contains("name=\"code\"")
        .contains("name=\"iss\"")
        .contains("value=\"a state &amp; more\"")
        .contains("<script>document.forms[0].submit()</script>");
    assertThat(page.header("Content-Security-Policy"))
        .contains("script-src 'sha256-")
        .contains("form-action 'self' https://notes.example;");
    Reply german =
        visitor.send(
            "GET",
            AuthorizationEndpoint.PATH + "?" + Visitor.form(asking("response_mode", "form_post")),
            Map.of("Accept-Language", "de"),
            "");
    assertThat(german.text()).contains("<html lang=\"de\">").contains("Weiter");
    Reply refused = authorize(visitor, asking("response_mode", "form_post", "max_age", "x"));
    assertThat(refused.text())
        .contains("value=\"invalid_request\"")
        .doesNotContain("name=\"code\"");
  }

  @Test
  void pagesSpeakTheLanguageOfTheBrowser() {
    Visitor visitor = new Visitor(server);
    Reply page = authorize(visitor, asking("login_hint", "ada@example.com"));
    assertThat(page.text()).contains("<html lang=\"en\">").contains("value=\"ada@example.com\"");
    String path = form(page);
    Reply german =
        visitor.send("GET", path, Map.of("Accept-Language", "fr;q=0.9, de-AT;q=0.8"), "");
    assertThat(german.text()).contains("<html lang=\"de\">").contains("<h1>Anmelden</h1>");
    Reply odd = visitor.send("GET", path, Map.of("Accept-Language", ";;;q=x"), "");
    assertThat(odd.text()).contains("<html lang=\"en\">");
  }

  private static String form(Reply page) {
    String text = page.text();
    int start = text.indexOf("action=\"") + 8;
    return text.substring(start, text.indexOf('"', start));
  }

  @Test
  void aFlowIsForgottenAfterAnHour() {
    Visitor visitor = new Visitor(server);
    Reply page = authorize(visitor, asking());
    CLOCK.move(Duration.ofMinutes(61));
    Reply late = visitor.submit(page, credentials(email));
    assertThat(late.status()).isEqualTo(400);
    assertThat(late.text()).contains("This page has expired");
  }

  @Test
  void aScriptAndAPageOfAnotherSiteGetNothing() {
    Visitor visitor = new Visitor(server);
    Reply page = authorize(visitor, asking());
    String query = AuthorizationEndpoint.PATH + "?" + Visitor.form(asking());
    assertThat(visitor.send("GET", query, Map.of("Sec-Fetch-Mode", "cors"), "").status())
        .isEqualTo(403);
    assertThat(
            visitor
                .send(
                    "POST",
                    form(page),
                    Map.of(
                        "Content-Type",
                        "application/x-www-form-urlencoded",
                        "Sec-Fetch-Site",
                        "cross-site",
                        "Sec-Fetch-Mode",
                        "navigate"),
                    "step=SIGN_IN")
                .status())
        .isEqualTo(403);
    assertThat(page.header("Content-Security-Policy")).contains("frame-ancestors 'none'");
  }

  @Test
  void cookiesMayComeInPiecesAsBrowsersSendThemOverHttp2() throws Exception {
    Visitor visitor = new Visitor(server);
    code(visitor, asking(), email);
    assertThat(visitor.cookies()).hasSize(2);
    String path = AuthorizationEndpoint.PATH + "?" + Visitor.form(asking("prompt", "none"));
    for (HttpClient.Version version : HttpClient.Version.values()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)))
              .version(version);
      visitor.cookies().forEach((name, value) -> request.header("Cookie", name + "=" + value));
      try (HttpClient client = HttpClient.newHttpClient()) {
        assertThat(
                client
                    .send(request.build(), BodyHandlers.discarding())
                    .headers()
                    .firstValue("Location"))
            .as(version.name())
            .hasValueSatisfying(to -> assertThat(to).startsWith(PAGE + "?code="));
      }
    }
  }
}
