package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.OFFICE;
import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.authorize;
import static dev.varve.face.oauth.Provider.bearer;
import static dev.varve.face.oauth.Provider.claims;
import static dev.varve.face.oauth.Provider.code;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.credentials;
import static dev.varve.face.oauth.Provider.json;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static dev.varve.face.oauth.Provider.tokenOfOffice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Somebody signs in to an application with Varve, from the first request to the last token.
class AuthorizationCodeTest {
  private static final String ADA = "ada@example.com";
  private static final String SCOPES = "openid email profile notes:read";

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start(Provider.plan());
    Provider.signUp(server, ADA);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Map<String, String> pageRequest() {
    return request("notes-page", PAGE, SCOPES);
  }

  @Test
  void somebodySignsInAndLetsAnApplicationIn() {
    String email = Provider.somebody(server);
    Visitor visitor = new Visitor(server);
    Reply signIn = authorize(visitor, pageRequest());
    assertThat(signIn.status()).isEqualTo(200);
    assertThat(signIn.text())
        .contains("<h1>Sign in</h1>")
        .contains("Notes &amp; &lt;b&gt;more&lt;/b&gt;");
    assertThat(signIn.header("Content-Security-Policy"))
        .contains("form-action 'self' https://notes.example;")
        .contains("frame-ancestors 'none'");

    Reply consent = visitor.submit(signIn, credentials(email));
    assertThat(consent.text())
        .contains("Let Notes &amp; &lt;b&gt;more&lt;/b&gt; in?")
        .contains("https://notes.example")
        .contains("<li>Read your notes</li>")
        .contains("<li>See your e-mail address</li>")
        .contains(email);

    Reply back = visitor.submit(consent, Map.of("decision", "allow"));
    assertThat(back.status()).isEqualTo(303);
    assertThat(back.header("Location")).startsWith(PAGE + "?code=");
    Map<String, String> answer = Visitor.parameters(back.header("Location"));
    assertThat(answer).containsEntry("state", "a state & more").containsEntry("iss", issuer());

    Reply tokens =
        token(server, codeForm("notes-page", PAGE, Objects.requireNonNull(answer.get("code"))));
    assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);
    assertThat(tokens.header("Cache-Control")).isEqualTo("no-store");
    assertThat(json(tokens))
        .containsEntry("token_type", "Bearer")
        .containsEntry("scope", "email notes:read openid profile")
        .containsKeys("access_token", "refresh_token", "id_token", "expires_in");
    assertThat(claims(text(tokens, "id_token")))
        .containsEntry("iss", issuer())
        .containsEntry("aud", "notes-page")
        .containsEntry("nonce", "n-1")
        .containsEntry("amr", List.of("pwd"))
        .containsKeys("sub", "exp", "iat", "auth_time", "acr", "sid");

