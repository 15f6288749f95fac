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

import dev.varve.identity.client.OAuthSettings;
import dev.varve.identity.client.RegistrationPolicy;
import dev.varve.identity.client.SelfDescribedSettings;
import dev.varve.kernel.Json;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.params.provider.ValueSource;

/// Clients whose id is the URL of a document in which they say what they are.
class ClientDocumentTest {
  private static final String CLIENTS = "/auth/admin/clients";
  private static final String BACK = "https://editor.example/back";
  private static final SteppedClock CLOCK = SteppedClock.ticking();

  private static DocumentHost host;
  private static TestServer server;

  @BeforeAll
  static void start() {
    host = DocumentHost.start();
    server = TestServer.start(Provider.plan().with(CLOCK).with(settings(host)));
  }

  @AfterAll
  static void stop() {
    server.close();
    host.close();
  }

  static OAuthSettings settings(DocumentHost host) {
    return new OAuthSettings(
        Map.of(),
        Map.of(),
        true,
        new SelfDescribedSettings(
            false, List.of(host.origin()), RegistrationPolicy.OFF, List.of()));
  }

  private static String path() {
    return "/clients/%s.json".formatted(UUID.randomUUID());
  }

  private static Reply asks(String id, String redirectUri) {
    return authorize(new Visitor(server), request(id, redirectUri, "openid notes:read"));
  }

  /// The page that somebody sees who has signed in.
  private static Reply consent(String id, String redirectUri, String email) {
    Visitor visitor = new Visitor(server);
    Reply page = authorize(visitor, request(id, redirectUri, "openid notes:read"));
    return visitor.submit(page, Provider.credentials(email));
  }

  private static Reply tokens(String id, String redirectUri, String email) {
    Map<String, String> asked = request(id, redirectUri, "openid notes:read");
    return token(server, codeForm(id, redirectUri, code(new Visitor(server), asked, email)));
  }

  private static int notes(Reply tokens) {
    return server.send("GET", "/api/notes", bearer(text(tokens, "access_token")), "").status();
  }

