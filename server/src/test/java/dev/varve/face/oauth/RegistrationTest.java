package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.authorize;
import static dev.varve.face.oauth.Provider.bearer;
import static dev.varve.face.oauth.Provider.code;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.json;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.face.gateway.RawClient;
import dev.varve.identity.client.OAuthSettings;
import dev.varve.identity.client.RegistrationPolicy;
import dev.varve.identity.client.SelfDescribedSettings;
import dev.varve.kernel.AtOnce;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.WrongSetting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Clients that register themselves (RFC 7591), where the settings let them.
class RegistrationTest {
  private static final String BACK = "https://tool.example/back";
  private static final String TOKEN = "a token of thirty-two bytes and more";
  private static final SteppedClock CLOCK = SteppedClock.ticking();

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start(plan(RegistrationPolicy.OPEN).with(CLOCK));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Plan plan(RegistrationPolicy policy) {
    return Provider.plan()
        .with(
            new OAuthSettings(
                Map.of(),
                Map.of(),
                false,
                new SelfDescribedSettings(false, List.of(), policy, List.of())));
  }

  private static String good(String more) {
    return "{\"client_name\": \"Tool\", \"redirect_uris\": [\"%s\"], \"token_endpoint_auth_method\": \"none\", \"grant_types\": [\"authorization_code\", \"refresh_token\"]%s}"
        .formatted(BACK, more);
  }

  private static Reply register(TestServer at, Map<String, String> headers, String body) {
    return at.send("POST", Registration.PATH, headers, body);
  }

  private static Reply registered(String body) {
    Reply made = register(server, Map.of(), body);
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    return made;
  }

