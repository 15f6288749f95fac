package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.Guarded.Reply;
import dev.varve.kernel.Patience;
import dev.varve.node.TestStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiKeysTest {
  @TempDir Path folder;

  private Guarded server;
  private String adminId;

  @BeforeEach
  void start() {
    server = Guarded.at(folder, Guarded.ES256);
    adminId = server.account("root@example.com", "admin");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String admin() {
    return "Bearer " + server.token(adminId);
  }

  private Reply make(String json) {
    return server.send("POST", "/auth/keys", admin(), json);
  }

  private String secretKey(String json) {
    return make(json).string("key");
  }

  private List<Map<?, ?>> listed() {
    List<Map<?, ?>> keys = new ArrayList<>();
    Reply reply = server.send("GET", "/auth/keys", admin(), "");
    for (Object key : (List<?>) Objects.requireNonNull(reply.at("items"))) {
      keys.add((Map<?, ?>) key);
    }
    return keys;
  }

  @Test
  void aKeyIsShownOnceAndActsWithItsRoles() {
    Reply made = make("{\"name\": \"billing\", \"roles\": [\"staff\", \"billing\"]}");
    assertThat(made.status()).isEqualTo(201);
    String key = made.string("key");
    assertThat(key).matches("vk_[0-9a-f-]{36}_[\\w-]{43}");
    String id = made.string("id");
    Reply who = server.whoami("Bearer " + key);
    assertThat(who.at("actor")).isEqualTo("key:" + id);
    assertThat(who.at("roles")).isEqualTo(List.of("billing", "staff"));
    assertThat(who.at("session")).isNull();
    assertThat(listed()).hasSize(1);
    assertThat(listed().getFirst().get("name")).isEqualTo("billing");
    assertThat(listed().getFirst().get("createdAt")).isEqualTo("2026-03-01T12:00:00.123456Z");
    assertThat(String.valueOf(listed().getFirst().get("createdBy"))).startsWith("user:");
    assertThat(listed().toString()).doesNotContain("vk_").doesNotContain("hash");
  }

  @Test
  void theSecretIsNotKeptAnywhere() throws Exception {
    String key = secretKey("{\"name\": \"billing\", \"roles\": []}");
    String secret = key.substring(key.length() - 43);
    server.close();
    assertThat(TestStorage.everything(folder)).contains("billing").doesNotContain(secret);
    server = Guarded.at(folder, Guarded.ES256);
    assertThat(server.whoami("Bearer " + key).status()).isEqualTo(200);
  }

  @Test
  void aRevokedKeyIsRefusedAtOnceAndStaysSoAfterARestart() {
    Reply made = make("{\"name\": \"billing\", \"roles\": [\"staff\"]}");
    String bearer = "Bearer " + made.string("key");
    assertThat(server.whoami(bearer).status()).isEqualTo(200);
    String one = "/auth/keys/" + made.string("id");
    assertThat(server.send("DELETE", one, admin(), "").status()).isEqualTo(204);
    Reply refused = server.whoami(bearer);
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.string("error", "code")).isEqualTo("UNAUTHENTICATED");
    assertThat(refused.string("error", "message"))
        .isEqualTo(
            "The API key is not good: it is revoked. An administrator can make another at /auth/keys");
    assertThat(refused.challenge()).isEqualTo("Bearer error=\"invalid_token\"");
    long position = server.position();
    assertThat(server.send("DELETE", one, admin(), "").status()).isEqualTo(204);
    assertThat(server.position()).isEqualTo(position);
    assertThat(listed().getFirst().get("revokedAt")).isNotNull();
    server.close();
    server = Guarded.at(folder, Guarded.ES256);
    assertThat(server.whoami(bearer).status()).isEqualTo(401);
  }

  @Test
  void aKeyExpires() {
    Reply made =
        make("{\"name\": \"trial\", \"roles\": [], \"expiresAt\": \"2026-03-01T13:00:00Z\"}");
    String bearer = "Bearer " + made.string("key");
    assertThat(made.string("expiresAt")).isEqualTo("2026-03-01T13:00:00Z");
    assertThat(server.whoami(bearer).status()).isEqualTo(200);
    server.clock.forward(Duration.ofHours(1));
    assertThat(server.whoami(bearer).string("error", "message")).contains("it has expired");
  }

  @Test
  void aKeyWithAWrongSecretOrIdIsRefused() {
    String key = secretKey("{\"name\": \"billing\", \"roles\": [\"staff\"]}");
    String other = secretKey("{\"name\": \"other\", \"roles\": [\"staff\"]}");
    String id = key.substring(3, 39);
    String secret = key.substring(40);
    for (String forged :
        List.of(
            "vk_" + id + "_" + other.substring(40),
            "vk_" + id + "_" + "A".repeat(43),
            "vk_" + id + "_",
            "vk_" + id,
            "vk_",
            "vk_" + id + "_" + secret + "A",
            "vk_" + id + "_" + secret.substring(0, 42),
            "vk_" + id + "-" + secret,
            "vk_" + id.toUpperCase(java.util.Locale.ROOT) + "_" + secret,
            "vk_" + "%".repeat(36) + "_" + secret,
            "vk_" + "0".repeat(36) + "_" + secret,
            "VK_" + id + "_" + secret)) {
      Reply reply = server.whoami("Bearer " + forged);
      assertThat(reply.status()).as(forged).isEqualTo(401);
      assertThat(reply.string("error", "code")).isEqualTo("UNAUTHENTICATED");
    }
    assertThat(server.whoami("Bearer " + key).status()).isEqualTo(200);
  }

  @Test
  void onlyAccountsWithTheRoleAdminMakeListAndRevokeKeys() {
    String staff = "Bearer " + server.token(server.account("ada@example.com", "staff"));
    Reply made = make("{\"name\": \"root\", \"roles\": [\"admin\"]}");
    String machine = "Bearer " + made.string("key");
    long position = server.position();
    String json = "{\"name\": \"x\", \"roles\": [\"admin\"]}";
    for (String method : List.of("POST", "GET", "DELETE")) {
      String target = method.equals("DELETE") ? "/auth/keys/" + made.string("id") : "/auth/keys";
      String body = method.equals("POST") ? json : "";
      assertThat(server.send(method, target, "", body).status()).isEqualTo(401);
      for (String bearer : List.of(staff, machine)) {
        Reply refused = server.send(method, target, bearer, body);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.string("error", "code")).isEqualTo("FORBIDDEN");
      }
    }
    assertThat(server.position()).isEqualTo(position);
    assertThat(listed()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"roles": []}                                  | name      | must be text of 1 to 100 characters
          {"name": " ", "roles": []}                     | name      | must be text of 1 to 100 characters
          {"name": "a\\u0000", "roles": []}              | name      | must be text of 1 to 100 characters
          {"name": "a"}                                  | roles     | must be a list of at most 20 names of roles, each of 1 to 64 characters
          {"name": "a", "roles": "staff"}                | roles     | must be a list of at most 20 names of roles, each of 1 to 64 characters
          {"name": "a", "roles": [1]}                    | roles     | must be a list of at most 20 names of roles, each of 1 to 64 characters
          {"name": "a", "roles": [""]}                   | roles     | must be a list of at most 20 names of roles, each of 1 to 64 characters
          {"name": "a", "roles": [], "expiresAt": "soon"} | expiresAt | must be an instant to come, such as 2030-01-31T12:00:00Z
          {"name": "a", "roles": [], "expiresAt": "2026-03-01T12:00:00Z"} | expiresAt | must be an instant to come, such as 2030-01-31T12:00:00Z
          {"name": "a", "roles": [], "id": "mine"}       | id        | is not known here; there are name, roles, expiresAt.
          {"name": "a", "roles": [], "hash": "mine"}     | hash      | is not known here; there are name, roles, expiresAt.
          """)
  void aRequestThatIsWrongIsRefusedByField(String json, String field, String message) {
    long position = server.position();
    Reply reply = make(json);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.at("error", "details"))
        .isEqualTo(List.of(Map.of("field", field, "message", message)));
    assertThat(server.position()).isEqualTo(position);
    assertThat(listed()).isEmpty();
  }

  @Test
  void namesAndRolesAreBounded() {
    String longRole = "r".repeat(65);
    String manyRoles = "\"r\",".repeat(20) + "\"r\"";
    assertThat(make("{\"name\": \"a\", \"roles\": [\"%s\"]}".formatted(longRole)).status())
        .isEqualTo(400);
    assertThat(make("{\"name\": \"a\", \"roles\": [%s]}".formatted(manyRoles)).status())
        .isEqualTo(400);
    assertThat(make("{\"name\": \"%s\", \"roles\": []}".formatted("n".repeat(101))).status())
        .isEqualTo(400);
    assertThat(make("{\"name\": \"%s\", \"roles\": []}".formatted("n".repeat(100))).status())
        .isEqualTo(201);
  }

  @Test
  void theListIsPaged() {
    for (int i = 1; i <= 5; i++) {
      server.clock.forward(Duration.ofMillis(1));
      make("{\"name\": \"key %d\", \"roles\": []}".formatted(i));
    }
    List<Object> names = new ArrayList<>();
    String target = "/auth/keys?limit=2";
    while (true) {
      Reply page = server.send("GET", target, admin(), "");
      List<?> items = (List<?>) Objects.requireNonNull(page.at("items"));
      items.forEach(item -> names.add(Objects.requireNonNull(((Map<?, ?>) item).get("name"))));
      if (page.at("nextCursor") == null) {
        break;
      }
      assertThat(items).hasSize(2);
      target = "/auth/keys?limit=2&cursor=" + page.string("nextCursor");
    }
    assertThat(names).containsExactly("key 5", "key 4", "key 3", "key 2", "key 1");
    for (String wrong : List.of("limit=0", "limit=501", "limit=x", "cursor=x", "cursor=%20")) {
      assertThat(server.send("GET", "/auth/keys?" + wrong, admin(), "").status()).isEqualTo(400);
    }
  }

  @Test
  void useIsNotedToTheHour() throws Exception {
    String bearer = "Bearer " + secretKey("{\"name\": \"billing\", \"roles\": []}");
    assertThat(listed().getFirst().get("lastUsedAt")).isNull();
    long position = server.position();
    server.whoami(bearer);
    awaitLastUse("2026-03-01T12:00:00.123456Z");
    server.clock.forward(Duration.ofMinutes(59));
    server.whoami(bearer);
    server.clock.forward(Duration.ofMinutes(1));
    server.whoami(bearer);
    awaitLastUse("2026-03-01T13:00:00.123456Z");
    assertThat(server.position()).isEqualTo(position);
  }

  private void awaitLastUse(String instant) {
    Patience.until(
        "used at " + instant, () -> instant.equals(listed().getFirst().get("lastUsedAt")));
  }

  @Test
  void makingAndRevokingAKeyAreSecurityEvents() {
    Reply made = make("{\"name\": \"billing\", \"roles\": [\"staff\"]}");
    server.send("DELETE", "/auth/keys/" + made.string("id"), admin(), "");
    List<String> kinds =
        server
            .engine
            .database()
            .read(session ->
                session.list(
                    "SELECT kind FROM security_events ORDER BY id",
                    List.of(),
                    row -> row.getString(1)));
    assertThat(kinds).containsExactlyInAnyOrder("ACCOUNT_CREATED", "KEY_MADE", "KEY_REVOKED");
    String logged =
        server
            .engine
            .database()
            .read(session ->
                session.list("SELECT events FROM varve_log", List.of(), row -> row.getString(1)))
            .toString();
    assertThat(logged).contains("billing").doesNotContain(made.string("key").substring(40));
  }
}
