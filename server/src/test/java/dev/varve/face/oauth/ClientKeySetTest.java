package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.bearer;
import static dev.varve.face.oauth.Provider.code;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.json;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.client.RegistrationPolicy;
import dev.varve.identity.client.SelfDescribedSettings;
import dev.varve.kernel.AtOnce;
import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
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

/// The keys of clients: at a URL of theirs (`jwks_uri`), and of those that administrators make.
class ClientKeySetTest {
  private static final String CLIENTS = "/auth/admin/clients";
  private static final Map<String, String> FORM = Map.of("grant_type", "client_credentials");
  private static final SteppedClock CLOCK = SteppedClock.standing();
  private static final KeyHolder KEY = KeyHolder.es256();

  private static DocumentHost host;
  private static TestServer server;
  private static Map<String, String> admin = Map.of();
  private static Instant signedInAt = Instant.EPOCH;

  @BeforeAll
  static void start() {
    host = DocumentHost.start();
    host.gives("/bank", Bank.jwks(KEY));
    TestServer.Plan plan =
        Bank.plan(
            CLOCK,
            SettingRecords.changed(
                Bank.settings(KEY), Map.of("jwks", "", "jwksUri", host.url("/bank"))));
    server =
        TestServer.start(
            plan.with(
                SettingRecords.changed(
                    plan.oauth(),
                    Map.of(
                        "clientOrigins",
                        List.of(host.origin()),
                        "selfDescribed",
                        new SelfDescribedSettings(
                            true, List.of(host.origin()), RegistrationPolicy.OPEN, List.of())))));
    server
        .administration()
        .create("root@example.com", List.of("admin"), Map.of("name", "Root"), Provider.PASSWORD);
    signInAgain();
  }

  /// Where so much time has passed that it has to be.
  private static void signInAgain() {
    if (CLOCK.instant().isAfter(signedInAt.plusSeconds(60))) {
      admin = bearer(Provider.signIn(server, "root@example.com"));
      signedInAt = CLOCK.instant();
    }
  }

  @AfterAll
  static void stop() {
    server.close();
    host.close();
  }

  private static Reply make(String more) {
    return server.send(
        "POST",
        CLIENTS,
        admin,
        "{\"title\": \"Machine\", \"scopes\": [\"notes:read\"], \"grants\": [\"client_credentials\"]%s}"
            .formatted(more));
  }

  private static String made(String more) {
    signInAgain();
    Reply made = make(more);
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    return text(made, "id");
  }

  /// A client whose keys are at a path of the host.
  private static String at(String path) {
    return made(", \"jwksUri\": \"%s\"".formatted(host.url(path)));
  }

  private static String path() {
    return "/%s/jwks".formatted(UUID.randomUUID());
  }

  private static Reply ask(String client, KeyHolder key) {
    return token(server, Bank.asserted(FORM, key.assertion(client, Bank.ISSUER, CLOCK.instant())));
  }

  @Test
  void theKeysAtAUrlAreReadOnceForMany() {
    assertThat(ask(Bank.ID, KEY).status()).isEqualTo(200);
    Reply again = ask(Bank.ID, KEY);
    assertThat(again.status()).as(again.text()).isEqualTo(200);
    assertThat(host.asked("/bank")).isEqualTo(1);
    String path = path();
    host.gives(path, Bank.jwks(KEY));
    assertThat(ask(at(path), KEY).status()).as("of an administrator").isEqualTo(200);
  }

  @Test
  void manyAtOnceWaitForOneAnswer() throws Exception {
    String path = path();
    host.gives(path, Bank.jwks(KEY));
    String id = at(path);
    assertThat(AtOnce.times(6, () -> ask(id, KEY).status())).containsOnly(200);
    assertThat(host.asked(path)).isEqualTo(1);
  }

