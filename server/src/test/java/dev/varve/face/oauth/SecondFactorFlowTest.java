package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.authorize;
import static dev.varve.face.oauth.Provider.claims;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.credentials;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.Authenticator;
import dev.varve.face.auth.FactorScene;
import dev.varve.face.auth.FactorScene.Enrolled;
import dev.varve.identity.account.FactorPolicy;
import dev.varve.identity.account.FactorSettings;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The page of a flow that asks for a second factor: nothing is opened and no code is given before it is met.
class SecondFactorFlowTest {
  private static final String SIGN_IN = "<h1>Sign in</h1>";
  private static final String ASKED = "<h1>One more step</h1>";

  private static FactorScene scene;
  private @Nullable Enrolled known;

  @BeforeAll
  static void start() {
    scene = new FactorScene(Provider.plan());
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  @BeforeEach
  void somebody() {
    known = scene.join().enrol();
  }

  private Enrolled enrolled() {
    return Objects.requireNonNull(known);
  }

  private static Map<String, String> asking(String... more) {
    Map<String, String> parameters =
        new LinkedHashMap<>(request("notes-page", PAGE, "openid notes:read"));
    for (int i = 0; i < more.length; i += 2) {
      parameters.put(more[i], more[i + 1]);
    }
    return parameters;
  }

  private Reply signIn(Visitor visitor, String... more) {
    return visitor.submit(
        authorize(visitor, asking(more)), credentials(enrolled().person().email()));
  }

  private Map<String, String> code(String code) {
    return Map.of("factor", "totp", "code", code);
  }

  private long sessions() {
    return scene.sessions(enrolled().person().email());
  }

  @Test
  void aClientIsToldThatTwoFactorsWereProven() {
    Visitor visitor = new Visitor(scene.server);
    long sessions = sessions();
    Reply page = signIn(visitor);
    assertThat(page.text())
        .contains(ASKED)
        .contains("<label for=\"code\">")
        .contains("id=\"code\" name=\"code\" inputmode=\"numeric\" autocomplete=\"one-time-code\"")
        .contains("Use a recovery code instead");
    assertThat(sessions()).isEqualTo(sessions);
    assertThat(visitor.cookies()).doesNotContainKey("varve-session");

    Reply wrong = visitor.submit(page, code(enrolled().authenticator().wrongCode()));
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.text()).contains(ASKED).contains("role=\"alert\"").contains("used before");
    assertThat(visitor.cookies()).doesNotContainKey("varve-session");

    Reply consent = visitor.submit(page, code(enrolled().authenticator().nextCode()));
    assertThat(consent.text()).contains("Let Notes");
    Reply back = visitor.submit(consent, Map.of("decision", "allow"));
    String code = Visitor.parameters(back.header("Location")).get("code");
    Reply tokens = token(scene.server, codeForm("notes-page", PAGE, Objects.requireNonNull(code)));
    for (String name : List.of("id_token", "access_token")) {
      assertThat(claims(text(tokens, name)))
          .as(name)
          .containsEntry("acr", "2")
          .containsEntry("amr", List.of("mfa", "otp", "pwd"));
    }
    Reply refreshed =
        token(
            scene.server,
            Map.of(
                "grant_type",
                "refresh_token",
                "client_id",
                "notes-page",
                "refresh_token",
                text(tokens, "refresh_token")));
    assertThat(claims(text(refreshed, "access_token"))).containsEntry("acr", "2");
  }

  @Test
  void whoHasOneFactorIsToldApart() {
    String email = Provider.somebody(scene.server);
    String code = Provider.code(new Visitor(scene.server), asking(), email);
    Reply tokens = token(scene.server, codeForm("notes-page", PAGE, code));
    assertThat(claims(text(tokens, "id_token")))
        .containsEntry("acr", "1")
        .containsEntry("amr", List.of("pwd"));
  }

  @Test
  void aRecoveryCodeWillDo() {
    Visitor visitor = new Visitor(scene.server);
    Reply consent =
        visitor.submit(
            signIn(visitor),
            Map.of("factor", "recovery-code", "code", enrolled().recoveryCodes().getFirst()));
    assertThat(consent.text()).contains("Let Notes");
  }

