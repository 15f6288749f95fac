package dev.varve.face.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.openapi.OpenApiContract;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.node.TestStorage;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Under which conditions a write happens: once under a key, only with a tag, only when the storage takes it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WriteConditionsTest {
  private static final String BEA = "{\"name\": \"Bea\", \"email\": \"%s@example.com\"}";

  private final TestServer server = TestServer.start(Shop.SCHEMA);
  private final TestServer strict = TestServer.start(Shop.SCHEMA, new RestSettings(true, 1_000));
  private final OpenApiContract contract = OpenApiContract.of(server);

  @BeforeAll
  void seed() {
    Shop.seed(server);
  }

  @AfterAll
  void stop() {
    server.close();
    strict.close();
  }

  private Reply post(String path, String body, String key) {
    Reply reply = server.send("POST", path, Map.of("Idempotency-Key", key), body);
    contract.check("POST", path, reply);
    return reply;
  }

  @Test
  void aRequestUnderAKeyIsCarriedOutOnce() {
    long before = server.position();
    Reply first = post("/api/users", BEA.formatted("once"), "key-1");
    Reply second = post("/api/users", BEA.formatted("once"), "key-1");
    assertThat(first.status()).isEqualTo(201);
    assertThat(first.header("Idempotency-Replayed")).isEmpty();
    assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(second.status()).isEqualTo(first.status());
    assertThat(second.bytes()).isEqualTo(first.bytes());
    for (String header : new String[] {"Location", "ETag", "Varve-Position", "Content-Type"}) {
      assertThat(second.header(header)).as(header).isEqualTo(first.header(header)).isNotEmpty();
    }
    assertThat(server.events(before)).containsExactly("CREATE User");
  }

  @Test
  void aDeletionUnderAKeyIsCarriedOutOnce() {
    assertThat(
            server
                .send(
                    "POST",
                    "/api/users",
                    Map.of(),
                    "{\"id\": \"del\", \"name\": \"D\", \"email\": \"d@example.com\"}")
                .status())
        .isEqualTo(201);
    Map<String, String> key = Map.of("Idempotency-Key", "key-2");
    Reply first = server.send("DELETE", "/api/users/del", key, "");
    Reply second = server.send("DELETE", "/api/users/del", key, "");
    assertThat(first.status()).isEqualTo(204);
    assertThat(second.status()).isEqualTo(204);
    assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(second.header("Varve-Position")).isEqualTo(first.header("Varve-Position"));
  }

  @Test
  void aBatchUnderAKeyIsCarriedOutOnce() {
    String batch =
        "{\"operations\": [{\"method\": \"POST\", \"path\": \"/api/messages\", \"body\": {\"text\": \"a\"}},"
            + " {\"method\": \"POST\", \"path\": \"/api/messages\", \"body\": {\"text\": \"b\"}}]}";
    long before = server.position();
    Reply first = post("/api/batch", batch, "key-3");
    Reply second = post("/api/batch", batch, "key-3");
    assertThat(second.bytes()).isEqualTo(first.bytes());
    assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(server.events(before)).containsExactly("CREATE Message, CREATE Message");
  }

  @Test
  void aKeyIsNotForAnotherRequest() {
    assertThat(post("/api/users", BEA.formatted("key4"), "key-4").status()).isEqualTo(201);
    Reply other = post("/api/users", BEA.formatted("key4b"), "key-4");
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.text())
        .contains(
            "IDEMPOTENCY_KEY_REUSED",
            "This Idempotency-Key came with another request before: use a new key for a new request");
  }

  @Test
  void aRefusedRequestMayBeSentAgainUnderItsKey() {
    assertThat(post("/api/orders", "{\"user\": \"later\", \"total\": 1}", "key-5").status())
        .isEqualTo(422);
    String later = "{\"id\": \"later\", \"name\": \"L\", \"email\": \"later@example.com\"}";
    assertThat(post("/api/users", later, "key-6").status()).isEqualTo(201);
    assertThat(post("/api/orders", "{\"user\": \"later\", \"total\": 1}", "key-5").status())
        .isEqualTo(201);
  }

  @Test
  void aWriteWithoutATagIsRefusedWhereTagsAreRequired() {
    OpenApiContract strictContract = OpenApiContract.of(strict);
    String ann = "{\"id\": \"ann\", \"name\": \"Ann\", \"email\": \"ann@example.com\"}";
    assertThat(strict.send("POST", "/api/users", Map.of(), ann).status()).isEqualTo(201);
    for (String method : new String[] {"PUT", "PATCH", "DELETE"}) {
      Reply reply =
          strict.send(method, "/api/users/ann", Map.of(), method.equals("DELETE") ? "" : ann);
      strictContract.check(method, "/api/users/ann", reply);
      assertThat(reply.status()).as(method).isEqualTo(428);
      assertThat(reply.text()).contains("PRECONDITION_REQUIRED", "This write must carry If-Match");
    }
    Reply restore = strict.send("POST", "/api/users/ann/restore", Map.of(), "{\"version\": 1}");
    assertThat(restore.status()).isEqualTo(428);
    Reply batch =
        strict.send(
            "POST",
            "/api/batch",
            Map.of(),
            "{\"operations\": [{\"method\": \"DELETE\", \"path\": \"/api/users/ann\"}]}");
    assertThat(batch.status()).isEqualTo(428);
    assertThat(batch.text()).contains("operations[0].ifMatch");
    Reply patched =
        strict.send("PATCH", "/api/users/ann", Map.of("If-Match", "\"1\""), "{\"nick\": \"a\"}");
    assertThat(patched.status()).isEqualTo(200);
  }

  @Test
  void aStorageThatTakesNoWritesIsUnavailable() throws SQLException {
    try (Connection other = server.connect();
        Statement statement = other.createStatement()) {
      // another process holds the one lock there is
      TestStorage.beginWriting(statement);
      Reply refused = server.send("POST", "/api/users", Map.of(), BEA.formatted("locked"));
      contract.check("POST", "/api/users", refused);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("Retry-After")).isEqualTo("10");
      assertThat(refused.text()).contains("STORAGE_UNAVAILABLE", "so nothing of it was kept");
      assertThat(server.get("/api/users/ada").status()).isEqualTo(200);
      statement.execute("ROLLBACK");
    }
    assertThat(server.send("POST", "/api/users", Map.of(), BEA.formatted("locked")).status())
        .isEqualTo(201);
  }
}