  @Test
  void aKeyThatNobodyKnowsMakesThemReadAnewAtMostOnceAMinute() {
    KeyHolder next = KeyHolder.es256();
    String path = path();
    host.gives(path, Bank.jwks(KEY));
    String id = at(path);
    assertThat(ask(id, KEY).status()).isEqualTo(200);
    host.gives(path, Bank.jwks(next));
    for (int i = 0; i < 5; i++) {
      Reply refused = ask(id, next);
      assertThat(text(refused, "error")).as(refused.text()).isEqualTo("invalid_client");
    }
    assertThat(host.asked(path)).isEqualTo(1);
    CLOCK.move(Duration.ofSeconds(61));
    assertThat(ask(id, next).status()).isEqualTo(200);
    assertThat(text(ask(id, KEY), "error")).as("it was taken out").isEqualTo("invalid_client");
    assertThat(host.asked(path)).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"no-store, 61", "max-age=1, 61", "max-age=999999999, 3601", "public, 901"})
  void theyAreKeptWithinBounds(String cacheControl, int seconds) {
    String path = path();
    host.gives(path, Bank.jwks(KEY), cacheControl);
    String id = at(path);
    ask(id, KEY);
    CLOCK.move(Duration.ofSeconds(59));
    assertThat(ask(id, KEY).status()).isEqualTo(200);
    assertThat(host.asked(path)).isEqualTo(1);
    CLOCK.move(Duration.ofSeconds(seconds - 59));
    assertThat(ask(id, KEY).status()).isEqualTo(200);
    assertThat(host.asked(path)).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          503 | nothing
          404 | nothing
          200 | nonsense
          200 | {"keys": []}
          """)
  void whileTheyCannotBeReadThoseFromBeforeDoForAnHour(int status, String body) {
    String path = path();
    host.gives(path, Bank.jwks(KEY), "max-age=60");
    String id = at(path);
    assertThat(ask(id, KEY).status()).isEqualTo(200);
    host.gives(path, status, Map.of("Content-Type", "application/json"), body);
    CLOCK.move(Duration.ofSeconds(61));
    assertThat(ask(id, KEY).status()).isEqualTo(200);
    assertThat(ask(id, KEY).status()).isEqualTo(200);
    assertThat(host.asked(path)).as("and nobody asks each time").isEqualTo(2);
    CLOCK.move(Duration.ofMinutes(58));
    assertThat(ask(id, KEY).status()).isEqualTo(200);
    CLOCK.move(Duration.ofMinutes(2));
    Reply late = ask(id, KEY);
    assertThat(late.status()).as(late.text()).isEqualTo(status == 503 ? 503 : 401);
    host.gives(path, Bank.jwks(KEY));
    CLOCK.move(Duration.ofSeconds(11));
    assertThat(ask(id, KEY).status()).as("as soon as they are there again").isEqualTo(200);
  }

  /// `KEY` is a good one, `OTHERS` what clients have beside it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          200 | application/json | {"keys": [KEY]} | 200
          200 | application/jwk-set+json | {"keys": [KEY]} | 200
          200 | application/json | {"keys": [{"kty": "EC", "crv": "P-384", "kid": "x", "x": "3_3gRp4b5tYAaU6OzoYbrLjGWFjUYoYkVa6NqEl4s2wrUf5tRJgdyAd2PwkWGhku", "y": "Q7nW4u5gD1uYVnqz8f0OVwzqPfUWvC1G1xqQ7y4v3iS4R3iAeUd8QBvEJTP0r4Zi"}, KEY]} | 401
          200 | application/json | {"keys": [{"kty": "quantum", "kid": "x"}, KEY]} | 200
          200 | application/json | {"keys": [{"kty": "RSA", "n": "ANo9", "e": "AQAB", "use": "enc"}, KEY]} | 200
          200 | application/json | {"keys": [{"kty": "oct", "k": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, KEY]} | 401
          200 | application/json | {"keys": [WHOLE]} | 401
          200 | application/json | {"keys": [WHOLE, KEY]} | 401
          200 | application/json | {"keys": [{"kty": "RSA", "n": "ANo9", "e": "AQAB"}]} | 401
          200 | application/json | {"keys": []} | 401
          200 | application/json | {} | 401
          200 | application/json | [KEY] | 401
          200 | application/json | nonsense | 401
          200 | application/json | {"keys": "KEY"} | 401
          200 | text/html | {"keys": [KEY]} | 401
          201 | application/json | {"keys": [KEY]} | 401
          404 | application/json | {"keys": [KEY]} | 401
          301 | application/json | {"keys": [KEY]} | 401
          302 | application/json | {"keys": [KEY]} | 401
          307 | application/json | {"keys": [KEY]} | 401
          500 | application/json | {"keys": [KEY]} | 503
          200 | application/json | HUGE | 503
          """)
  void whatLiesThereIsASetOfPublicKeys(int status, String type, String body, int answered) {
    String path = path();
    host.gives("/elsewhere", Bank.jwks(KEY));
    host.gives(
        path,
        status,
        Map.of("Content-Type", type, "Location", host.url("/elsewhere")),
        body.replace("KEY", member(KEY.publicKey()))
            .replace("WHOLE", member(KEY.wholeKey()))
            .replace("HUGE", Bank.jwks(KEY) + " ".repeat(20_001)));
    String id = at(path);
    Reply reply = ask(id, KEY);
    assertThat(reply.status()).as(reply.text()).isEqualTo(answered);
    ask(id, KEY);
    assertThat(host.asked(path)).as("and nobody asks each time").isEqualTo(1);
    assertThat(host.asked("/elsewhere")).as("nobody is led anywhere").isZero();
  }

  private static String member(Map<String, Object> key) {
    return new String(Json.bytes(json -> Json.write(json, key)), StandardCharsets.UTF_8);
  }

  /// What administrators and clients say leads nowhere inside of this network, by a name neither.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1/jwks",
        "https://localhost/jwks",
        "https://10.0.0.1/jwks",
        "https://192.168.1.1/jwks",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/jwks",
        "https://[::ffff:127.0.0.1]/jwks",
        "https://[fe80::1]/jwks",
        "https://2130706433/jwks"
      })
  void noKeysAreAskedForInsideOfThisNetwork(String uri) {
    signInAgain();
    Reply made = make(", \"jwksUri\": \"%s\"".formatted(uri));
    if (made.status() == 201) {
      Reply refused = ask(text(made, "id"), KEY);
      assertThat(refused.status()).as(refused.text()).isEqualTo(503);
      assertThat(refused.text()).contains("cannot be read now");
    } else {
      assertThat(made.text()).contains("\"field\":\"jwksUri\"");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          "jwksUri": "http://127.0.0.1:1/jwks" | jwksUri | oauth.clientOrigins
          "jwksUri": "http://wiki.example/jwks" | jwksUri | https
          "jwksUri": "https://good@evil.example/jwks" | jwksUri | @
          "jwksUri": "com.example.app:/jwks" | jwksUri | one of a server
          "jwksUri": 5 | jwksUri | text
          "jwksUri": "https://a.example/jwks", "jwks": {"keys": [KEY]} | jwksUri | one of both
          "jwks": {"keys": []} | jwks | 1 to 10 keys
          "jwks": {"keys": [{"kty": "oct", "k": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]} | jwks | private key
          "jwks": {"keys": [WHOLE]} | jwks | private key
          "jwks": "text" | jwks | JSON object
          "jwks": {"keys": [KEY]}, "boundTokens": "yes" | boundTokens | true or false
          "jwks": {"keys": [KEY]}, "pushedRequests": 1 | pushedRequests | true or false
          "jwks": {"keys": [KEY]}, "backchannelLogoutUri": "http://127.0.0.1:1/ended" | backchannelLogoutUri | oauth.clientOrigins
          "jwks": {"keys": [KEY]}, "backchannelLogoutUri": "/ended" | backchannelLogoutUri | whole URL
          "title": "Nothing to prove it by" | grants | jwksUri
          """)
  void whatIsWrongIsNamed(String more, String field, String says) {
    signInAgain();
    String members =
        more.replace("KEY", member(KEY.publicKey())).replace("WHOLE", member(KEY.wholeKey()));
    Reply refused =
        server.send(
            "POST",
            CLIENTS,
            admin,
            "{%s\"scopes\": [\"notes:read\"], \"grants\": [\"client_credentials\"], %s}"
                .formatted(more.contains("title") ? "" : "\"title\": \"Machine\", ", members));
    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(refused.text()).contains("\"field\":\"" + field + "\"").contains(says);
  }

  @Test
  void aClientOfAnAdministratorDoesWhatOneOfTheSettingsDoes() {
    String id =
        made(
            ", \"jwks\": %s, \"boundTokens\": true, \"pushedRequests\": true, \"signedUserInfo\": true"
                .formatted(Bank.jwks(KEY)));
    Reply read = server.send("GET", CLIENTS + "/" + id, admin, "");
    assertThat(json(read))
        .containsEntry("confidential", true)
        .containsEntry("boundTokens", true)
        .containsEntry("pushedRequests", true)
        .containsEntry("signedUserInfo", true);
    assertThat(read.text()).contains(KEY.id());
    Reply unbound = ask(id, KEY);
    assertThat(unbound.status()).isEqualTo(400);
    assertThat(unbound.text()).contains("DPoP");
    Reply changed =
        server.send(
            "PATCH",
            CLIENTS + "/" + id,
            admin,
            "{\"boundTokens\": false, \"jwks\": null, \"jwksUri\": \"%s\"}"
                .formatted(host.url("/bank")));
    assertThat(changed.status()).as(changed.text()).isEqualTo(200);
    assertThat(json(changed)).containsEntry("jwksUri", host.url("/bank"));
    assertThat(ask(id, KEY).status()).isEqualTo(200);
    Reply both =
        server.send("PATCH", CLIENTS + "/" + id, admin, "{\"jwks\": %s}".formatted(Bank.jwks(KEY)));
    assertThat(both.text()).contains("one of both");
    assertThat(server.send("GET", "/api/security-events?kind=CLIENT_CHANGED", admin, "").text())
        .contains("CLIENT_CHANGED", "boundTokens", "jwksUri");
  }

  @Test
  void aClientOfAnAdministratorIsToldThatASessionHasEnded() {
    signInAgain();
    host.gives("/ended", 200, Map.of(), "");
    String back = "https://machine.example/back";
    Reply made =
        server.send(
            "POST",
            CLIENTS,
            admin,
            "{\"title\": \"Page\", \"redirectUris\": [\"%s\"], \"logoutUris\": [\"%s\"], \"backchannelLogoutUri\": \"%s\"}"
                .formatted(back, back, host.url("/ended")));
    String id = text(made, "id");
    Map<String, String> asked = request(id, back, "openid");
    Reply tokens =
        token(
            server,
            codeForm(id, back, code(new Visitor(server), asked, Provider.somebody(server))));
    Map<String, String> revoked = new LinkedHashMap<>();
    revoked.put("client_id", id);
    revoked.put("token", text(tokens, "refresh_token"));
    new Visitor(server).post(TokenStatus.REVOKE, revoked);
    Patience.until("the client is told", () -> host.asked("/ended") == 1);
  }

  @Test
  void aClientThatRegistersMayHaveKeys() {
    String path = path();
    host.gives(path, Bank.jwks(KEY));
    Reply made = registered("\"jwks_uri\": \"%s\"".formatted(host.url(path)));
    assertThat(json(made))
        .containsEntry("token_endpoint_auth_method", "private_key_jwt")
        .containsEntry("jwks_uri", host.url(path))
        .doesNotContainKey("client_secret");
    String id = text(made, "client_id");
    Map<String, String> form =
        codeForm(
            id,
            "https://tool.example/back",
            code(
                new Visitor(server),
                request(id, "https://tool.example/back", "openid"),
                Provider.somebody(server)));
    assertThat(token(server, form).text()).contains("invalid_client");
    Reply tokens =
        token(server, Bank.asserted(form, KEY.assertion(id, Bank.ISSUER, CLOCK.instant())));
    assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);
    assertThat(registered("\"jwks_uri\": \"http://127.0.0.1:1/jwks\"").text())
        .contains("invalid_client_metadata", "jwks_uri");
    assertThat(registered("\"jwks\": {\"keys\": []}").text())
        .contains("invalid_client_metadata", "jwks");
  }

  private static Reply registered(String keys) {
    return server.send(
        "POST",
        Registration.PATH,
        Map.of(),
        "{\"redirect_uris\": [\"https://tool.example/back\"], \"token_endpoint_auth_method\": \"private_key_jwt\", %s}"
            .formatted(keys));
  }

  @Test
  void aClientThatDescribesItselfHasItsKeysAtItsOwnHost() {
    String keys = path();
    host.gives(keys, Bank.jwks(KEY));
    String back = "https://editor.example/back";
    String id =
        host.gives(
            path(),
            back,
            "Editor",
            "\"token_endpoint_auth_method\": \"private_key_jwt\", \"jwks_uri\": \"%s\""
                .formatted(host.url(keys)));
    Map<String, String> form =
        codeForm(
            id,
            back,
            code(new Visitor(server), request(id, back, "openid"), Provider.somebody(server)));
    Reply tokens =
        token(server, Bank.asserted(form, KEY.assertion(id, Bank.ISSUER, CLOCK.instant())));
    assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);
    String other =
        host.gives(
            path(),
            back,
            "Editor",
            "\"token_endpoint_auth_method\": \"private_key_jwt\", \"jwks_uri\": \"https://other.example/jwks\"");
    Reply refused = Provider.authorize(new Visitor(server), request(other, back, "openid"));
    assertThat(refused.text()).contains("jwks_uri must be at the host of the client_id");
  }
}