  @Test
  void aClientThatDescribesItselfIsLetInByPeople() {
    String path = path();
    String id =
        host.gives(
            path, BACK, "Editor", "\"grant_types\": [\"authorization_code\", \"refresh_token\"]");
    String email = Provider.somebody(server);
    Reply page = consent(id, BACK, email);
    assertThat(page.text())
        .contains("Let Editor in?", "It comes from 127.0.0.1", "https://editor.example");
    Reply tokens = tokens(id, BACK, email);
    assertThat(notes(tokens)).isEqualTo(200);
    Map<String, String> refresh = new LinkedHashMap<>();
    refresh.put("grant_type", "refresh_token");
    refresh.put("client_id", id);
    refresh.put("refresh_token", text(tokens, "refresh_token"));
    assertThat(token(server, refresh).status()).isEqualTo(200);
    assertThat(host.asked(path)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          [] | client_id
          nonsense | not JSON
          {"redirect_uris": ["https://editor.example/back"]} | client_id
          {"client_id": "https://other.example/x", "redirect_uris": ["https://editor.example/back"]} | client_id
          {"client_id": "ID/", "redirect_uris": ["https://editor.example/back"]} | client_id
          {"client_id": "ID"} | redirect_uris
          {"client_id": "ID", "redirect_uris": []} | redirect_uris
          {"client_id": "ID", "redirect_uris": "https://editor.example/back"} | redirect_uris
          {"client_id": "ID", "redirect_uris": ["javascript:alert(1)"]} | redirect_uris
          {"client_id": "ID", "redirect_uris": ["com.example.app:/back"]} | redirect_uris
          {"client_id": "ID", "redirect_uris": ["http://editor.example/back"]} | redirect_uris
          {"client_id": "ID", "redirect_uris": ["https://editor.example/back#x"]} | redirect_uris
          {"client_id": "ID", "redirect_uris": ["https://good@editor.example/back"]} | redirect_uris
          {"client_id": "ID", "redirect_uris": ["https://editor.example/back", 5]} | redirect_uris
          {"client_id": "ID", "redirect_uris": ["https://editor.example/back"], "token_endpoint_auth_method": "client_secret_basic"} | token_endpoint_auth_method
          {"client_id": "ID", "redirect_uris": ["https://editor.example/back"], "token_endpoint_auth_method": "private_key_jwt"} | jwks
          {"client_id": "ID", "redirect_uris": ["https://editor.example/back"], "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://127.0.0.1/jwks"} | jwks
          {"client_id": "ID", "redirect_uris": ["https://editor.example/back"], "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}} | jwks
          {"client_id": "ID", "redirect_uris": ["https://editor.example/back"], "token_endpoint_auth_method": "client_secret_jwt"} | token_endpoint_auth_method
          {"client_id": "ID", "redirect_uris": ["https://editor.example/back"], "client_secret": "0123456789abcdef0123456789abcdef"} | client_secret
          {"client_id": "ID", "redirect_uris": ["https://editor.example/back"], "grant_types": ["client_credentials"]} | grant_types
          {"client_id": "ID", "redirect_uris": ["https://editor.example/back"], "response_types": ["token"]} | response_types
          {"client_id": "ID", "redirect_uris": ["https://editor.example/back"], "client_name": "a\\u202eb"} | client_name
          {"client_id": "ID", "redirect_uris": ["https://editor.example/back"], "client_name": 5} | client_name
          {"client_id": "ID", "redirect_uris": ["http://127.0.0.1/back"], "application_type": "web"} | redirect_uris
          """)
  void aDocumentThatIsNotGoodLetsNobodyIn(String document, String says) {
    String path = path();
    String id = host.url(path);
    host.gives(path, document.replace("\"ID", "\"" + id));
    Reply refused = asks(id, BACK);
    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(refused.text()).contains("what it says there is not good", says);
  }

  @Test
  void onlyADocumentThatIsThereIsOne() {
    for (int status : List.of(201, 204, 301, 302, 401, 404, 500)) {
      String path = path();
      host.gives(
          path,
          status,
          Map.of("Content-Type", "application/json", "Location", host.url("/elsewhere")),
          status == 204
              ? ""
              : "{\"client_id\": \"%s\", \"redirect_uris\": [\"%s\"]}"
                  .formatted(host.url(path), BACK));
      assertThat(asks(host.url(path), BACK).status()).as("%d", status).isEqualTo(400);
    }
    assertThat(host.asked("/elsewhere")).isZero();
  }

  @Test
  void aDocumentIsJsonAndShort() {
    String path = path();
    String body =
        "{\"client_id\": \"%s\", \"redirect_uris\": [\"%s\"]}".formatted(host.url(path), BACK);
    host.gives(path, 200, Map.of("Content-Type", "text/html"), body);
    assertThat(asks(host.url(path), BACK).text()).contains("it is not JSON");
    host.gives(path, body + " ".repeat(5_120));
    assertThat(asks(host.url(path), BACK).text()).contains("that cannot be read now");
    host.gives(path, body);
    CLOCK.move(Duration.ofSeconds(11));
    assertThat(asks(host.url(path), BACK).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ORIGIN",
        "ORIGIN/",
        "ORIGIN/a/../b.json",
        "ORIGIN/a/./b.json",
        "ORIGIN/a/%2e%2E/b.json",
        "ORIGIN/a.json#x",
        "ORIGIN/a b.json",
        "ORIGIN/a\\b.json",
        "http://user@127.0.0.1:PORT/a.json",
        "http://localhost:PORT/a.json",
        "https://127.0.0.1/a.json",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:127.0.0.1]/a.json",
        "https://editor.example/a.json",
        "http://EDITOR.example/a.json",
        "ftp://127.0.0.1/a.json",
        "file:///etc/passwd"
      })
  void anIdThatIsNoUrlOfADocumentIsAskedForNowhere(String pattern) {
    String origin = host.origin();
    String id =
        pattern
            .replace("ORIGIN", origin)
            .replace("PORT", origin.substring(origin.lastIndexOf(':') + 1));
    int asked = host.asked().size();
    assertThat(asks(id, BACK).status()).isEqualTo(400);
    assertThat(host.asked()).hasSize(asked);
  }

  /// Without origins of one's own, every server on the internet may be asked, and no other.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1/a.json",
        "https://localhost/a.json",
        "https://10.0.0.1/a.json",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a.json",
        "https://[::ffff:169.254.169.254]/a.json",
        "https://[fe80::1]/a.json",
        "https://2130706433/a.json",
        "http://editor.example/a.json"
      })
  void noDocumentIsAskedForInsideOfThisNetwork(String id) {
    OAuthSettings open = new OAuthSettings(Map.of(), Map.of(), true, SelfDescribedSettings.NONE);
    try (TestServer other = TestServer.start(Provider.plan().with(open))) {
      Reply refused = authorize(new Visitor(other), request(id, BACK, "openid"));
      assertThat(refused.status()).isIn(400, 503);
      // nothing of what lies there
      assertThat(refused.text())
          .containsAnyOf("cannot be read now", "must be one of https", "must have a host");
    }
  }

  @Test
  void whereDocumentsAreNotTakenNobodyIsAsked() {
    String path = path();
    String id = host.gives(path, BACK, "Editor", "");
    try (TestServer other = TestServer.start(Provider.plan())) {
      Reply refused = authorize(new Visitor(other), request(id, BACK, "openid"));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(other.get(Metadata.OAUTH).text()).doesNotContain("client_id_metadata_document");
    }
    assertThat(host.asked(path)).isZero();
    assertThat(server.get(Metadata.OAUTH).text())
        .contains("\"client_id_metadata_document_supported\":true");
    assertThat(server.get(Metadata.OPENID).text())
        .contains("\"client_id_metadata_document_supported\":true", "S256");
  }

  @ParameterizedTest
  @CsvSource({"prompt,none,login_required", "response_type,token,unsupported_response_type"})
  void nobodyIsSentToAClientThatTheyHaveNotLetIn(String name, String value, String error) {
    String id = host.gives(path(), BACK, "Editor", "");
    Map<String, String> asked = request(id, BACK, "openid notes:read");
    asked.put(name, value);
    Reply page = authorize(new Visitor(server), asked);
    assertThat(page.status()).isEqualTo(400);
    assertThat(page.header("Location")).isEmpty();
    assertThat(page.text())
        .contains("Editor wants you back at https://editor.example", BACK + "?error=" + error);
    asked.put("response_mode", "form_post");
    Reply form = authorize(new Visitor(server), asked);
    assertThat(form.text()).contains("action=\"" + BACK + "\"").doesNotContain("<script");
    asked.remove("response_mode");

    Visitor visitor = new Visitor(server);
    code(visitor, request(id, BACK, "openid notes:read"), Provider.somebody(server));
    Reply back = authorize(visitor, asked);
    assertThat(back.status()).as("of a client that was let in").isEqualTo(302);
    assertThat(back.header("Location")).startsWith(BACK);
  }

  @Test
  void whoIsAskedToSignInSeesWhereTheClientComesFrom() {
    String id = host.gives(path(), BACK, "Your bank", "");
    assertThat(asks(id, BACK).text()).contains("<h1>Sign in</h1>", "It comes from 127.0.0.1");
  }

  @Test
  void aBrowserIsSentWhereTheDocumentSaysAndNowhereElse() {
    String id = host.gives(path(), BACK, "Editor", "");
    assertThat(asks(id, "https://editor.example/other").status()).isEqualTo(400);
    assertThat(asks(id, BACK + "/").status()).isEqualTo(400);
  }

  @Test
  void onThisMachineAnyPortIsAsGoodAndPeopleAreAskedEachTime() {
    String id = host.gives(path(), "http://127.0.0.1/callback", "Tool", "");
    String email = Provider.somebody(server);
    String back = "http://127.0.0.1:43123/callback";
    assertThat(consent(id, back, email).text()).contains("Let Tool in?", "runs on this machine");
    assertThat(notes(tokens(id, back, email))).isEqualTo(200);
    assertThat(consent(id, back, email).text()).contains("Let Tool in?");
  }

  @Test
  void whatAClientSaysOfItselfIsHostile() {
    String id =
        host.gives(
            path(),
            BACK,
            "<script>alert(1)</script>\\\" onload=\\\"x",
            "\"logo_uri\": \"%s\", \"client_uri\": \"javascript:alert(1)\", \"jwks_uri\": \"%s\", \"policy_uri\": \"%s\""
                .formatted(host.url("/logo.png"), host.url("/jwks"), host.url("/policy")));
    Reply page = consent(id, BACK, Provider.somebody(server));
    assertThat(page.text())
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x")
        .doesNotContain("<script>", "javascript:", "logo.png", "<img");
    assertThat(page.header("Content-Security-Policy"))
        .contains("default-src 'none'", "frame-ancestors 'none'");
    assertThat(host.asked()).doesNotContain("/logo.png", "/jwks", "/policy");
  }

  @Test
  void itGetsNoMoreThanSuchClientsMay() {
    String id =
        host.gives(
            path(), BACK, "Editor", "\"scope\": \"openid api notes:read\", \"roles\": [\"admin\"]");
    String email = Provider.somebody(server);
    Map<String, String> asked = request(id, BACK, "openid api notes:read notes:write");
    String code = code(new Visitor(server), asked, email);
    assertThat(text(token(server, codeForm(id, BACK, code)), "scope"))
        .isEqualTo("notes:read openid");
    Reply forItself = token(server, Map.of("grant_type", "client_credentials", "client_id", id));
    assertThat(forItself.text()).contains("unauthorized_client");
  }

  @Test
  void aDocumentIsKeptForAsLongAsItSaysWithinBounds() {
    String path = path();
    String id = host.gives(path, BACK, "Editor", "");
    asks(id, BACK);
    asks(id, BACK);
    assertThat(host.asked(path)).isEqualTo(1);
    CLOCK.move(Duration.ofMinutes(16));
    asks(id, BACK);
    assertThat(host.asked(path)).isEqualTo(2);
    String never = path();
    host.gives(
        never,
        "{\"client_id\": \"%s\", \"redirect_uris\": [\"%s\"]}".formatted(host.url(never), BACK),
        "no-store");
    asks(host.url(never), BACK);
    asks(host.url(never), BACK);
    assertThat(host.asked(never)).isEqualTo(1);
    CLOCK.move(Duration.ofSeconds(61));
    asks(host.url(never), BACK);
    assertThat(host.asked(never)).isEqualTo(2);
    String ever = path();
    host.gives(
        ever,
        "{\"client_id\": \"%s\", \"redirect_uris\": [\"%s\"]}".formatted(host.url(ever), BACK),
        "max-age=999999999");
    asks(host.url(ever), BACK);
    CLOCK.move(Duration.ofHours(25));
    asks(host.url(ever), BACK);
    assertThat(host.asked(ever)).isEqualTo(2);
  }

  @Test
  void whatWentWrongIsNotKept() {
    String path = path();
    host.gives(path, 503, Map.of("Cache-Control", "max-age=3600"), "");
    assertThat(asks(host.url(path), BACK).status()).isEqualTo(400);
    host.gives(path, BACK, "Editor", "");
    assertThat(asks(host.url(path), BACK).status()).isEqualTo(200);
  }

  @Test
  void whatWasReadLastStandsInForADayWhileTheHostIsGone() {
    try (DocumentHost own = DocumentHost.start();
        TestServer other = TestServer.start(Provider.plan().with(CLOCK).with(settings(own)))) {
      String id =
          own.gives(
              "/tool.json",
              BACK,
              "Tool",
              "\"grant_types\": [\"authorization_code\", \"refresh_token\"]");
      String email = Provider.somebody(other);
      String code = code(new Visitor(other), request(id, BACK, "openid notes:read"), email);
      Map<String, String> refresh = new LinkedHashMap<>();
      refresh.put("grant_type", "refresh_token");
      refresh.put("client_id", id);
      refresh.put("refresh_token", text(token(other, codeForm(id, BACK, code)), "refresh_token"));
      own.gives("/tool.json", 503, Map.of(), "");
      CLOCK.move(Duration.ofHours(1));
      Reply next = token(other, refresh);
      assertThat(next.status()).as(next.text()).isEqualTo(200);
      refresh.put("refresh_token", text(next, "refresh_token"));
      // no whole document comes
      own.gives("/tool.json", "x".repeat(6_000));
      CLOCK.move(Duration.ofHours(20));
      next = token(other, refresh);
      assertThat(next.status()).as(next.text()).isEqualTo(200);
      refresh.put("refresh_token", text(next, "refresh_token"));
      CLOCK.move(Duration.ofHours(5));
      Reply late = token(other, refresh);
      assertThat(late.status()).isEqualTo(503);
      assertThat(text(late, "error")).isEqualTo("temporarily_unavailable");
      assertThat(late.header("Retry-After")).isEqualTo("10");
    }
  }

  @Test
  void whatWasTakenDownDoesNotStandIn() {
    String path = path();
    String id = host.gives(path, BACK, "Editor", "");
    assertThat(asks(id, BACK).status()).isEqualTo(200);
    host.gives(path, 404, Map.of(), "");
    CLOCK.move(Duration.ofMinutes(16));
    assertThat(asks(id, BACK).status()).isEqualTo(400);
    host.gives(path, "x".repeat(6_000));
    assertThat(asks(id, BACK).status()).isEqualTo(503);
  }

  @Test
  void whoDoesNotAnswerIsLeftInPeaceForAWhile() {
    try (DocumentHost own = DocumentHost.start();
        TestServer other =
            TestServer.start(Provider.plan().with(SteppedClock.standing()).with(settings(own)))) {
      String id = own.url("/tool.json");
      own.gives("/tool.json", "x".repeat(6_000));
      for (int i = 0; i < 3; i++) {
        Reply refused = authorize(new Visitor(other), request(id, BACK, "openid"));
        assertThat(refused.status()).isEqualTo(503);
      }
      assertThat(own.asked("/tool.json")).isEqualTo(1);
    }
  }

  @Test
  void peopleAreAskedAgainWhenADocumentShowsMore() {
    String path = path();
    String id = host.gives(path, BACK, "Editor", "");
    String email = Provider.somebody(server);
    tokens(id, BACK, email);
    assertThat(consent(id, BACK, email).header("Location")).contains("code=");
    host.gives(path, BACK, "Your bank", "");
    CLOCK.move(Duration.ofHours(25));
    assertThat(consent(id, BACK, email).text()).contains("Let Your bank in?");
    tokens(id, BACK, email);
    host.gives(
        path,
        "{\"client_id\": \"%s\", \"client_name\": \"Your bank\", \"redirect_uris\": [\"%s\", \"https://evil.example/\"]}"
            .formatted(id, BACK));
    CLOCK.move(Duration.ofHours(25));
    assertThat(consent(id, BACK, email).text()).contains("Let Your bank in?");
  }

  @Test
  void aClientWithKeysProvesThatItHasThemAndPeopleAreAskedWhenTheyChange() {
    KeyHolder key = KeyHolder.es256();
    String path = path();
    String id = host.gives(path, BACK, "Editor", keys(key));
    String email = Provider.somebody(server);
    Map<String, String> asked = request(id, BACK, "openid notes:read");
    Map<String, String> form = codeForm(id, BACK, code(new Visitor(server), asked, email));
    assertThat(token(server, form).text()).contains("invalid_client");
    Map<String, String> other =
        Bank.asserted(form, KeyHolder.es256().assertion(id, issuer(), CLOCK.instant()));
    assertThat(token(server, other).text()).contains("invalid_client");
    Map<String, String> good = Bank.asserted(form, key.assertion(id, issuer(), CLOCK.instant()));
    Reply tokens = token(server, good);
    assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);
    assertThat(consent(id, BACK, email).header("Location")).contains("code=");
    host.gives(path, BACK, "Editor", keys(KeyHolder.es256()));
    CLOCK.move(Duration.ofHours(25));
    assertThat(consent(id, BACK, email).text()).contains("Let Editor in?");
  }

  private static String keys(KeyHolder key) {
    String jwk =
        new String(Json.bytes(json -> Json.write(json, key.publicKey())), StandardCharsets.UTF_8);
    return "\"token_endpoint_auth_method\": \"private_key_jwt\", \"jwks\": {\"keys\": [%s]}"
        .formatted(jwk);
  }

  private static String issuer() {
    return text(server.get(Metadata.OAUTH), "issuer");
  }

  /// Else anybody could have this server ask anywhere with each request for a token.
  @Test
  void onlyWhoSomebodyHasLetInIsAskedForAtTheTokenEndpoint() {
    String path = path();
    String id = host.gives(path, BACK, "Editor", "");
    Reply refused = token(server, codeForm(id, BACK, "x"));
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.text()).contains("invalid_client");
    assertThat(host.asked(path)).isZero();
  }

  @Test
  void aClientThatComesForTheFirstTimeMayPush() {
    String id = host.gives(path(), BACK, "Editor", "");
    Reply pushed =
        new Visitor(server).post(PushedRequests.PATH, request(id, BACK, "openid notes:read"));
    assertThat(pushed.status()).as(pushed.text()).isEqualTo(201);
    Map<String, String> asked = Map.of("client_id", id, "request_uri", text(pushed, "request_uri"));
    String code = code(new Visitor(server), asked, Provider.somebody(server));
    assertThat(token(server, codeForm(id, BACK, code)).status()).isEqualTo(200);
  }

  @Test
  void whatItWasGivenEndsWhenDocumentsAreTakenNoMore() {
    DocumentHost own = DocumentHost.start();
    try (own;
        TestServer other = TestServer.start(Provider.plan().with(settings(own)))) {
      String id = own.gives("/tool.json", BACK, "Tool", "");
      String email = Provider.somebody(other);
      String code = code(new Visitor(other), request(id, BACK, "openid notes:read"), email);
      String access = text(token(other, codeForm(id, BACK, code)), "access_token");
      assertThat(other.send("GET", "/api/notes", bearer(access), "").status()).isEqualTo(200);
      other.restart(Provider.plan());
      assertThat(other.send("GET", "/api/notes", bearer(access), "").status()).isEqualTo(401);
    }
  }

  @Test
  void administratorsShutOutOneThatDescribesItselfAndLetItInAgain() {
    String id =
        host.gives(
            path(), BACK, "Editor", "\"grant_types\": [\"authorization_code\", \"refresh_token\"]");
    String other = host.gives(path(), BACK, "Other", "");
    String email = Provider.somebody(server);
    Reply tokens = tokens(id, BACK, email);
    assertThat(notes(tokens)).isEqualTo(200);
    Map<String, String> refresh = new LinkedHashMap<>();
    refresh.put("grant_type", "refresh_token");
    refresh.put("client_id", id);
    refresh.put("refresh_token", text(tokens, "refresh_token"));
    Map<String, String> admin = administrator();
    assertThat(server.send("GET", CLIENTS + "?limit=500", admin, "").text())
        .as("people have let it in")
        .contains(id)
        .doesNotContain(other);
    assertThat(server.send("GET", clientPath(id), admin, "").text())
        .contains("\"origin\":\"DOCUMENT\"", "\"title\":\"Editor\"");
    assertThat(server.send("GET", clientPath(other), admin, "").status()).isEqualTo(404);

    CLOCK.move(Duration.ofSeconds(1));
    Reply disabled = server.send("POST", clientPath(id) + "/disable", admin, "");
    assertThat(disabled.status()).as(disabled.text()).isEqualTo(200);
    assertThat(notes(tokens)).isEqualTo(401);
    assertThat(token(server, refresh).text()).contains("invalid_client");
    assertThat(asks(id, BACK).status()).isEqualTo(400);
    assertThat(asks(other, BACK).status()).as("nobody else is").isEqualTo(200);
    assertThat(server.send("GET", CLIENTS + "?limit=500", admin, "").text()).contains(id);
    assertThat(json(server.send("GET", clientPath(id), admin, "")).get("disabledAt")).isNotNull();
    server.restart();
    assertThat(asks(id, BACK).status()).as("after a restart").isEqualTo(400);

    CLOCK.move(Duration.ofSeconds(1));
    admin = administrator();
    assertThat(server.send("POST", clientPath(id) + "/enable", admin, "").status()).isEqualTo(200);
    assertThat(notes(tokens)).as("what it had is worth nothing").isEqualTo(401);
    assertThat(token(server, refresh).status()).isNotEqualTo(200);
    assertThat(consent(id, BACK, email).text()).contains("Let Editor in?");
    assertThat(notes(tokens(id, BACK, email))).isEqualTo(200);
  }

  @Test
  void oneThatDescribesItselfIsShutOutBeforeAnybodyHasSeenIt() {
    String id = host.gives(path(), BACK, "Editor", "");
    Map<String, String> admin = administrator();
    assertThat(server.send("POST", clientPath(id) + "/disable", admin, "").status()).isEqualTo(200);
    assertThat(asks(id, BACK).status()).isEqualTo(400);
    assertThat(host.asked()).doesNotContain(id.substring(host.origin().length()));
    for (String act : List.of("DELETE ", "PATCH ", "POST /secret")) {
      String[] parts = act.split(" ", 2);
      Reply refused = server.send(parts[0], clientPath(id) + parts[1], admin, "{}");
      assertThat(refused.status()).as(refused.text()).isEqualTo(409);
      assertThat(refused.text()).contains("disable it");
    }
    Reply none = server.send("POST", clientPath("https://a b") + "/disable", admin, "");
    assertThat(none.status()).isEqualTo(404);
    assertThat(
            server.send("POST", clientPath("https://a.example/x") + "/enable", admin, "").status())
        .isEqualTo(404);
  }

  private static String clientPath(String id) {
    return CLIENTS + "/" + URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static Map<String, String> administrator() {
    String email = "root-%s@example.com".formatted(UUID.randomUUID());
    server
        .administration()
        .create(email, List.of("admin"), Map.of("name", "Root"), Provider.PASSWORD);
    return bearer(Provider.signIn(server, email));
  }
}