    Reply info = server.send("GET", UserInfo.PATH, bearer(text(tokens, "access_token")), "");
    assertThat(json(info))
        .containsEntry("email", email)
        .containsEntry("email_verified", false)
        .containsEntry("name", "Ada")
        .containsEntry("sub", claims(text(tokens, "id_token")).get("sub"))
        .containsKey("updated_at");
  }

  private static String issuer() {
    return text(server.send("GET", Metadata.OPENID, Map.of(), ""), "issuer");
  }

  @Test
  void whoHasAllowedItOnceIsNotAskedAgain() {
    Visitor visitor = new Visitor(server);
    code(visitor, pageRequest(), ADA);
    Reply again = authorize(visitor, pageRequest());
    assertThat(again.status()).isEqualTo(302);
    assertThat(again.header("Location")).startsWith(PAGE + "?code=");
  }

  @Test
  void anApplicationOnThisMachineIsAllowedAnewEachTime() {
    Visitor visitor = new Visitor(server);
    Map<String, String> local = request("notes-page", "http://127.0.0.1:49152/callback", SCOPES);
    code(visitor, local, ADA);
    Reply again = authorize(visitor, local);
    assertThat(again.text()).contains("Let Notes").contains("It runs on this machine");
  }

  @Test
  void aTokenMayWhatItsScopeAndItsAccountMay() {
    String note = "{\"text\": \"milk\"}";
    String access = access(pageRequest());
    assertThat(server.send("GET", "/api/notes", bearer(access), "").status()).isEqualTo(200);
    Reply refused = server.send("POST", "/api/notes", bearer(access), note);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.header("WWW-Authenticate"))
        .startsWith("Bearer error=\"insufficient_scope\", scope=\"")
        .contains("notes:write");

    String writes = access(request("notes-page", PAGE, "notes:write"));
    Reply made = server.send("POST", "/api/notes", bearer(writes), note);
    assertThat(made.status()).as(made.text()).isEqualTo(201);

    Provider.signUp(server, "grace@example.com");
    Visitor grace = new Visitor(server);
    String others =
        text(
            token(
                server,
                codeForm("notes-page", PAGE, code(grace, pageRequest(), "grace@example.com"))),
            "access_token");
    Reply hers = server.send("GET", "/api/notes", bearer(others), "");
    assertThat(hers.text()).as("what is another's").doesNotContain("milk");
    assertThat(server.send("GET", "/api/users", bearer(access), "").status())
        .as("no rule of users names a scope")
        .isEqualTo(403);
    assertThat(server.send("GET", "/auth/sessions", bearer(access), "").status())
        .as("the account itself")
        .isEqualTo(403);
  }

  private static String access(Map<String, String> asked) {
    String code = code(new Visitor(server), asked, ADA);
    return text(token(server, codeForm("notes-page", PAGE, code)), "access_token");
  }

  @Test
  void anApplicationWithTheScopeApiMayWhatTheAccountMay() {
    Visitor visitor = new Visitor(server);
    String code = code(visitor, request("office", OFFICE, "openid api"), ADA);
    Map<String, String> form = codeForm("office", OFFICE, code);
    String access = text(tokenOfOffice(server, form), "access_token");
    assertThat(server.send("GET", "/api/users", bearer(access), "").status()).isEqualTo(200);
    assertThat(server.send("GET", "/auth/sessions", bearer(access), "").status()).isEqualTo(200);
  }

  @Test
  void aCodeIsGoodOnceAndItsSecondUseTakesBackWhatItGave() {
    String code = code(new Visitor(server), pageRequest(), ADA);
    Map<String, String> form = codeForm("notes-page", PAGE, code);
    String access = text(token(server, form), "access_token");
    assertThat(server.send("GET", UserInfo.PATH, bearer(access), "").status()).isEqualTo(200);
    Reply again = token(server, form);
    assertThat(again.status()).isEqualTo(400);
    assertThat(text(again, "error")).isEqualTo("invalid_grant");
    assertThat(server.send("GET", UserInfo.PATH, bearer(access), "").status()).isEqualTo(401);
  }

  @Test
  void aRefreshTokenRotatesAndGivesTheSameSuccessorForAMoment() {
    String code = code(new Visitor(server), pageRequest(), ADA);
    String first = text(token(server, codeForm("notes-page", PAGE, code)), "refresh_token");
    Reply second = token(server, refreshForm(first));
    Reply same = token(server, refreshForm(first));
    assertThat(text(second, "refresh_token"))
        .isNotEqualTo(first)
        .isEqualTo(text(same, "refresh_token"));
    assertThat(claims(text(second, "id_token"))).doesNotContainKey("nonce");
    Reply other = tokenOfOffice(server, refreshFormOf("office", first));
    assertThat(text(other, "error")).as("another client").isEqualTo("invalid_grant");
    Reply narrowed =
        token(server, with(refreshForm(text(same, "refresh_token")), "scope", "email"));
    assertThat(text(narrowed, "scope")).isEqualTo("email");
    Reply wider =
        token(server, with(refreshForm(text(narrowed, "refresh_token")), "scope", "notes:write"));
    assertThat(text(wider, "error")).isEqualTo("invalid_scope");
  }

  private static Map<String, String> refreshForm(String token) {
    return refreshFormOf("notes-page", token);
  }

  private static Map<String, String> refreshFormOf(String client, String token) {
    return new LinkedHashMap<>(
        Map.of("grant_type", "refresh_token", "client_id", client, "refresh_token", token));
  }

  private static Map<String, String> with(Map<String, String> form, String name, String value) {
    form.put(name, value);
    return form;
  }

  @Test
  void whoSaysNoIsSentBackWithThat() {
    String email = Provider.somebody(server);
    Visitor visitor = new Visitor(server);
    Reply consent =
        visitor.submit(
            authorize(visitor, request("notes-page", PAGE, "openid notes:write offline_access")),
            credentials(email));
    Reply back = visitor.submit(consent, Map.of("decision", "deny"));
    assertThat(Visitor.parameters(back.header("Location")))
        .containsEntry("error", "access_denied")
        .containsEntry("state", "a state & more")
        .containsEntry("iss", issuer());
  }

  @Test
  void aWrongPasswordIsToldOnThePage() {
    Visitor visitor = new Visitor(server);
    Reply page = authorize(visitor, pageRequest());
    Reply wrong = visitor.submit(page, Map.of("email", ADA, "password", "wrong wrong wrong"));
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(wrong.text())
        .contains("role=\"alert\"")
        .contains("value=\"" + ADA + "\"")
        .doesNotContain("wrong wrong wrong");
    Reply consent = visitor.submit(wrong, credentials(ADA));
    assertThat(consent.status()).isBetween(200, 303);
  }

  @Test
  void signingOutEndsWhatApplicationsWereGivenButForThoseThatStay() {
    Visitor visitor = new Visitor(server);
    Reply tokens = token(server, codeForm("notes-page", PAGE, code(visitor, pageRequest(), ADA)));
    Map<String, String> staying = request("notes-page", PAGE, SCOPES + " offline_access");
    Reply stays = token(server, codeForm("notes-page", PAGE, code(visitor, staying, ADA)));
    Reply out =
        visitor.get(
            Logout.PATH
                + "?"
                + Visitor.form(
                    Map.of(
                        "id_token_hint",
                        text(tokens, "id_token"),
                        "post_logout_redirect_uri",
                        "https://notes.example/",
                        "state",
                        "s")));
    assertThat(out.header("Location")).isEqualTo("https://notes.example/?state=s");
    assertThat(status(tokens)).isEqualTo(401);
    assertThat(status(stays)).isEqualTo(200);
    Reply again = authorize(visitor, with(pageRequest(), "prompt", "none"));
    assertThat(Visitor.parameters(again.header("Location")))
        .containsEntry("error", "login_required");
  }

  private static int status(Reply tokens) {
    return server.send("GET", UserInfo.PATH, bearer(text(tokens, "access_token")), "").status();
  }

  @Test
  void aTokenInAFormIsAsGoodAsOneInTheHeader() {
    Visitor visitor = new Visitor(server);
    String access =
        text(
            token(server, codeForm("notes-page", PAGE, code(visitor, pageRequest(), ADA))),
            "access_token");
    Map<String, String> form = Map.of("access_token", access);
    Reply told = new Visitor(server).post(UserInfo.PATH, form);
    assertThat(told.status()).as(told.text()).isEqualTo(200);
    assertThat(json(told)).containsEntry("email", ADA);
    assertThat(visitor.post(UserInfo.PATH, form).status())
        .as("from a browser that is signed in")
        .isEqualTo(200);
    assertThat(server.send("POST", UserInfo.PATH, bearer(access), "").status()).isEqualTo(200);
    assertThat(
            new Visitor(server).post(UserInfo.PATH, Map.of("access_token", access + "x")).status())
        .isEqualTo(401);
    assertThat(new Visitor(server).post(UserInfo.PATH, Map.of("access_token", "")).status())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          with the header as well      | POST | yes | application/x-www-form-urlencoded | access_token=TOKEN                    | 400
          twice                        | POST | no  | application/x-www-form-urlencoded | access_token=TOKEN&access_token=TOKEN | 400
          as JSON                      | POST | no  | application/json                  | {"access_token": "TOKEN"}             | 401
          as text                      | POST | no  | text/plain                        | access_token=TOKEN                    | 401
          in a form of a GET           | GET  | no  | application/x-www-form-urlencoded | access_token=TOKEN                    | 401
          """)
  void aTokenInABodyIsOneOfAFormAndComesAlone(
      String what, String method, String header, String type, String body, int status) {
    String access =
        text(
            token(
                server,
                codeForm("notes-page", PAGE, code(new Visitor(server), pageRequest(), ADA))),
            "access_token");
    Map<String, String> headers = new LinkedHashMap<>(Map.of("Content-Type", type));
    if (header.equals("yes")) {
      headers.putAll(bearer(access));
    }
    Reply reply = server.send(method, UserInfo.PATH, headers, body.replace("TOKEN", access));
    assertThat(reply.status()).as(what + reply.text()).isEqualTo(status);
    assertThat(
            server.send("POST", UserInfo.PATH + "?access_token=" + access, Map.of(), "").status())
        .as("in a URL")
        .isEqualTo(401);
  }

  @Test
  void anApplicationAsksForItself() {
    Map<String, String> form = new LinkedHashMap<>(Map.of("grant_type", "client_credentials"));
    Reply tokens = tokenOfOffice(server, form);
    assertThat(text(tokens, "scope")).isEqualTo("notes:read");
    assertThat(json(tokens)).doesNotContainKeys("refresh_token", "id_token");
    String access = text(tokens, "access_token");
    assertThat(claims(access)).containsEntry("sub", "office").doesNotContainKey("sid");
    assertThat(server.send("GET", "/api/notes", bearer(access), "").status()).isEqualTo(200);
    assertThat(server.send("POST", "/api/notes", bearer(access), "{\"text\": \"x\"}").status())
        .isEqualTo(403);
    assertThat(server.send("GET", UserInfo.PATH, bearer(access), "").status()).isEqualTo(403);
  }

  @Test
  void aTokenIsLookedAtAndEndedByItsOwnClientAlone() {
    Visitor visitor = new Visitor(server);
    String code = code(visitor, request("office", OFFICE, "openid api"), ADA);
    Reply tokens = tokenOfOffice(server, codeForm("office", OFFICE, code));
    for (String kind : List.of("access_token", "refresh_token")) {
      assertThat(json(introspect(text(tokens, kind))))
          .containsEntry("active", true)
          .containsEntry("client_id", "office")
          .containsEntry("scope", "api openid")
          .containsEntry("aud", claims(text(tokens, "access_token")).get("aud"));
    }
    assertThat(json(introspect(access(pageRequest())))).isEqualTo(Map.of("active", false));
    assertThat(json(introspect("nonsense"))).isEqualTo(Map.of("active", false));

    Reply others =
        visitor.post(
            TokenStatus.REVOKE,
            Map.of("client_id", "notes-page", "token", text(tokens, "refresh_token")));
    assertThat(others.status()).isEqualTo(200);
    assertThat(json(introspect(text(tokens, "refresh_token")))).containsEntry("active", true);
    ofOffice(TokenStatus.REVOKE, text(tokens, "refresh_token"));
    assertThat(json(introspect(text(tokens, "refresh_token")))).isEqualTo(Map.of("active", false));
    assertThat(json(introspect(text(tokens, "access_token")))).isEqualTo(Map.of("active", false));
  }

  private static Reply introspect(String token) {
    return ofOffice(TokenStatus.INTROSPECT, token);
  }

  private static Reply ofOffice(String path, String token) {
    return server.send(
        "POST",
        path,
        Map.of(
            "Content-Type",
            "application/x-www-form-urlencoded",
            "Authorization",
            Provider.basic("office", Provider.SECRET)),
        Visitor.form(Map.of("token", token)));
  }

  @Test
  void whatWasAllowedIsSeenAndTakenBack() {
    String email = Provider.somebody(server);
    Reply tokens =
        token(
            server, codeForm("notes-page", PAGE, code(new Visitor(server), pageRequest(), email)));
    String own = Provider.signIn(server, email);
    Reply list = server.send("GET", "/auth/applications", bearer(own), "");
    assertThat(list.text())
        .contains("\"client\":\"notes-page\"")
        .contains("\"scopes\":[\"email\",\"notes:read\",\"openid\",\"profile\"]");
    assertThat(status(tokens)).isEqualTo(200);
    assertThat(server.send("GET", "/auth/sessions", bearer(own), "").text())
        .contains("\"client\":\"notes-page\"");
    String path = "/auth/applications/notes-page";
    assertThat(server.send("DELETE", path, bearer(own), "").status()).isEqualTo(204);
    assertThat(status(tokens)).isEqualTo(401);
    assertThat(server.send("DELETE", path, bearer(own), "").status()).isEqualTo(404);
    assertThat(server.send("GET", "/auth/applications", bearer(own), "").text())
        .isEqualTo("{\"items\":[]}");
  }

  @Test
  void anAccountThatIsShutOutTakesItsApplicationsAlong() {
    String email = Provider.somebody(server);
    Reply tokens =
        token(
            server, codeForm("notes-page", PAGE, code(new Visitor(server), pageRequest(), email)));
    assertThat(status(tokens)).isEqualTo(200);
    server.administration().setDisabled(email, true);
    assertThat(status(tokens)).isEqualTo(401);
    assertThat(text(token(server, refreshForm(text(tokens, "refresh_token"))), "error"))
        .isEqualTo("invalid_grant");
  }

  @Test
  void anAccountThatIsNoMoreHasAllowedNothing() {
    String email = Provider.somebody(server);
    code(new Visitor(server), pageRequest(), email);
    String account =
        server.column("SELECT id FROM users WHERE email = '%s'".formatted(email)).getFirst();
    String allowed = "SELECT count(*) FROM varve_consent WHERE account = '%s'".formatted(account);
    assertThat(server.column(allowed)).containsExactly("1");

    String admin = "admin-%s@example.com".formatted(account);
    server
        .administration()
        .create(admin, List.of("admin"), Map.of("name", "Admin"), Provider.PASSWORD);
    assertThat(
            server
                .send("DELETE", "/api/users/" + account, bearer(Provider.signIn(server, admin)), "")
                .status())
        .isEqualTo(204);

    assertThat(server.column(allowed)).as("another of this id").containsExactly("0");
  }
}
