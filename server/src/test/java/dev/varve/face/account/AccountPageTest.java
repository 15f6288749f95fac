package dev.varve.face.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.Authenticator;
import dev.varve.face.auth.Passkeyed;
import dev.varve.face.auth.SoftwareKey;
import dev.varve.face.oauth.Provider;
import dev.varve.face.oauth.Visitor;
import dev.varve.kernel.Json;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// People look after their account on a page, without a script.
class AccountPageTest {
  private static final String PAGE = AccountPages.PATH;
  private static final Pattern SECRET = Pattern.compile("Secret: <code>([A-Z2-7]+)</code>");
  private static final Pattern RECOVERY_CODE = Pattern.compile("<li><code>([^<]*)</code>");
  private static final Pattern TOKEN = Pattern.compile("name=\"token\" value=\"([^\"]*)\"");

  private static SteppedClock clock = SteppedClock.ticking();
  private static TestServer server;

  private String email = "";
  private Visitor ada;

  @BeforeAll
  static void start() {
    clock = SteppedClock.ticking();
    server = TestServer.start(Provider.plan().with(clock));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void somebody() {
    email = Provider.somebody(server);
    ada = new Visitor(server);
  }

  private Reply signedIn(Visitor visitor) {
    Reply page = visitor.submit(visitor.get(PAGE), Provider.credentials(email));
    assertThat(page.text()).contains("<h1>Your account</h1>");
    return page;
  }

  private static String first(Pattern pattern, Reply page) {
    Matcher matcher = pattern.matcher(page.text());
    assertThat(matcher.find()).as(page.text()).isTrue();
    return matcher.group(1);
  }

  private List<String> events() {
    return server.column("SELECT kind FROM security_events WHERE email = '%s'".formatted(email));
  }

  private List<String> mails() {
    Reply mails = server.send("GET", "/dev/mails", Map.of("Accept", "application/json"), "");
    Map<?, ?> json = (Map<?, ?>) Objects.requireNonNull(mails.json());
    return ((List<?>) Objects.requireNonNull(json.get("items")))
        .stream()
            .map(mail -> (Map<?, ?>) mail)
            .filter(mail -> email.equals(mail.get("to")))
            .map(mail -> String.valueOf(mail.get("subject")))
            .toList();
  }

  @Test
  void whoIsNotSignedInSignsInAndComesBack() {
    Reply away = ada.send("GET", PAGE, Map.of(), "");
    assertThat(away.status()).isEqualTo(303);
    String flow = away.header("Location");
    Reply signIn = ada.get(flow);
    assertThat(signIn.text())
        .contains("<h1>Sign in</h1>", "Sign in to look after your account.")
        .as("there is nothing to go back to")
        .doesNotContain("value=\"deny\"");
    Reply back = ada.submitAlone(signIn, Provider.credentials(email));
    assertThat(back.header("Location")).isEqualTo(flow);
    Reply done = ada.send("GET", flow, Map.of(), "");
    assertThat(done.status()).isEqualTo(302);
    assertThat(done.header("Location")).as("no code, and no address of a form").isEqualTo(PAGE);
    Reply page = ada.get(PAGE);
    assertThat(page.text()).contains("<h1>Your account</h1>", email, "<dd>Ada</dd>");
    assertThat(ada.get(flow).text()).as("by the back button").contains("<h1>Your account</h1>");
    assertThat(ada.submit(signIn, Provider.credentials(email)).text())
        .as("the same form once more")
        .contains("<h1>Your account</h1>");
    assertThat(page.header("Content-Security-Policy"))
        .contains("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
  }

  @Test
  void noApplicationIsNeeded() {
    try (TestServer alone =
        TestServer.start(
            TestServer.Plan.of("type User @model @account { id: ID! }")
                .with(Provider.plan().auth()))) {
      alone.send(
          "POST",
          "/auth/sign-up",
          Map.of(),
          "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(email, Provider.PASSWORD));
      Visitor visitor = new Visitor(alone);
      Reply page = visitor.submit(visitor.get(PAGE), Provider.credentials(email));
      assertThat(page.text()).contains("<h1>Your account</h1>", email).doesNotContain("<dt>Name");
      assertThat(alone.get("/oauth2/authorize?client_id=x").status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example/", "//evil.example", "<script>", "email"})
  void theAddressOfThePageSaysNothingThatItDoesNotKnow(String hostile) {
    signedIn(ada);
    Reply page = ada.get(PAGE + "?" + Visitor.form(Map.of("done", hostile, "returnTo", hostile)));
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.text()).doesNotContain("evil").containsOnlyOnce("<script>");
    Visitor nobody = new Visitor(server);
    Reply away =
        nobody.send("GET", PAGE + "?" + Visitor.form(Map.of("returnTo", hostile)), Map.of(), "");
    assertThat(away.header("Location")).startsWith("/oauth2/flow/");
    Reply back = nobody.submit(nobody.get(away.header("Location")), Provider.credentials(email));
    assertThat(back.text()).contains("<h1>Your account</h1>");
  }

  @Test
  void thePasswordIsChanged() {
    Reply page = signedIn(ada);
    String path = PAGE + "/password";
    Reply wrong =
        ada.submit(
            page,
            path,
            Map.of("currentPassword", "not the password", "newPassword", "another horse battery"));
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.text()).contains("role=\"alert\"", "The current password is wrong");
    Reply weak =
        ada.submit(
            page, path, Map.of("currentPassword", Provider.PASSWORD, "newPassword", "short"));
    assertThat(weak.text()).contains("The new password");
    Visitor elsewhere = new Visitor(server);
    signedIn(elsewhere);

    Reply done =
        ada.submitAlone(
            page,
            path,
            Map.of("currentPassword", Provider.PASSWORD, "newPassword", "another horse battery"));

    assertThat(done.status()).isEqualTo(303);
    assertThat(done.header("Location")).isEqualTo(PAGE + "?done=password#profile");
    assertThat(ada.get(PAGE + "?done=password").text())
        .contains("role=\"status\"", "Your password is another now.");
    assertThat(elsewhere.get(PAGE).text()).contains("<h1>Sign in</h1>");
    assertThat(mails()).contains("Your password was changed");
  }

  @Test
  void aPasswordOfBlanksIsOne() {
    Reply page = signedIn(ada);
    String blanks = " ".repeat(15);
    String path = PAGE + "/password";
    ada.submit(page, path, Map.of("currentPassword", Provider.PASSWORD, "newPassword", blanks));
    Reply back =
        ada.submit(page, path, Map.of("currentPassword", blanks, "newPassword", Provider.PASSWORD));
    assertThat(back.text()).contains("Your password is another now.");
    assertThat(signedIn(new Visitor(server)).status()).isEqualTo(200);
  }

  @Test
  void theAddressIsChangedOnceItIsConfirmed() {
    Reply page = signedIn(ada);
    Reply done =
        ada.submit(
            page,
            PAGE + "/email",
            Map.of("newEmail", "new-" + email, "password", Provider.PASSWORD));
    assertThat(done.text()).contains("A mail is on its way to the new address.", email);
    assertThat(mails()).contains("Your e-mail address is about to change");
    Reply wrong =
        ada.submit(
            page, PAGE + "/email", Map.of("newEmail", "nonsense", "password", Provider.PASSWORD));
    assertThat(wrong.text()).contains("The new e-mail address must be an e-mail address");
    assertThat(wrong.header("RateLimit-Policy"))
        .as("limited with all that sends mails")
        .contains("\"mails\"");
  }

  @Test
  void sessionsEndOneByOneAndAllTogether() {
    Visitor phone = new Visitor(server);
    Visitor tablet = new Visitor(server);
    signedIn(phone);
    Reply page = signedIn(ada);
    assertThat(page.text()).containsOnlyOnce("This browser").containsOnlyOnce("/sessions/end\"");

    Reply ended = ada.submit(page, PAGE + "/sessions/end", Map.of());
    assertThat(ended.text())
        .contains("You are signed out there.")
        .doesNotContain("/sessions/end\"");
    assertThat(phone.get(PAGE).text()).contains("<h1>Sign in</h1>");
    Reply again = ada.submit(page, PAGE + "/sessions/end", Map.of());
    assertThat(again.status()).as("the same form once more").isEqualTo(404);
    assertThat(again.text()).contains("role=\"alert\"", "<h1>Your account</h1>");

    signedIn(tablet);
    signedIn(phone);
    assertThat(ada.submit(page, PAGE + "/sessions/end-others", Map.of()).text())
        .contains("You are signed out everywhere else.");
    assertThat(tablet.get(PAGE).text()).contains("<h1>Sign in</h1>");
    assertThat(phone.get(PAGE).text()).contains("<h1>Sign in</h1>");
    assertThat(events()).contains("SESSIONS_ENDED");

    assertThat(ada.submit(page, PAGE + "/sign-out", Map.of()).text()).contains("Signed out");
    assertThat(ada.get(PAGE).text()).contains("<h1>Sign in</h1>");
  }

  @Test
  void nobodyEndsTheSessionOfSomebodyElse() {
    signedIn(ada);
    String hers =
        server
            .column(
                "SELECT id FROM varve_session WHERE account = (SELECT id FROM users WHERE email = '%s')"
                    .formatted(email))
            .getLast();
    email = Provider.somebody(server);
    Visitor mallory = new Visitor(server);
    Reply page = signedIn(mallory);
    Reply refused =
        mallory.post(PAGE + "/sessions/end", Map.of("token", first(TOKEN, page), "id", hers));
    assertThat(refused.status()).isEqualTo(404);
    assertThat(ada.get(PAGE).text()).contains("<h1>Your account</h1>");
  }

  @Test
  void anAuthenticatorApplicationIsAddedUsedAndRemoved() {
    signedIn(ada);
    Reply begun = ada.get(PAGE + "/authenticator");
    assertThat(begun.text()).contains("<svg");
    String secret = first(SECRET, begun);
    Authenticator authenticator = new Authenticator(secret, clock);
    Reply wrong =
        ada.submit(begun, PAGE + "/authenticator", Map.of("code", authenticator.wrongCode()));
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(first(SECRET, wrong)).as("the same secret").isEqualTo(secret);
    assertThat(wrong.text()).contains("role=\"alert\"");

    Reply codes =
        ada.submit(
            wrong,
            PAGE + "/authenticator",
            Map.of("code", authenticator.code(), "name", "Telephone <b>"));
    assertThat(codes.text()).contains("<h1>Your recovery codes</h1>", "Back to your account");
    Reply page = ada.get(PAGE);
    assertThat(page.text())
        .contains("Telephone &lt;b&gt;", "Recovery codes that are left: 10")
        .doesNotContain("Telephone <b>");
    assertThat(mails()).contains("A second factor was added to your account");

    Reply others = ada.submit(page, PAGE + "/recovery-codes", Map.of());
    assertThat(others.text()).contains("<h1>Your recovery codes</h1>");
    assertThat(mails()).contains("Your account has new recovery codes");

    assertThat(ada.submit(page, PAGE + "/authenticator/remove", Map.of()).text())
        .contains("It is removed.", "Your account has no authenticator application.")
        .doesNotContain("Recovery codes");
    assertThat(events()).contains("FACTOR_ADDED", "RECOVERY_CODES_MADE", "FACTOR_REMOVED");
  }

  @Test
  void whoSignedInLongAgoProvesAnewWhoTheyAreBeforeAFactorChanges() {
    signedIn(ada);
    Reply begun = ada.get(PAGE + "/authenticator");
    clock.move(Duration.ofMinutes(11));

    Reply proof =
        ada.submit(
            begun,
            PAGE + "/authenticator",
            Map.of("code", new Authenticator(first(SECRET, begun), clock).code()));

    assertThat(proof.text())
        .contains("<h1>Sign in</h1>", "Prove once more that it is you", "value=\"" + email + "\"")
        .contains("Back to your account");
    assertThat(events()).doesNotContain("FACTOR_ADDED");
    Reply denied = ada.submit(proof, Map.of("decision", "deny"));
    assertThat(denied.text()).as("nothing is lost").contains("<h1>Your account</h1>");

    Reply again = ada.get(PAGE + "/authenticator");
    Reply wrong = ada.submit(again, Map.of("email", email, "password", "not the password"));
    assertThat(wrong.status()).isEqualTo(401);
    Reply proven = ada.submit(again, Provider.credentials(email));
    assertThat(proven.text()).contains("<h1>Add an authenticator application</h1>", "<svg");
    Authenticator authenticator = new Authenticator(first(SECRET, proven), clock);
    ada.submit(proven, PAGE + "/authenticator", Map.of("code", authenticator.code()));

    clock.move(Duration.ofMinutes(11));
    Reply page = ada.get(PAGE);
    assertThat(page.text()).as("looking takes no proof").contains("<h1>Your account</h1>");
    Reply first = ada.submit(page, PAGE + "/recovery-codes", Map.of());
    Reply second = ada.submit(first, Provider.credentials(email));
    assertThat(second.text()).as("the password is not enough").contains("<h1>One more step</h1>");
    Reply back = ada.submit(second, Map.of("code", authenticator.nextCode(), "factor", "totp"));
    assertThat(back.text()).contains("<h1>Your account</h1>");
    assertThat(ada.submit(page, PAGE + "/recovery-codes", Map.of()).text())
        .as("the form of before, in another tab")
        .contains("<h1>Your recovery codes</h1>");
  }

  @Test
  void aFormOfRecoveryCodesThatIsSentTwiceVoidsNone() {
    signedIn(ada);
    Reply begun = ada.get(PAGE + "/authenticator");
    Authenticator authenticator = new Authenticator(first(SECRET, begun), clock);
    ada.submit(begun, PAGE + "/authenticator", Map.of("code", authenticator.code()));
    Reply page = ada.get(PAGE);
    Reply made = ada.submit(page, PAGE + "/recovery-codes", Map.of());
    String code = first(RECOVERY_CODE, made);

    Reply again = ada.submit(page, PAGE + "/recovery-codes", Map.of());

    assertThat(again.status()).as("as when the page is loaded again").isEqualTo(409);
    assertThat(again.text())
        .contains("role=\"alert\"", "New recovery codes were made already")
        .doesNotContain("<li><code>");
    assertThat(mails()).containsOnlyOnce("Your account has new recovery codes");
    Visitor phone = new Visitor(server);
    Reply factor = phone.submit(phone.get(PAGE), Provider.credentials(email));
    assertThat(phone.submit(factor, Map.of("code", code, "factor", "recovery-code")).text())
        .as("the codes that were written down")
        .contains("<h1>Your account</h1>", "Recovery codes that are left: 9");
    assertThat(ada.submit(again, PAGE + "/recovery-codes", Map.of()).text())
        .as("whoever wants others gets them")
        .contains("<h1>Your recovery codes</h1>");
  }

  @Test
  void nobodyElseCanProveWhoSomebodyIs() {
    signedIn(ada);
    clock.move(Duration.ofMinutes(11));
    Reply proof = ada.get(PAGE + "/authenticator");
    String other = Provider.somebody(server);
    Reply mallory = ada.submit(proof, Provider.credentials(other));
    assertThat(mallory.text()).contains("<h1>Sign in</h1>").doesNotContain("<svg");
  }

  @Test
  void browsersAreTrustedNoLonger() {
    signedIn(ada);
    Reply begun = ada.get(PAGE + "/authenticator");
    Authenticator authenticator = new Authenticator(first(SECRET, begun), clock);
    ada.submit(begun, PAGE + "/authenticator", Map.of("code", authenticator.code()));
    Visitor phone = new Visitor(server);
    Reply factor = phone.submit(phone.get(PAGE), Provider.credentials(email));
    Reply page =
        phone.submit(
            factor, Map.of("code", authenticator.nextCode(), "factor", "totp", "trust", "on"));
    assertThat(page.text()).contains("Browsers that you trust");

    Reply done = phone.submit(page, PAGE + "/browsers/end", Map.of());

    assertThat(done.text())
        .contains("That browser is trusted no longer.")
        .doesNotContain("Browsers that you trust");
    assertThat(events()).contains("BROWSER_DISTRUSTED");
  }

  @Test
  void aPasskeyIsMadeNamedAndRemovedAndTheLastWayInStays() {
    signedIn(ada);
    Reply make = ada.get(PAGE + "/passkey");
    assertThat(make.text())
        .contains("data-create=\"yes\"", "data-options=\"" + PAGE + "/passkey/options\"");
    String token = first(TOKEN, make);
    String asked = json(Map.of("token", token));
    Map<String, String> type = Map.of("Content-Type", "application/json");
    assertThat(
            ada.send("POST", PAGE + "/passkey/options", type, json(Map.of("token", "x"))).status())
        .isEqualTo(403);
    Reply options = ada.send("POST", PAGE + "/passkey/options", type, asked);
    assertThat(options.status()).as(options.text()).isEqualTo(200);
    SoftwareKey key = Passkeyed.key(server);
    Map<String, Object> made = key.create(object(options));

    Reply added =
        ada.post(
            PAGE + "/passkey", Map.of("token", token, "credential", json(made), "name", "Laptop"));

    assertThat(added.header("Location")).isEqualTo(PAGE + "?done=passkey#passkeys");
    Reply page = ada.get(PAGE);
    assertThat(page.text()).contains("Laptop", "data-signals=");
    assertThat(mails()).contains("Your account has a new passkey");
    Reply renamed = ada.submit(page, PAGE + "/passkey/rename", Map.of("name", "Old <laptop>"));
    assertThat(renamed.text()).contains("It has the other name.", "Old &lt;laptop&gt;");

    forgetPassword();
    Reply refused = ada.submit(renamed, PAGE + "/passkey/remove", Map.of());
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text())
        .contains("It is the last way into this account", "Old &lt;laptop&gt;");
    assertThat(refused.text())
        .contains("Your account has no password.")
        .doesNotContain("/auth/account/email");

    Reply second = ada.send("POST", PAGE + "/passkey/options", type, json(Map.of("token", token)));
    ada.post(
        PAGE + "/passkey",
        Map.of("token", token, "credential", json(Passkeyed.key(server).create(object(second)))));
    Reply removed = ada.submit(renamed, PAGE + "/passkey/remove", Map.of());
    assertThat(removed.text()).contains("It is removed.").doesNotContain("Old &lt;laptop&gt;");
    assertThat(events()).contains("PASSKEY_ADDED", "PASSKEY_REMOVED");
  }

  /// As of somebody who has signed up with a passkey.
  private void forgetPassword() {
    server.column(
        "DELETE FROM varve_credential WHERE account = (SELECT id FROM users WHERE email = '%s') RETURNING account"
            .formatted(email));
  }

  private static String json(Map<String, ?> members) {
    return new String(Json.bytes(json -> Json.write(json, members)), StandardCharsets.UTF_8);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Reply reply) {
    return (Map<String, Object>) Objects.requireNonNull(reply.json());
  }

  @Test
  void applicationsAreShutOut() {
    String code =
        Provider.code(
            ada,
            Provider.request("notes-page", Provider.PAGE, "openid notes:read offline_access"),
            email);
    Reply tokens = Provider.token(server, Provider.codeForm("notes-page", Provider.PAGE, code));
    String access = Provider.text(tokens, "access_token");
    Reply page = ada.get(PAGE);
    assertThat(page.text())
        .contains("Notes &amp; &lt;b&gt;more&lt;/b&gt;", "Read your notes", "Know that it is you")
        .doesNotContain("<b>more");

    Reply done = ada.submit(page, PAGE + "/applications/remove", Map.of());

    assertThat(done.text())
        .contains("The application has no access any more.", "You have let in no application.");
    assertThat(server.send("GET", "/api/notes", Provider.bearer(access), "").status())
        .isEqualTo(401);
  }

  @Test
  void aFormOfAnotherSiteOrOfAnotherAccountDoesNothing() {
    Reply page = signedIn(ada);
    String path = PAGE + "/sessions/end-others";
    String token = first(TOKEN, page);
    Map<String, String> form = Map.of("Content-Type", "application/x-www-form-urlencoded");
    Map<String, String> foreign =
        Map.of(
            "Content-Type", "application/x-www-form-urlencoded",
            "Sec-Fetch-Site", "cross-site",
            "Sec-Fetch-Mode", "navigate");
    assertThat(ada.send("POST", path, foreign, Visitor.form(Map.of("token", token))).status())
        .as("as if nobody were signed in")
        .isEqualTo(303);
    assertThat(ada.send("POST", path, form, "").status()).isEqualTo(403);
    assertThat(ada.send("POST", path, form, Visitor.form(Map.of("token", "x"))).status())
        .isEqualTo(403);
    assertThat(
            ada.send(
                    "POST",
                    path,
                    Map.of(
                        "Content-Type",
                        "application/x-www-form-urlencoded",
                        "Sec-Fetch-Mode",
                        "cors"),
                    Visitor.form(Map.of("token", token)))
                .status())
        .as("of a script")
        .isEqualTo(403);
    assertThat(events()).doesNotContain("SESSIONS_ENDED");

    // an old tab, in a browser in which somebody else is signed in by now
    ada.submit(page, PAGE + "/sign-out", Map.of());
    email = Provider.somebody(server);
    signedIn(ada);
    Reply refused = ada.submit(page, path, Map.of());
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text())
        .contains("This form was of another page, or of another account.", email);
    assertThat(events()).doesNotContain("SESSIONS_ENDED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"iframe", "frame", "embed", "object", "fencedframe", "empty"})
  void noPageOfAnotherAddressFramesIt(String inside) {
    signedIn(ada);
    List<String> flows = server.column("SELECT count(*) FROM varve_flow");
    Map<String, String> framed =
        Map.of(
            "Sec-Fetch-Site", "same-site",
            "Sec-Fetch-Mode", "navigate",
            "Sec-Fetch-Dest", inside);
    Reply refused = ada.send("GET", PAGE, framed, "");
    assertThat(refused.status()).as("and not sent round in a circle").isEqualTo(403);
    assertThat(refused.text()).contains("link to it, and frame it in no other");
    assertThat(server.column("SELECT count(*) FROM varve_flow")).isEqualTo(flows);
  }

  @Test
  void aTokenOpensNoPage() {
    String access =
        Provider.text(
            server.send(
                "POST",
                "/auth/sign-in",
                Map.of(),
                "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(email, Provider.PASSWORD)),
            "accessToken");
    Reply reply = server.send("GET", PAGE, Provider.bearer(access), "");
    assertThat(reply.status()).isEqualTo(303);
    assertThat(reply.header("Location")).startsWith("/oauth2/flow/");
  }

  @Test
  void whoIsDisabledIsShownNothing() {
    signedIn(ada);
    server.administration().setDisabled(email, true);
    assertThat(ada.get(PAGE).text()).contains("<h1>Sign in</h1>");
  }

  @Test
  void thePageSpeaksGerman() {
    signedIn(ada);
    Reply page = ada.send("GET", PAGE, Map.of("Accept-Language", "de-AT,de;q=0.9"), "");
    assertThat(page.text())
        .contains("<html lang=\"de\">", "<h1>Ihr Konto</h1>", "Wo Sie angemeldet sind");
  }
}
