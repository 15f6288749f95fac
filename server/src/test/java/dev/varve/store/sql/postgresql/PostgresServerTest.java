package dev.varve.store.sql.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A server on PostgreSQL. All that a server does is shown by the tests of each part, which run on it too; here stands what
/// only PostgreSQL could get wrong.
class PostgresServerTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server =
        TestServer.startInPostgres(
            """
            type Note @model @index(fields: ["text"]) @auth(rules: [{allow: public}]) {
              text: String!
              number: Int
              tags: [String!]
            }
            """);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply create(String text) {
    return server.send("POST", "/api/notes", Map.of(), "{\"text\": \"%s\"}".formatted(text));
  }

  @Test
  void aRecordIsCreatedReadListedAndFoundInThePast() {
    Reply created =
        server.send("POST", "/api/notes", Map.of(), "{\"text\": \"hello\", \"tags\": [\"a\"]}");
    assertThat(created.status()).isEqualTo(201);
    String then = "asOf=position:" + created.header("Varve-Position");
    String path = created.header("Location");
    assertThat(server.get(path).text()).contains("hello");
    assertThat(server.send("PATCH", path, Map.of(), "{\"text\": \"bye\"}").status()).isEqualTo(200);
    assertThat(server.get("/api/notes?text=bye&sort=text").text()).contains("bye");
    assertThat(server.get(path + "?" + then).text()).contains("hello");
    assertThat(server.get("/api/notes?tags%5Bcontains%5D=a&" + then).text()).contains("hello");

    server.restart();
    assertThat(server.get(path).text()).contains("bye");
    assertThat(server.get(path + "/history").text()).contains("hello", "bye");
  }

  /// The order of a language would have them as a, B, ä, z.
  @Test
  void textsAreInTheOrderOfTheirCodePoints() {
    for (String text : new String[] {"order-z", "order-\u00e4", "order-a", "order-B"}) {
      assertThat(create(text).status()).isEqualTo(201);
    }
    assertThat(server.get("/api/notes?sort=text&fields=text&text%5BstartsWith%5D=order-").text())
        .containsSubsequence("order-B", "order-a", "order-z", "order-\u00e4");
  }

  @Test
  void anEntryOfAnIndexIsNoLongerThanItMayBe() {
    // of letters that do not repeat, which no database makes smaller
    String text = Texts.without(2_048);
    assertThat(create(text).status()).isEqualTo(201);
    Reply refused = create(text + "x");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text())
        .contains(
            "is in an index on text, whose texts have together at most 2,048 bytes in UTF-8: these have 2,049");
  }

  /// As after a restart of PostgreSQL, or a night without writes: nothing was on its way.
  @Test
  void aWriterWhoseConnectionWasCutWritesOn() throws SQLException {
    cutWriter();
    assertThat(create("after the cut").status()).isEqualTo(201);
  }

  private static void cutWriter() throws SQLException {
    try (Connection other = server.connect();
        Statement statement = other.createStatement()) {
      statement.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
              + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    }
  }

  /// While it had no connection, it did not keep the data from being copied.
  @Test
  void aWriterWhoseDataWereMovedMeanwhileWritesNoMore() throws SQLException {
    execute(
        "INSERT INTO varve_copy (id, copy, state, other, at, replayed, schema_version)"
            + " VALUES (1, 'c', 'MOVED', 'elsewhere', 0, 0, 0)");
    cutWriter();
    assertThat(create("moved").status()).isEqualTo(503);
    assertThat(create("moved").status()).isEqualTo(503);

    // as `varve copy --take-back` does
    execute("DELETE FROM varve_copy");
    assertThat(create("taken back").status()).isEqualTo(201);
  }

  private static void execute(String sql) throws SQLException {
    try (Connection other = server.connect();
        Statement statement = other.createStatement()) {
      statement.execute(sql);
    }
  }

  /// The server tells them, and so does the driver of a batch, unless they are asked not to.
  @Test
  void noValueOfAGroupThatFailedReachesALog() throws SQLException {
    String value = "a value for nobody's eyes";
    execute(
        "ALTER TABLE notes ADD CONSTRAINT rule_of_another_tool CHECK (text <> '%s')"
            .formatted(value.replace("'", "''")));
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    StreamHandler handler = new StreamHandler(log, new SimpleFormatter());
    handler.setLevel(Level.ALL);
    // held here, or it would be collected with its handlers
    Logger root = Logger.getLogger("");
    root.addHandler(handler);
    try {
      Reply refused = create(value);
      assertThat(refused.status()).isGreaterThanOrEqualTo(500);
      assertThat(refused.text()).doesNotContain(value, "rule_of_another_tool");
    } finally {
      root.removeHandler(handler);
      handler.flush();
      execute("ALTER TABLE notes DROP CONSTRAINT rule_of_another_tool");
    }
    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains("rule_of_another_tool")
        .doesNotContain(value);
    assertThat(create("taken after it").status()).isEqualTo(201);
  }

  /// They may lead to a server that is not the one that takes writes any more.
  @Test
  void whoReadsGetsNewConnectionsWhenTheWriterDoes() throws SQLException {
    server.get("/api/notes");
    String readers =
        "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            + " AND pid NOT IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')";
    List<String> before = server.column(readers);
    assertThat(before).isNotEmpty();

    cutWriter();
    assertThat(create("over a new connection").status()).isEqualTo(201);

    Patience.until(
        "the old ones are gone", () -> server.column(readers).stream().noneMatch(before::contains));
    assertThat(server.get("/api/notes").status()).isEqualTo(200);
  }

  @Test
  void nobodyHasItAloneMeanwhile() throws SQLException {
    try (Connection other = server.connect();
        Statement statement = other.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT pg_try_advisory_lock(%d, hashtext(current_schema()))"
                    .formatted(UserLock.LOCK))) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getBoolean(1)).isFalse();
    }
  }
}
