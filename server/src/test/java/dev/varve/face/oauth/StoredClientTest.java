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

import dev.varve.identity.client.ClientSettings;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Applications that administrators let sign people in, beside those of the settings.
class StoredClientTest {
  private static final String CLIENTS = "/auth/admin/clients";
  private static final String BACK = "https://wiki.example/back";

  private static final SteppedClock CLOCK = SteppedClock.ticking();
  private static TestServer server;
  private static Map<String, String> admin;

  @BeforeAll
  static void start() {
    server = TestServer.start(Provider.plan().with(CLOCK));
    admin = bearer(administrator(server));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String administrator(TestServer of) {
    of.administration()
        .create("root@example.com", List.of("admin"), Map.of("name", "Root"), Provider.PASSWORD);
    return Provider.signIn(of, "root@example.com");
  }

  private static Reply make(String body) {
    return server.send("POST", CLIENTS, admin, body);
  }

  private static Reply made(String body) {
    Reply made = make(body);
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    return made;
  }

  private static Reply patch(String id, String body) {
    return server.send("PATCH", CLIENTS + "/" + id, admin, body);
  }

  private static Reply act(String id, String act, String body) {
    return server.send("POST", CLIENTS + "/" + id + "/" + act, admin, body);
  }

  private static String wiki(String more) {
    return text(
        made(
            "{\"title\": \"Wiki\", \"redirectUris\": [\"%s\"], \"scopes\": [\"openid\", \"notes:read\"]%s}"
                .formatted(BACK, more)),
        "id");
  }

  private static Reply tokens(String id, String email) {
    Map<String, String> asked = request(id, BACK, "openid notes:read");
    return token(server, codeForm(id, BACK, code(new Visitor(server), asked, email)));
  }

  private static int notes(String accessToken) {
    return server.send("GET", "/api/notes", bearer(accessToken), "").status();
  }

  private static Map<String, String> refresh(String id, Reply tokens) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "refresh_token");
    form.put("client_id", id);
    form.put("refresh_token", text(tokens, "refresh_token"));
    return form;
  }

  private static Reply withSecret(String id, String secret, Map<String, String> form) {
    Map<String, String> all = new LinkedHashMap<>(form);
    all.put("client_id", id);
    all.put("client_secret", secret);
    return token(server, all);
  }

  private static final Map<String, String> FOR_ITSELF = Map.of("grant_type", "client_credentials");

  private static String machine() {
    return "{\"title\": \"Importer\", \"scopes\": [\"notes:read\"], \"grants\": [\"client_credentials\"], \"confidential\": true}";
  }

  @Test
  void aClientThatAnAdministratorMakesSignsPeopleIn() {
    Reply made =
        made(
            "{\"id\": \"wiki\", \"title\": \"Wiki\", \"redirectUris\": [\"%s\"], \"scopes\": [\"openid\", \"notes:read\"]}"
                .formatted(BACK));
    assertThat(made.header("Location")).isEqualTo(CLIENTS + "/wiki");
    assertThat(json(made)).doesNotContainKey("secret").containsEntry("origin", "ADMINISTRATOR");
    Reply tokens = tokens("wiki", Provider.somebody(server));
    assertThat(notes(text(tokens, "access_token"))).isEqualTo(200);
  }

  @Test
  void clientsOutliveARestart() {
    try (TestServer other = TestServer.start(Provider.plan())) {
      String token = administrator(other);
      Reply made = other.send("POST", CLIENTS, bearer(token), machine());
      String id = text(made, "id");
      String secret = text(made, "secret");
      other.restart();
      Map<String, String> form = new LinkedHashMap<>(FOR_ITSELF);
      form.put("client_id", id);
      form.put("client_secret", secret);
      assertThat(token(other, form).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"redirectUris\": [\"https://other.example/back\"]}",
        "{\"scopes\": [\"openid\"]}"
      })
  void aFlowLeadsNowhereThatItsClientMayNotGoAnyMore(String change) {
    String email = Provider.somebody(server);
    String id = wiki("");
    Visitor visitor = new Visitor(server);
    Reply page = Provider.authorize(visitor, request(id, BACK, "openid notes:read"));
    Reply consent = visitor.submit(page, Provider.credentials(email));
    assertThat(consent.text()).contains("Let Wiki in?");
    assertThat(patch(id, change).status()).isEqualTo(200);
    Reply late = visitor.submit(consent, Map.of("decision", "allow"));
    assertThat(late.status()).as(late.text()).isEqualTo(400);
    assertThat(visitor.submit(consent, Map.of("decision", "deny")).status()).isEqualTo(400);
    assertThat(late.header("Location")).isEmpty();
  }

  @Test
  void anotherClientOfTheSameIdGetsNothingThatTheFirstWasGiven() {
    SteppedClock clock = SteppedClock.ticking();
    try (TestServer other = TestServer.start(Provider.plan().with(clock))) {
      String token = administrator(other);
      String email = Provider.somebody(other);
      String code = code(new Visitor(other), request("notes-page", Provider.PAGE, "openid"), email);
      Reply tokens = token(other, codeForm("notes-page", Provider.PAGE, code));
      Map<String, ClientSettings> left = new LinkedHashMap<>(Provider.clients().clients());
      left.remove("notes-page");
      other.restart(
          Provider.plan()
              .with(clock)
              .with(SettingRecords.changed(Provider.clients(), Map.of("clients", left))));
      clock.move(Duration.ofSeconds(2));
      Reply made =
          other.send(
              "POST",
              CLIENTS,
              bearer(token),
              "{\"id\": \"notes-page\", \"title\": \"Another\", \"redirectUris\": [\"%s\"], \"scopes\": [\"openid\"]}"
                  .formatted(BACK));
      assertThat(made.status()).as(made.text()).isEqualTo(201);
      assertThat(text(token(other, refresh("notes-page", tokens)), "error"))
          .isEqualTo("invalid_grant");
    }
  }

  @Test
  void withoutAnyClientThereIsNothingToFind() {
    try (TestServer bare = TestServer.start(Provider.SCHEMA)) {
      assertThat(bare.get("/.well-known/openid-configuration").status()).isEqualTo(404);
      assertThat(bare.get("/oauth2/authorize?client_id=x").status()).isEqualTo(404);
      String token = administrator(bare);
      bare.send("POST", CLIENTS, bearer(token), machine());
      Reply found = bare.get("/.well-known/openid-configuration");
      assertThat(found.status()).isEqualTo(200);
      assertThat(found.text()).contains("notes:read");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {} | title
          {"title": ""} | title
          {"title": 5} | title
          {"title": "a\\u0007b", "redirectUris": ["https://a.example/"]} | title
          {"title": "a\\u202eb", "redirectUris": ["https://a.example/"]} | title
          {"title": "A", "redirectUris": []} | redirectUris
          {"title": "A", "redirectUris": "https://a.example/"} | redirectUris
          {"title": "A", "redirectUris": ["http://a.example/"]} | redirectUris[0]
          {"title": "A", "redirectUris": ["https://a.example/", "javascript:alert(1)"]} | redirectUris[1]
          {"title": "A", "redirectUris": ["https://good@evil.example/"]} | redirectUris[0]
          {"title": "A", "redirectUris": ["https://a.example/#x"]} | redirectUris[0]
          {"title": "A", "redirectUris": ["/relative"]} | redirectUris[0]
          {"title": "A", "redirectUris": ["https://a.example/"], "logoutUris": ["data:x"]} | logoutUris[0]
          {"title": "A", "redirectUris": ["https://a.example/"], "scopes": ["notes:reed"]} | scopes[0]
          {"title": "A", "redirectUris": ["https://a.example/"], "grants": ["password"]} | grants[0]
          {"title": "A", "redirectUris": ["https://a.example/"], "grants": ["client_credentials"]} | grants
          {"title": "A", "redirectUris": ["https://a.example/"], "consent": "MAYBE"} | consent
          {"title": "A", "redirectUris": ["https://a.example/"], "id": "https://a.example/x"} | id
          {"title": "A", "redirectUris": ["https://a.example/"], "id": "varve"} | id
          {"title": "A", "redirectUris": ["https://a.example/"], "id": ""} | id
          {"title": "A", "redirectUris": ["https://a.example/"], "confidential": "yes"} | confidential
          {"title": "A", "redirectUris": ["https://a.example/"], "role": "admin"} | role
          """)
  void whatIsWrongIsNamed(String body, String field) {
    Reply refused = make(body);
    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(refused.text()).contains("\"field\":\"" + field + "\"");
  }

  @Test
  void onlyAdministratorsMay() {
    String id = wiki("");
    Map<String, String> somebody = bearer(Provider.signIn(server, Provider.somebody(server)));
    for (Map<String, String> caller : List.of(Map.<String, String>of(), somebody)) {
      int status = caller.isEmpty() ? 401 : 403;
      assertThat(server.send("POST", CLIENTS, caller, machine()).status()).isEqualTo(status);
      assertThat(server.send("GET", CLIENTS, caller, "").status()).isEqualTo(status);
      for (String route :
          List.of("GET ", "PATCH ", "DELETE ", "POST /secret", "POST /disable", "POST /enable")) {
        String[] parts = route.split(" ", 2);
        assertThat(
                server
                    .send(
                        parts[0],
                        CLIENTS + "/" + id + parts[1],
                        caller,
                        parts[0].equals("PATCH") ? "{}" : "")
                    .status())
            .as(route)
            .isEqualTo(status);
      }
    }
    assertThat(server.send("GET", CLIENTS + "/" + id, admin, "").status()).isEqualTo(200);
  }

  @Test
  void aClientOfTheSettingsIsListedAndChangedThere() {
    Reply read = server.send("GET", CLIENTS + "/office", admin, "");
    assertThat(json(read)).containsEntry("origin", "SETTINGS").containsEntry("confidential", true);
    assertThat(read.text()).doesNotContain(Provider.SECRET);
    assertThat(patch("office", "{\"title\": \"Mine\"}").status()).isEqualTo(409);
    assertThat(act("office", "secret", "").status()).isEqualTo(409);
    assertThat(act("office", "disable", "").text()).contains("varve.yaml");
    assertThat(server.send("DELETE", CLIENTS + "/office", admin, "").status()).isEqualTo(409);
    assertThat(
            make("{\"id\": \"office\", \"title\": \"A\", \"redirectUris\": [\"https://a.example/\"]}")
                .status())
        .isEqualTo(409);
  }

  @Test
  void theListComesInPages() {
    String first = wiki("");
    String second = wiki("");
    StringBuilder seen = new StringBuilder();
    String next = "";
    do {
      Reply page =
          server.send(
              "GET", CLIENTS + "?limit=2" + (next.isEmpty() ? "" : "&cursor=" + next), admin, "");
      assertThat(page.status()).as(page.text()).isEqualTo(200);
      seen.append(page.text());
      next = json(page).getOrDefault("nextCursor", "").toString();
    } while (!next.isEmpty());
    assertThat(seen.toString()).contains(first, second, "\"office\"", "\"notes-page\"");
    assertThat(server.send("GET", CLIENTS + "?cursor=x", admin, "").text())
        .contains("INVALID_CURSOR");
    assertThat(server.send("GET", CLIENTS + "?limit=0", admin, "").status()).isEqualTo(400);
  }

  @Test
  void aSecretIsShownOnceAndKeptAsAHash() {
    Reply made = made(machine());
    String secret = text(made, "secret");
    assertThat(made.header("Cache-Control")).isEqualTo("no-store");
    String id = text(made, "id");
    assertThat(server.send("GET", CLIENTS + "/" + id, admin, "").text()).doesNotContain(secret);
    assertThat(withSecret(id, secret, FOR_ITSELF).status()).isEqualTo(200);
    assertThat(withSecret(id, secret + "x", FOR_ITSELF).status()).isEqualTo(401);
    assertThat(server.events(0).toString()).doesNotContain(secret);
  }

  @Test
  void theSecretBeforeIsGoodForTheOverlapAndNoLonger() {
    Reply made = made(machine());
    String id = text(made, "id");
    String before = text(made, "secret");
    Reply rotated = act(id, "secret", "{\"overlapSeconds\": 3600}");
    assertThat(rotated.status()).as(rotated.text()).isEqualTo(200);
    String after = text(rotated, "secret");
    assertThat(after).isNotEqualTo(before);
    assertThat(withSecret(id, before, FOR_ITSELF).status()).isEqualTo(200);
    assertThat(withSecret(id, after, FOR_ITSELF).status()).isEqualTo(200);
    CLOCK.move(Duration.ofHours(1));
    assertThat(withSecret(id, before, FOR_ITSELF).status()).isEqualTo(401);
    assertThat(withSecret(id, after, FOR_ITSELF).status()).isEqualTo(200);
    admin = bearer(Provider.signIn(server, "root@example.com"));
    String last = text(act(id, "secret", "{\"overlapSeconds\": 0}"), "secret");
    assertThat(withSecret(id, after, FOR_ITSELF).status()).isEqualTo(401);
    assertThat(withSecret(id, last, FOR_ITSELF).status()).isEqualTo(200);
    assertThat(act(id, "secret", "{\"overlapSeconds\": -1}").text()).contains("overlapSeconds");
    assertThat(act(id, "secret", "{\"overlapSeconds\": 99999999}").status()).isEqualTo(400);
  }

  @Test
  void noMoreSecretsAreGoodAtATimeThanSomebodyCanFollow() {
    String id = text(made(machine()), "id");
    for (int i = 0; i < 4; i++) {
      assertThat(act(id, "secret", "").status()).isEqualTo(200);
    }
    assertThat(act(id, "secret", "").text()).contains("CONFLICT", "5 secrets");
    assertThat(act(id, "secret", "{\"overlapSeconds\": 0}").status()).isEqualTo(200);
  }

  @Test
  void aPublicClientHasNoSecret() {
    assertThat(act(wiki(""), "secret", "").text()).contains("CONFLICT", "public");
  }

  @Test
  void disablingEndsAllThatAClientWasGiven() throws Exception {
    String email = Provider.somebody(server);
    String id = wiki("");
    Reply tokens = tokens(id, email);
    String pending = code(new Visitor(server), request(id, BACK, "openid notes:read"), email);
    String access = text(tokens, "access_token");
    try (HttpClient client = HttpClient.newHttpClient();
        Stream<String> stream = events(client, access)) {
      assertThat(json(act(id, "disable", ""))).containsKey("disabledAt");
      // it ends, or this would wait
      assertThat(stream.count()).isNotNegative();
    }
    assertThat(notes(access)).isEqualTo(401);
    assertThat(token(server, refresh(id, tokens)).text()).contains("invalid_client");
    assertThat(token(server, codeForm(id, BACK, pending)).text()).contains("invalid_client");
    assertThat(authorize(new Visitor(server), request(id, BACK, "openid")).status()).isEqualTo(400);
    CLOCK.move(Duration.ofSeconds(2));
    assertThat(act(id, "enable", "").status()).isEqualTo(200);
    assertThat(notes(access)).isEqualTo(401);
    assertThat(token(server, refresh(id, tokens)).text()).contains("invalid_grant");
    assertThat(token(server, codeForm(id, BACK, pending)).text()).contains("invalid_grant");
    // what was allowed is forgotten: they are asked again
    assertThat(asked(email, id)).contains("Let Wiki in?");
  }

  private static Stream<String> events(HttpClient client, String token) throws Exception {
    URI uri = URI.create("http://127.0.0.1:%d/api/events?model=Note".formatted(server.port()));
    return client
        .send(
            HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token).build(),
            BodyHandlers.ofLines())
        .body();
  }

  /// The page that somebody sees who has signed in.
  private static String asked(String email, String id) {
    Visitor visitor = new Visitor(server);
    Reply page = authorize(visitor, request(id, BACK, "openid notes:read"));
    return visitor.submit(page, Provider.credentials(email)).text();
  }

  @Test
  void whatAClientGotForItselfIsWorthNothingOnceItIsDisabled() {
    Reply made = made(machine());
    String id = text(made, "id");
    String access = text(withSecret(id, text(made, "secret"), FOR_ITSELF), "access_token");
    assertThat(notes(access)).isEqualTo(200);
    act(id, "disable", "");
    assertThat(notes(access)).isEqualTo(401);
    CLOCK.move(Duration.ofSeconds(2));
    act(id, "enable", "");
    assertThat(notes(access)).isEqualTo(401);
    String fresh = text(withSecret(id, text(made, "secret"), FOR_ITSELF), "access_token");
    assertThat(notes(fresh)).isEqualTo(200);
  }

  @Test
  void aDeletedClientIsGoneAndNoOtherGetsItsId() {
    String email = Provider.somebody(server);
    String id = wiki("");
    Reply tokens = tokens(id, email);
    assertThat(server.send("DELETE", CLIENTS + "/" + id, admin, "").status()).isEqualTo(204);
    assertThat(notes(text(tokens, "access_token"))).isEqualTo(401);
    assertThat(server.send("GET", CLIENTS + "/" + id, admin, "").status()).isEqualTo(404);
    assertThat(server.send("DELETE", CLIENTS + "/" + id, admin, "").status()).isEqualTo(404);
    assertThat(
            make("{\"id\": \"%s\", \"title\": \"Another\", \"redirectUris\": [\"https://evil.example/\"]}"
                    .formatted(id))
                .text())
        .contains("ALREADY_EXISTS");
  }

  @Test
  void peopleAreAskedAgainWhereAClientGotMore() {
    String email = Provider.somebody(server);
    String id = wiki("");
    tokens(id, email);
    assertThat(asked(email, id)).doesNotContain("Let Wiki in?");
    // less is no news
    patch(id, "{\"logoutUris\": [\"https://wiki.example/\"]}");
    assertThat(asked(email, id)).doesNotContain("Let Wiki in?");
    patch(id, "{\"redirectUris\": [\"%s\", \"https://elsewhere.example/\"]}".formatted(BACK));
    assertThat(asked(email, id)).contains("Let Wiki in?");
    tokens(id, email);
    assertThat(asked(email, id)).doesNotContain("Let Wiki in?");
    patch(id, "{\"redirectUris\": [\"%s\"]}".formatted(BACK));
    assertThat(asked(email, id)).doesNotContain("Let Wiki in?");
    patch(id, "{\"title\": \"Bank\"}");
    assertThat(asked(email, id)).contains("Let Bank in?");
  }

  /// The page said something else than what holds when it is sent.
  @Test
  void consentIsToWhatThePageShowed() {
    String email = Provider.somebody(server);
    String id = wiki("");
    Visitor visitor = new Visitor(server);
    Reply page = authorize(visitor, request(id, BACK, "openid notes:read"));
    Reply consent = visitor.submit(page, Provider.credentials(email));
    patch(id, "{\"title\": \"Bank\"}");
    Reply again = visitor.submit(consent, Map.of("decision", "allow"));
    assertThat(again.text()).contains("Let Bank in?");
  }

  @Test
  void scopesThatAreTakenAwayAreGoneAtOnce() {
    String email = Provider.somebody(server);
    String id = wiki("");
    Reply tokens = tokens(id, email);
    assertThat(patch(id, "{\"scopes\": [\"openid\"]}").status()).isEqualTo(200);
    assertThat(notes(text(tokens, "access_token"))).isEqualTo(401);
    assertThat(text(token(server, refresh(id, tokens)), "scope")).isEqualTo("openid");
  }

  @Test
  void eachActIsASecurityEvent() {
    long before = server.position();
    String id = wiki(", \"confidential\": true");
    patch(id, "{\"title\": \"Wiki 2\"}");
    act(id, "secret", "");
    act(id, "disable", "");
    act(id, "disable", "");
    act(id, "enable", "");
    server.send("DELETE", CLIENTS + "/" + id, admin, "");
    assertThat(server.events(before)).hasSize(6).allMatch("CREATE SecurityEvent"::equals);
    Reply events = server.send("GET", "/api/security-events?sort=-createdAt&limit=6", admin, "");
    assertThat(events.text())
        .contains(
            "CLIENT_MADE",
            "CLIENT_CHANGED",
            "CLIENT_SECRET_ROTATED",
            "CLIENT_DISABLED",
            "CLIENT_ENABLED",
            "CLIENT_DELETED",
            id);
  }
}