  @Test
  void aClientThatRegistersIsLetInByPeople() {
    Reply made = registered(good(""));
    assertThat(made.header("Cache-Control")).isEqualTo("no-store");
    assertThat(json(made))
        .containsEntry("client_name", "Tool")
        .containsEntry("token_endpoint_auth_method", "none")
        .containsEntry("scope", "email notes:read notes:write offline_access openid profile")
        .containsKeys("client_id_issued_at", "redirect_uris", "grant_types", "response_types")
        .doesNotContainKey("client_secret");
    String id = text(made, "client_id");
    String email = Provider.somebody(server);
    Visitor visitor = new Visitor(server);
    Reply page = authorize(visitor, request(id, BACK, "openid notes:read"));
    assertThat(visitor.submit(page, Provider.credentials(email)).text())
        .contains("Let Tool in?", "It has registered itself");
    String code = code(new Visitor(server), request(id, BACK, "openid notes:read"), email);
    Reply tokens = token(server, codeForm(id, BACK, code));
    assertThat(json(tokens)).containsKeys("access_token", "refresh_token");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"token_endpoint_auth_method\": \"tls_client_auth\", \"tls_client_auth_subject_dn\": \"CN=a\"'",
    "'\"token_endpoint_auth_method\": \"self_signed_tls_client_auth\"'",
    "'\"tls_client_certificate_bound_access_tokens\": true'",
    "'\"tls_client_certificate_bound_access_tokens\": \"yes\"'"
  })
  void whereNoCertificatesAreTakenNobodyRegistersWithOne(String members) {
    Reply reply =
        register(
            server,
            Map.of(),
            "{\"client_name\": \"Tool\", \"redirect_uris\": [\"%s\"], %s}"
                .formatted(BACK, members));
    assertThat(reply.status()).as(reply.text()).isEqualTo(400);
    assertThat(json(reply)).containsEntry("error", "invalid_client_metadata");
    assertThat(server.get(Metadata.OAUTH).text()).doesNotContain("tls_client_auth");
  }

  @Test
  void oneThatKeepsASecretGetsOneThisOnce() {
    Reply made =
        registered("{\"client_name\": \"Tool\", \"redirect_uris\": [\"%s\"]}".formatted(BACK));
    assertThat(json(made))
        .containsEntry("token_endpoint_auth_method", "client_secret_basic")
        .containsEntry("client_secret_expires_at", 0L);
    String id = text(made, "client_id");
    String code = code(new Visitor(server), request(id, BACK, "openid"), Provider.somebody(server));
    Map<String, String> form = new LinkedHashMap<>(codeForm(id, BACK, code));
    assertThat(token(server, form).text()).contains("invalid_client");
    form.put("client_secret", text(made, "client_secret"));
    assertThat(token(server, form).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          [] | invalid_client_metadata
          nonsense | invalid_client_metadata
          {} | invalid_redirect_uri
          {"redirect_uris": []} | invalid_redirect_uri
          {"redirect_uris": "https://tool.example/"} | invalid_redirect_uri
          {"redirect_uris": ["javascript:alert(1)"]} | invalid_redirect_uri
          {"redirect_uris": ["data:text/html,x"]} | invalid_redirect_uri
          {"redirect_uris": ["com.example.tool:/back"]} | invalid_redirect_uri
          {"redirect_uris": ["http://tool.example/"]} | invalid_redirect_uri
          {"redirect_uris": ["https://tool.example/#x"]} | invalid_redirect_uri
          {"redirect_uris": ["https://good@evil.example/"]} | invalid_redirect_uri
          {"redirect_uris": ["https://tool.example/?code=x"]} | invalid_redirect_uri
          {"redirect_uris": ["https://tool.example/*", "/relative"]} | invalid_redirect_uri
          {"redirect_uris": ["http://localhost/"], "application_type": "web"} | invalid_redirect_uri
          {"redirect_uris": ["https://tool.example/"], "post_logout_redirect_uris": ["javascript:x"]} | invalid_redirect_uri
          {"redirect_uris": ["https://tool.example/"], "token_endpoint_auth_method": "private_key_jwt"} | invalid_client_metadata
          {"redirect_uris": ["https://tool.example/"], "grant_types": ["client_credentials"]} | invalid_client_metadata
          {"redirect_uris": ["https://tool.example/"], "grant_types": ["implicit"]} | invalid_client_metadata
          {"redirect_uris": ["https://tool.example/"], "response_types": ["token"]} | invalid_client_metadata
          {"redirect_uris": ["https://tool.example/"], "scope": "api"} | invalid_client_metadata
          {"redirect_uris": ["https://tool.example/"], "scope": 5} | invalid_client_metadata
          {"redirect_uris": ["https://tool.example/"], "client_name": "a\\u0000b"} | invalid_client_metadata
          """)
  void whatIsWrongIsToldInTheWordsOfTheProtocol(String body, String code) {
    Reply refused = register(server, Map.of(), body);
    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(json(refused)).containsEntry("error", code).containsKey("error_description");
  }

  @Test
  void nobodyGetsARoleOrAClaimByAskingForIt() {
    Reply made =
        registered(
            good(
                ", \"scope\": \"openid api notes:read\", \"roles\": [\"admin\"], \"role\": \"admin\", \"claims\": {\"azp\": \"varve\"}, \"sub\": \"x\", \"client_id\": \"varve\", \"client_secret\": \"0123456789abcdef0123456789abcdef\", \"consent\": \"NEVER\", \"logo_uri\": \"https://127.0.0.1/x\", \"jwks_uri\": \"https://127.0.0.1/x\""));
    assertThat(json(made))
        .containsEntry("scope", "notes:read openid")
        .doesNotContainKeys(
            "roles", "role", "claims", "sub", "client_secret", "logo_uri", "jwks_uri");
    assertThat(text(made, "client_id")).isNotEqualTo("varve").doesNotStartWith("http");
  }

  @Test
  void administratorsSeeAndShutOutWhoHasRegistered() {
    String id = text(registered(good("")), "client_id");
    Map<String, String> admin = administrator();
    String path = "/auth/admin/clients/" + id;
    assertThat(server.send("GET", path, admin, "").text()).contains("\"origin\":\"REGISTERED\"");
    assertThat(server.send("POST", path + "/disable", admin, "").status()).isEqualTo(200);
    assertThat(authorize(new Visitor(server), request(id, BACK, "openid")).status()).isEqualTo(400);
  }

  @Test
  void whoeverNobodyLetsInIsForgotten() {
    String unused = text(registered(good("")), "client_id");
    String used = text(registered(good("")), "client_id");
    code(new Visitor(server), request(used, BACK, "openid"), Provider.somebody(server));
    CLOCK.move(Duration.ofDays(8));
    registered(good(""));
    assertThat(authorize(new Visitor(server), request(unused, BACK, "openid")).status())
        .isEqualTo(400);
    assertThat(authorize(new Visitor(server), request(used, BACK, "openid")).status())
        .isEqualTo(200);
  }

  @Test
  void whoFillsAllPlacesHoldsThemForAnHour() throws Exception {
    SteppedClock clock = SteppedClock.ticking();
    try (TestServer other = TestServer.start(plan(RegistrationPolicy.OPEN).with(clock))) {
      assertThat(register(other, Map.of(), good("")).status()).isEqualTo(201);
      try (Connection connection = other.connect();
          Statement statement = connection.createStatement()) {
        statement.executeUpdate(
            """
            WITH RECURSIVE more (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < 999)
            INSERT INTO varve_client (id, origin, description, created_at, created_by, changed_at, good_since)
            SELECT id || '-' || n, origin, description, created_at, created_by, changed_at, good_since
            FROM varve_client, more
            """);
      }
      try (Connection connection = other.connect();
          Statement statement = connection.createStatement()) {
        statement.executeUpdate("DELETE FROM varve_client WHERE id LIKE '%-10' OR id LIKE '%-20'");
      }
      List<Reply> replies = AtOnce.times(8, () -> register(other, Map.of(), good("")));
      assertThat(replies.stream().filter(reply -> reply.status() == 201))
          .as("places that are left")
          .hasSize(2);
      Reply full = register(other, Map.of(), good(""));
      assertThat(full.status()).isEqualTo(503);
      assertThat(text(full, "error")).isEqualTo("temporarily_unavailable");
      clock.move(Duration.ofMinutes(61));
      assertThat(register(other, Map.of(), good("")).status()).isEqualTo(201);
    }
  }

  @Test
  void itIsOffUnlessTheSettingsSayOtherwise() {
    try (TestServer off = TestServer.start(Provider.plan())) {
      assertThat(register(off, Map.of(), good("")).status()).isEqualTo(404);
      assertThat(off.get(Metadata.OAUTH).text()).doesNotContain("registration_endpoint");
      assertThat(off.get("/oauth2/register/x").status()).isEqualTo(404);
    }
    assertThat(server.get(Metadata.OAUTH).text()).contains("/oauth2/register");
  }

  @Test
  void withATokenNobodyElseRegisters() {
    Plan plan =
        plan(RegistrationPolicy.TOKEN)
            .knowing(
                Map.of("OFFICE_SECRET", Provider.SECRET, "VARVE_OAUTH_REGISTRATION_TOKEN", TOKEN));
    try (TestServer guarded = TestServer.start(plan)) {
      for (Map<String, String> headers :
          List.of(
              Map.<String, String>of(),
              bearer(TOKEN + "x"),
              bearer(""),
              Map.of("Authorization", "Basic " + TOKEN))) {
        Reply refused = register(guarded, headers, good(""));
        assertThat(refused.status()).isEqualTo(401);
        assertThat(json(refused)).containsEntry("error", "invalid_token");
        assertThat(refused.header("WWW-Authenticate")).startsWith("Bearer");
      }
      assertThat(register(guarded, bearer(TOKEN), good("")).status()).isEqualTo(201);
    }
  }

  @Test
  void withoutTheTokenOfTheSettingsNoServerStarts() {
    assertThatThrownBy(() -> TestServer.start(plan(RegistrationPolicy.TOKEN)).close())
        .isInstanceOf(WrongSetting.class)
        .hasMessageContaining("VARVE_OAUTH_REGISTRATION_TOKEN");
  }

  @Test
  void whoRegistersAgainAndAgainHasToWait() {
    try (TestServer other = TestServer.start(plan(RegistrationPolicy.OPEN))) {
      int status = 0;
      for (int i = 0; i < 200 && status != 429; i++) {
        status = register(other, Map.of(), "{}").status();
      }
      assertThat(status).isEqualTo(429);
    }
  }

  private static Reply manage(Reply made, String method, String token, String body) {
    String uri = text(made, "registration_client_uri");
    return server.send(method, uri.substring(uri.indexOf("/oauth2/")), bearer(token), body);
  }

  private static String management(Reply reply) {
    return text(reply, "registration_access_token");
  }

  private static String renamed(Reply made, String name, String more) {
    return "{\"client_id\": \"%s\", \"client_name\": \"%s\", \"redirect_uris\": [\"%s\"], \"token_endpoint_auth_method\": \"none\"%s}"
        .formatted(text(made, "client_id"), name, BACK, more);
  }

  @Test
  void aClientLooksAfterWhatItSaid() {
    Reply made = registered(good(""));
    String id = text(made, "client_id");
    assertThat(text(made, "registration_client_uri")).endsWith("/oauth2/register/" + id);
    String email = Provider.somebody(server);
    code(new Visitor(server), request(id, BACK, "openid"), email);

    Reply read = manage(made, "GET", management(made), "");
    assertThat(read.status()).as(read.text()).isEqualTo(200);
    assertThat(read.header("Cache-Control")).isEqualTo("no-store");
    assertThat(json(read)).isEqualTo(json(made));

    Reply changed = manage(made, "PUT", management(made), renamed(made, "Better tool", ""));
    assertThat(changed.status()).as(changed.text()).isEqualTo(200);
    assertThat(json(changed))
        .containsEntry("client_name", "Better tool")
        .containsEntry("client_id", id)
        .containsEntry("grant_types", List.of("authorization_code"));
    Visitor visitor = new Visitor(server);
    Reply page = authorize(visitor, request(id, BACK, "openid"));
    assertThat(visitor.submit(page, Provider.credentials(email)).text())
        .as("people are asked again")
        .contains("Let Better tool in?");

    Reply deleted = manage(made, "DELETE", management(changed), "");
    assertThat(deleted.status()).isEqualTo(204);
    assertThat(authorize(new Visitor(server), request(id, BACK, "openid")).status()).isEqualTo(400);
    assertThat(manage(made, "GET", management(changed), "").status()).isEqualTo(401);
  }

  @Test
  void whatOneThatIsTakenAwayWasGivenEnds() {
    Reply made = registered(good(""));
    String id = text(made, "client_id");
    String code =
        code(
            new Visitor(server), request(id, BACK, "openid notes:read"), Provider.somebody(server));
    String access = text(token(server, codeForm(id, BACK, code)), "access_token");
    assertThat(server.send("GET", "/api/notes", bearer(access), "").status()).isEqualTo(200);
    manage(made, "DELETE", management(made), "");
    assertThat(server.send("GET", "/api/notes", bearer(access), "").status()).isEqualTo(401);
  }

  @Test
  void theTokenBeforeIsGoodUntilTheNextIsUsed() {
    Reply made = registered(good(""));
    String first = management(made);
    String lost = management(manage(made, "PUT", first, renamed(made, "A", "")));
    String second = management(manage(made, "PUT", first, renamed(made, "B", "")));
    assertThat(second).isNotEqualTo(lost).isNotEqualTo(first);
    assertThat(manage(made, "GET", lost, "").status())
        .as("another came in its place")
        .isEqualTo(401);
    assertThat(manage(made, "GET", first, "").status()).as("of a lost answer").isEqualTo(200);
    assertThat(manage(made, "GET", second, "").status()).isEqualTo(200);
    assertThat(manage(made, "GET", first, "").status()).as("the next was used").isEqualTo(401);
    assertThat(manage(made, "GET", second, "").status()).isEqualTo(200);
    server.restart();
    assertThat(manage(made, "GET", second, "").status()).as("after a restart").isEqualTo(200);
    assertThat(server.events(0).toString()).doesNotContain(first, second);
  }

  /// Sends all but the body, and lets something happen once the server has let the client in and waits for the body.
  private static String whileSending(
      Reply made, String method, String token, String body, Runnable meanwhile) {
    String uri = text(made, "registration_client_uri");
    try (RawClient client = new RawClient(server.port())) {
      client.send(
          "%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
              .formatted(method, uri.substring(uri.indexOf("/oauth2/")), token, body.length()));
      assertThat(client.readHead()).startsWith("HTTP/1.1 100");
      meanwhile.run();
      client.send(body);
      return client.readToEnd();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aTokenThatEndsMeanwhileChangesNothing() {
    Reply made = registered(good(""));
    String first = management(made);
    String second = management(manage(made, "PUT", first, renamed(made, "A", "")));

    String refused =
        whileSending(
            made,
            "PUT",
            first,
            renamed(made, "Of an ended token", ""),
            () -> assertThat(manage(made, "GET", second, "").status()).isEqualTo(200));

    assertThat(refused).startsWith("HTTP/1.1 401").contains("invalid_token");
    assertThat(json(manage(made, "GET", second, "")))
        .as("who has the last token goes on")
        .containsEntry("client_name", "A");
  }

  @Test
  void oneThatIsShutOutOrTakenAwayMeanwhileChangesNothing() {
    for (String method : List.of("POST", "DELETE")) {
      Reply made = registered(good(""));
      String path = "/auth/admin/clients/" + text(made, "client_id");
      Map<String, String> admin = administrator();
      String refused =
          whileSending(
              made,
              "PUT",
              management(made),
              renamed(made, "Back", ""),
              () ->
                  assertThat(
                          server
                              .send(
                                  method,
                                  method.equals("POST") ? path + "/disable" : path,
                                  admin,
                                  "")
                              .status())
                      .isLessThan(300));
      assertThat(refused).as(method).startsWith("HTTP/1.1 401").contains("invalid_token");
      assertThat(server.send("GET", path, admin, "").text()).doesNotContain("Back");
    }
  }

  private static Map<String, String> administrator() {
    String email = "root-%s@example.com".formatted(UUID.randomUUID());
    server.administration().create(email, List.of("admin"), Map.of("name", "R"), Provider.PASSWORD);
    return bearer(Provider.signIn(server, email));
  }

  @Test
  void nobodyElseLooksAfterAClient() {
    Reply made = registered(good(""));
    Reply other = registered(good(""));
    String access = Provider.signIn(server, Provider.somebody(server));
    for (String token : List.of(management(other), management(made) + "x", "", access)) {
      for (String method : List.of("GET", "PUT", "DELETE")) {
        Reply refused =
            manage(made, method, token, method.equals("PUT") ? renamed(made, "Mine", "") : "");
        assertThat(refused.status()).as(method + " " + refused.text()).isEqualTo(401);
        assertThat(refused.header("WWW-Authenticate")).startsWith("Bearer");
      }
    }
    assertThat(server.send("GET", "/oauth2/register/none", bearer(management(made)), "").status())
        .as("nobody learns which clients there are")
        .isEqualTo(401);
    assertThat(json(manage(made, "GET", management(made), "")))
        .containsEntry("client_name", "Tool");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"redirect_uris": ["https://tool.example/back"], "token_endpoint_auth_method": "none"} | client_id
          {"client_id": "other", "redirect_uris": ["https://tool.example/back"], "token_endpoint_auth_method": "none"} | client_id
          {"client_id": "ID", "token_endpoint_auth_method": "none"} | redirect_uris
          {"client_id": "ID", "redirect_uris": ["javascript:alert(1)"], "token_endpoint_auth_method": "none"} | redirect_uris
          {"client_id": "ID", "redirect_uris": ["https://tool.example/back"]} | token_endpoint_auth_method
          {"client_id": "ID", "redirect_uris": ["https://tool.example/back"], "token_endpoint_auth_method": "none", "client_secret": "0123456789abcdef0123456789abcdef"} | client_secret
          {"client_id": "ID", "redirect_uris": ["https://tool.example/back"], "token_endpoint_auth_method": "none", "registration_access_token": "mine"} | registration_access_token
          {"client_id": "ID", "redirect_uris": ["https://tool.example/back"], "token_endpoint_auth_method": "none", "client_id_issued_at": 0} | client_id_issued_at
          {"client_id": "ID", "redirect_uris": ["https://tool.example/back"], "token_endpoint_auth_method": "none", "scope": "api"} | scope
          {"client_id": "ID", "redirect_uris": ["https://tool.example/back"], "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "http://127.0.0.1:1/"} | jwks_uri
          nonsense | JSON
          """)
  void whatAClientMayNotSayOfItselfIsTold(String body, String says) {
    Reply made = registered(good(""));
    Reply refused =
        manage(made, "PUT", management(made), body.replace("\"ID", "\"" + text(made, "client_id")));
    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(text(refused, "error_description")).contains(says);
    assertThat(json(manage(made, "GET", management(made), ""))).isEqualTo(json(made));
  }

  @Test
  void aSecretIsNotToldAgainNorChosen() {
    String body = "{\"client_name\": \"Tool\", \"redirect_uris\": [\"%s\"]}".formatted(BACK);
    Reply made = registered(body);
    String secret = text(made, "client_secret");
    Reply read = manage(made, "GET", management(made), "");
    assertThat(read.text()).doesNotContain(secret);
    assertThat(json(read)).containsEntry("token_endpoint_auth_method", "client_secret_basic");
    String own = "{\"client_id\": \"%s\", \"redirect_uris\": [\"%s\"], \"client_secret\": \"%s\"}";
    String id = text(made, "client_id");
    Reply kept = manage(made, "PUT", management(made), own.formatted(id, BACK, secret));
    assertThat(kept.status()).as(kept.text()).isEqualTo(200);
    assertThat(kept.text()).doesNotContain(secret);
    assertThat(
            manage(made, "PUT", management(kept), own.formatted(id, BACK, secret + "x")).status())
        .isEqualTo(400);
    String none =
        "{\"client_id\": \"%s\", \"redirect_uris\": [\"%s\"], \"token_endpoint_auth_method\": \"none\"}"
            .formatted(id, BACK);
    assertThat(manage(made, "PUT", management(kept), none).text()).contains("Register anew");
  }

  @Test
  void oneThatIsShutOutLooksAfterNothing() {
    Reply made = registered(good(""));
    String id = text(made, "client_id");
    Map<String, String> admin = administrator();
    String path = "/auth/admin/clients/" + id;
    server.send("POST", path + "/disable", admin, "");
    assertThat(manage(made, "PUT", management(made), renamed(made, "Back", "")).status())
        .isEqualTo(401);
    server.send("POST", path + "/enable", admin, "");
    assertThat(manage(made, "GET", management(made), "").status()).isEqualTo(200);
    assertThat(server.send("DELETE", path, admin, "").status()).isEqualTo(204);
    assertThat(manage(made, "GET", management(made), "").status()).isEqualTo(401);
  }
}