  @Test
  void noOtherWayLeadsPastTheFactor() {
    Visitor visitor = new Visitor(scene.server);
    long sessions = sessions();
    Reply page = signIn(visitor);
    // empty, of a later step, of an earlier step, with nothing proven
    List<Map<String, String>> forms =
        List.of(
            Map.of(),
            code(""),
            Map.of("factor", "totp"),
            Map.of("code", "000000"),
            Map.of("step", "CONSENT", "decision", "allow"),
            Map.of("step", "DONE"),
            Map.of("decision", "allow"));
    for (Map<String, String> form : forms) {
      Reply reply = visitor.submit(page, form);
      assertThat(reply.text()).as(form.toString()).contains(ASKED);
      assertThat(reply.header("Location")).as(form.toString()).isEmpty();
    }
    Reply silent = authorize(visitor, asking("prompt", "none"));
    assertThat(Visitor.parameters(silent.header("Location")))
        .containsEntry("error", "login_required")
        .doesNotContainKey("code");
    assertThat(authorize(visitor, asking()).text()).as("begun anew").contains(SIGN_IN);
    assertThat(visitor.get("/oauth2/logout").text()).doesNotContain(enrolled().person().email());
    assertThat(sessions()).isEqualTo(sessions);
  }

  @Test
  void whatWasProvenInOneBrowserIsWorthNothingInAnother() {
    Visitor visitor = new Visitor(scene.server);
    Reply page = signIn(visitor);
    Visitor thief = new Visitor(scene.server);
    authorize(thief, asking());
    Reply reply = thief.submit(page, code(enrolled().authenticator().nextCode()));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).contains("This page has expired");
  }

  @Test
  void aFactorProvesItsOwnerAlone() {
    Enrolled other = scene.join().enrol();
    Visitor visitor = new Visitor(scene.server);
    Reply reply = visitor.submit(signIn(visitor), code(other.authenticator().nextCode()));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).contains(ASKED);
  }

  @Test
  void whatWasProvenIsKeptForTenMinutesAndWhilePasswordAndAccountStayAsTheyAre() {
    Visitor visitor = new Visitor(scene.server);
    Reply page = signIn(visitor);
    scene.clock.move(Duration.ofMinutes(10));
    assertThat(visitor.submit(page, code(enrolled().authenticator().code())).text())
        .contains(SIGN_IN);

    Reply again = signIn(visitor);
    scene.server.administration().setPassword(enrolled().person().email(), "another horse battery");
    Reply reply = visitor.submit(again, code(enrolled().authenticator().nextCode()));
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.text()).contains(SIGN_IN, "sign in from the beginning");
    assertThat(visitor.cookies()).doesNotContainKey("varve-session");
    Map<String, String> another =
        Map.of("email", enrolled().person().email(), "password", "another horse battery");
    Reply asked = visitor.submit(reply, another);
    assertThat(asked.text()).as("and the same page goes on").contains(ASKED);
  }

  @Test
  void whoIsShutOutMeanwhileIsToldSoWhereTheySignIn() {
    Visitor visitor = new Visitor(scene.server);
    Reply page = signIn(visitor);
    scene.server.administration().setDisabled(enrolled().person().email(), true);
    Reply reply = visitor.submit(page, code(enrolled().authenticator().nextCode()));
    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.text()).contains(SIGN_IN, "is disabled");
  }

  @Test
  void whoeverIsSomebodyElseBeginsAgain() {
    Visitor visitor = new Visitor(scene.server);
    Reply page = signIn(visitor);
    assertThat(visitor.submit(page, Map.of("decision", "switch")).text()).contains(SIGN_IN);
    Reply denied = visitor.submit(signIn(visitor), Map.of("decision", "deny"));
    assertThat(Visitor.parameters(denied.header("Location")))
        .containsEntry("error", "access_denied");
  }

  @Test
  void aSessionThatHasNotProvenAFactorIsNoneForAClient() {
    Visitor visitor = new Visitor(scene.server);
    FactorScene.Person person = scene.join();
    visitor.submit(authorize(visitor, asking()), credentials(person.email()));
    assertThat(authorize(visitor, asking()).text()).contains("Let Notes");
    person.enrol();
    Reply silent = authorize(visitor, asking("prompt", "none"));
    assertThat(Visitor.parameters(silent.header("Location")))
        .containsEntry("error", "login_required");
  }

  @Test
  void aTrustedBrowserIsNotAskedAndItsTokensSayThatNothingMoreWasProven() {
    Visitor visitor = new Visitor(scene.server);
    Reply page = signIn(visitor);
    assertThat(page.text()).contains("Do not ask again in this browser for 30 days");
    Map<String, String> form = new LinkedHashMap<>(code(enrolled().authenticator().nextCode()));
    form.put("trust", "on");
    assertThat(visitor.submit(page, form).text()).contains("Let Notes");
    assertThat(visitor.cookies().keySet())
        .as("beside that of the session")
        .contains("varve-session")
        .anyMatch(name -> name.startsWith("varve-trust-"));
    visitor.cookies().remove("varve-session");
    Reply consent = signIn(visitor);
    assertThat(consent.text()).contains("Let Notes");
    Reply back = visitor.submit(consent, Map.of("decision", "allow"));
    String code = Visitor.parameters(back.header("Location")).get("code");
    Reply tokens = token(scene.server, codeForm("notes-page", PAGE, Objects.requireNonNull(code)));
    assertThat(claims(text(tokens, "id_token")))
        .containsEntry("acr", "1")
        .containsEntry("amr", List.of("pwd"));
  }

  @Test
  void whoMustHaveAFactorEnrolsItOnThePage() {
    FactorSettings required =
        new FactorSettings(FactorPolicy.REQUIRED, List.of(), Duration.ofDays(30));
    try (FactorScene strict =
        new FactorScene(Provider.plan().with(FactorScene.settings(required, false)))) {
      String email = strict.joinOnly();
      Visitor visitor = new Visitor(strict.server);
      Reply page = visitor.submit(authorize(visitor, asking()), credentials(email));
      assertThat(page.text()).contains("<h1>Protect your account</h1>").contains("<svg ");
      Authenticator authenticator = new Authenticator(secret(page), strict.clock);
      Reply wrong = visitor.submit(page, Map.of("code", authenticator.wrongCode()));
      assertThat(wrong.status()).isEqualTo(400);
      assertThat(secret(wrong)).as("the same once more").isEqualTo(secret(page));
      for (Map<String, String> form :
          List.of(
              Map.of("step", "CONSENT", "decision", "allow"),
              Map.of("step", "DONE"),
              Map.of("step", "SECOND_FACTOR", "factor", "totp", "code", authenticator.code()))) {
        assertThat(visitor.submit(page, form).text())
            .as(form.toString())
            .contains("<h1>Protect your account</h1>");
      }
      assertThat(strict.sessions(email)).isZero();
      Reply codes = visitor.submit(page, Map.of("code", authenticator.code()));
      assertThat(codes.text()).contains("<h1>Your recovery codes</h1>").contains("<code>");
      assertThat(visitor.get(path(page)).text()).contains("Let Notes").doesNotContain("<code>");
      assertThat(strict.sessions(email)).isOne();
    }
  }

  private static String secret(Reply page) {
    Matcher secret = Pattern.compile("<code>([A-Z2-7]+)</code>").matcher(page.text());
    assertThat(secret.find()).as(page.text()).isTrue();
    return secret.group(1);
  }

  @Test
  void aClientThatWantsTwoFactorsGetsThemWhereThereIsASecond() {
    Visitor visitor = new Visitor(scene.server);
    Map<String, String> form = new LinkedHashMap<>(code(enrolled().authenticator().nextCode()));
    form.put("trust", "on");
    visitor.submit(signIn(visitor), form);
    visitor.cookies().remove("varve-session");
    assertThat(signIn(visitor).text()).as("trusted").contains("Let Notes");
    Reply silent = authorize(visitor, asking("acr_values", "2", "prompt", "none"));
    assertThat(Visitor.parameters(silent.header("Location")))
        .containsEntry("error", "login_required");
    Reply page = signIn(visitor, "acr_values", "2 1");
    assertThat(page.text()).as("trust is not enough").contains(ASKED);
    Reply consent = visitor.submit(page, code(enrolled().authenticator().nextCode()));
    assertThat(consent.text()).contains("Let Notes");
    assertThat(authorize(visitor, asking("acr_values", "2")).text())
        .as("once it is proven")
        .contains("Let Notes");

    Visitor other = new Visitor(scene.server);
    String email = Provider.somebody(scene.server);
    assertThat(other.submit(authorize(other, asking("acr_values", "2")), credentials(email)).text())
        .as("whoever has none signs in without")
        .contains("Let Notes");
  }

  @Test
  void aMailedLinkLeadsBackToTheFlowInTheSameBrowserAlone() {
    try (FactorScene mailing =
        new FactorScene(Provider.plan().with(FactorScene.settings(FactorSettings.DEFAULT, true)))) {
      String email = mailing.joinOnly();
      Visitor visitor = new Visitor(mailing.server);
      Reply page = authorize(visitor, asking());
      assertThat(page.text()).contains("Mail me a link instead");
      int before = mailing.mails(email);
      Reply sent = visitor.submit(page, Map.of("email", email, "decision", "link"));
      assertThat(sent.text()).contains("<h1>Look into your mails</h1>");
      assertThat(
              visitor
                  .submit(page, Map.of("email", "nobody@example.com", "decision", "link"))
                  .text())
          .as("the same for nobody")
          .isEqualTo(sent.text());
      String token = mailing.mailed(email, before);
      String link = path(page) + "?mailed=" + token;
      assertThat(new Visitor(mailing.server).get(link).text()).contains("This page has expired");
      Reply linked = visitor.get(link);
      assertThat(linked.text()).contains("value=\"" + token + "\"");
      assertThat(
              mailing
                  .server
                  .send(
                      "POST",
                      "/auth/sign-in/link/confirm",
                      Map.of(),
                      "{\"token\": \"%s\"}".formatted(token))
                  .status())
          .as("it is of the flow alone")
          .isEqualTo(400);
      Reply consent = visitor.submit(linked, Map.of("mailed", token, "decision", "mailed"));
      assertThat(consent.text()).contains("Let Notes");
      Reply back = visitor.submit(consent, Map.of("decision", "allow"));
      String code = Visitor.parameters(back.header("Location")).get("code");
      Reply tokens =
          token(mailing.server, codeForm("notes-page", PAGE, Objects.requireNonNull(code)));
      assertThat(claims(text(tokens, "id_token"))).containsEntry("amr", List.of("email"));
    }
  }

  @Test
  void thePageSpeaksGerman() {
    Visitor visitor = new Visitor(scene.server);
    Reply page = signIn(visitor);
    String path = Objects.requireNonNull(path(page));
    Reply german = visitor.send("GET", path, Map.of("Accept-Language", "de"), "");
    assertThat(german.text())
        .contains("<html lang=\"de\">")
        .contains("<h1>Noch ein Schritt</h1>")
        .contains("Wiederherstellungscode");
  }

  private static String path(Reply page) {
    Matcher action = Pattern.compile("action=\"([^\"]*)\"").matcher(page.text());
    assertThat(action.find()).isTrue();
    return action.group(1);
  }

  @Test
  void guessesOnThePageLockTheFactor() {
    Visitor visitor = new Visitor(scene.server);
    Reply page = signIn(visitor);
    for (int i = 0; i < 5; i++) {
      visitor.submit(page, code(enrolled().authenticator().wrongCode()));
    }
    Reply locked = visitor.submit(page, code(enrolled().authenticator().code()));
    assertThat(locked.status()).isEqualTo(429);
    assertThat(locked.header("Retry-After")).isNotEmpty();
    assertThat(locked.text()).contains(ASKED).contains("try again in");
  }

  @Test
  void anApplicationChangesNoFactorWhateverItWasGiven() {
    Visitor visitor = new Visitor(scene.server);
    String email = Provider.somebody(scene.server);
    String code = Provider.code(visitor, request("office", Provider.OFFICE, "openid api"), email);
    Reply tokens = Provider.tokenOfOffice(scene.server, officeForm(code));
    Map<String, String> bearer = Provider.bearer(text(tokens, "access_token"));
    Reply reply = scene.server.send("POST", "/auth/factors/totp", bearer, "");
    assertThat(reply.status()).as(reply.text()).isEqualTo(403);
    assertThat(reply.text()).contains("No other application changes how an account signs in");
  }

  private static Map<String, String> officeForm(String code) {
    Map<String, String> form = new LinkedHashMap<>(codeForm("office", Provider.OFFICE, code));
    form.remove("client_id");
    return form;
  }
}
