package dev.varve.store.sql.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.store.sql.DatabaseSettings;
import dev.varve.store.sql.Migrations;
import dev.varve.store.state.SchemaRefused;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What a schema change does to tables that have rows, while others read and write. Each test has a model of its own in the one
/// schema, which grows.
class SchemaBesideWritersTest {
  private static TestServer server;
  private static String schema = "";

  @BeforeAll
  static void start() {
    StringBuilder models = new StringBuilder();
    for (String name : List.of("Tower", "Bridge", "Road", "House", "Barn", "Garden")) {
      models.append(
          "type %s @model @auth(rules: [{allow: public}]) { id: ID! text: String! }\n"
              .formatted(name));
    }
    schema = models.toString();
    server = TestServer.startInPostgres(schema);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// The name of the table of a model, and of its path.
  private static String table(String model) {
    return model.toLowerCase(Locale.ROOT) + "s";
  }

  private static Reply create(String model, String text) {
    return server.send(
        "POST", "/api/" + table(model), Map.of(), "{\"text\": \"%s\"}".formatted(text));
  }

  private static Reply createWithMore(String model) {
    return server.send(
        "POST", "/api/" + table(model), Map.of(), "{\"text\": \"after\", \"more\": \"m\"}");
  }

  /// Serves the schema with a change of one model.
  private static void change(String model, String from, String to) {
    String next =
        schema
            .lines()
            .map(line -> line.startsWith("type " + model + " ") ? line.replace(from, to) : line)
            .reduce("", (lines, line) -> lines + line + "\n");
    assertThat(next).isNotEqualTo(schema);
    server.reload(next);
    schema = next;
  }

  /// Somebody who reads for a long time: what was there when it began is kept for it.
  private static final class LongReader implements AutoCloseable {
    private final Connection connection = server.connect();

    LongReader(String table) throws SQLException {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT count(*) FROM " + table);
      }
    }

    @Override
    public void close() throws SQLException {
      connection.rollback();
      connection.close();
    }
  }

  /// The indexes of a model that are not those of its keys, and whether they are whole.
  private static List<String> indexes(String model) {
    return server.column(
        "SELECT CASE WHEN i.indisvalid THEN 'whole ' ELSE 'broken ' END || c.relname FROM pg_index AS i"
            + " JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid"
            + " WHERE t.relname LIKE '%s%%' AND NOT i.indisprimary ORDER BY c.relname"
                .formatted(table(model)));
  }

  private static boolean isWhole(String model, int count) {
    List<String> indexes = indexes(model);
    return indexes.size() == count
        && indexes.stream().allMatch(index -> index.startsWith("whole "));
  }

  private static boolean isBroken(String model) {
    return indexes(model).stream().anyMatch(index -> index.startsWith("broken "));
  }

  @Test
  void anIndexIsMadeWhileOthersWrite() throws SQLException {
    create("Tower", "before");
    try (LongReader _ = new LongReader("varve_log")) {
      change("Tower", "@auth", "@index(fields: [\"text\"]) @auth");

      Patience.until("the index waits for the reader", () -> isBroken("Tower"));
      assertThat(create("Tower", "meanwhile").status()).isEqualTo(201);
      assertThat(server.get("/api/towers?sort=text&fields=text").text())
          .contains("[{\"text\":\"before\"},{\"text\":\"meanwhile\"}]");
      assertThat(server.get("/health/ready").json())
          .extracting("checks.indexes.status", "checks.indexes.message")
          .containsExactly(
              "WARNING",
              "indexes are made while requests are served, those that need them are slow: Tower by text");
    }
    Patience.until("both indexes are whole", () -> isWhole("Tower", 2));
    Patience.until(
        "nothing is missing",
        () -> server.get("/health/ready").text().contains("\"indexes\":{\"status\":\"UP\"}"));
  }

  @Test
  void anIndexWhoseMakingWasBrokenOffIsMadeAnewAtTheNextStart() throws SQLException {
    create("Bridge", "before");
    try (LongReader _ = new LongReader("varve_log")) {
      change("Bridge", "@auth", "@index(fields: [\"text\"]) @auth");
      Patience.until("the index waits for the reader", () -> isBroken("Bridge"));
      server.restart(Plan.of(schema));
      // which has gone on alone
      execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONCURRENTLY%'");
      assertThat(create("Bridge", "meanwhile").status()).isEqualTo(201);
      // what was broken off is away for a moment
      Patience.until("the one made anew waits for the reader", () -> isBroken("Bridge"));
    }
    Patience.until("both indexes are whole", () -> isWhole("Bridge", 2));
  }

  /// A schema change does not wait for an index of the table that it alters.
  @Test
  void whoeverMakesAnIndexGivesWayToTheNextSchema() throws SQLException {
    create("Barn", "before");
    try (LongReader _ = new LongReader("varve_log")) {
      change("Barn", "@auth", "@index(fields: [\"text\"]) @auth");
      Patience.until("the index waits for the reader", () -> isBroken("Barn"));

      change("Barn", "text: String!", "text: String! more: String");

      assertThat(createWithMore("Barn").status()).isEqualTo(201);
    }
    Patience.until("both indexes are whole", () -> isWhole("Barn", 2));
  }

  @Test
  void whoReadsATableDoesNotWaitForWhoeverIsToAlterIt() throws Exception {
    create("Road", "before");
    CompletableFuture<Void> changing;
    try (LongReader _ = new LongReader(table("Road"))) {
      changing =
          CompletableFuture.runAsync(
              () -> change("Road", "text: String!", "text: String! more: String"));
      Patience.until(
          "the change waits for the reader",
          () ->
              !server
                  .column(
                      "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted AND"
                          + " database = (SELECT oid FROM pg_database WHERE datname = current_database())")
                  .isEmpty());
      // it would wait for the end of the long reader otherwise
      assertThat(server.column("SELECT text FROM \"%s\"".formatted(table("Road"))))
          .containsExactly("before");
      assertThat(changing).isNotDone();
    }
    changing.get();
    assertThat(createWithMore("Road").status()).isEqualTo(201);
  }

  /// It does not wait for the long reader, as an index that is made beside writers would.
  @Test
  void whatIsUniqueIsSoFromTheFirstUnitOn() throws SQLException {
    create("House", "taken");
    create("House", "twice");
    String twin = create("House", "twice").header("Location");
    String unique = "text: String! @unique";
    assertThatThrownBy(() -> change("House", "text: String!", unique))
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining("so it cannot be @unique: change those records first");
    assertThat(server.send("DELETE", twin, Map.of(), "").status()).isEqualTo(204);
    try (LongReader _ = new LongReader("varve_log")) {
      change("House", "text: String!", unique);

      assertThat(create("House", "taken").status()).isEqualTo(409);
      assertThat(indexes("House")).anyMatch(index -> index.startsWith("whole "));
    }
    // that of the history, where nothing is unique; one is made at a time, and another test wants
    // its turn
    Patience.until("both indexes are whole", () -> isWhole("House", 2));
  }

  @Test
  void aFieldWithADefaultIsAddedWithoutWritingTheRowsAnew() {
    create("Garden", "before");
    String rows = "SELECT xmin FROM \"%s\"".formatted(table("Garden"));
    List<String> written = server.column(rows);

    change(
        "Garden",
        "text: String!",
        "text: String! stars: Int! @default(value: 3) said: String! @default(value: \"it's\")");

    assertThat(server.column(rows)).isEqualTo(written);
    assertThat(
            server
                .get("/api/gardens?fields=text,stars,said&asOf=position:" + server.position())
                .text())
        .contains("[{\"text\":\"before\",\"stars\":3,\"said\":\"it's\"}]");
    assertThat(
            server.column(
                "SELECT column_name FROM information_schema.columns WHERE table_name LIKE 'gardens%' AND column_default IS NOT NULL"))
        .isEmpty();
  }

  /// Whoever makes or alters Varve's own tables waits for others as whoever alters those of models does.
  @Test
  void aReleaseThatWantsMoreTablesGivesWayAndTriesAgain() throws Exception {
    LocalPostgres postgres = LocalPostgres.require();
    String name = postgres.newEmptyDatabase("ENCODING 'UTF8' TEMPLATE template0");
    CompletableFuture<Void> migrating;
    try (Connection other = postgres.connect(name);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("CREATE TABLE varve_credential (id INTEGER)");
      migrating = CompletableFuture.runAsync(() -> migrate(postgres.settings(name)));
      Patience.until("it waits for the other", () -> waits(postgres, name));
      Patience.until("it gives up for now", () -> !waits(postgres, name));
      other.rollback();
    }
    migrating.get();
    try (Connection after = postgres.connect(name);
        Statement statement = after.createStatement()) {
      // each script has run once, and what comes behind them has run too
      assertThat(
              statement
                  .executeQuery(
                      "SELECT 1 FROM varve_migrations GROUP BY version HAVING count(*) > 1")
                  .next())
          .isFalse();
      assertThat(statement.executeQuery("SELECT format_min FROM varve_head").next()).isTrue();
      assertThat(
              statement
                  .executeQuery(
                      "SELECT 1 FROM information_schema.columns WHERE table_name = 'varve_session'"
                          + " AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'")
                  .next())
          .isFalse();
    }
    postgres.drop(name);
  }

  private static void migrate(DatabaseSettings settings) {
    try (PostgresDatabase database =
        PostgresDatabase.open(settings, "", PostgresDatabase.Use.WRITE)) {
      Migrations.run(database);
    }
  }

  private static boolean waits(LocalPostgres postgres, String name) {
    try (Connection looking = postgres.connect(name);
        Statement statement = looking.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND wait_event_type = 'Lock'")) {
      return row.next();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void execute(String sql) throws SQLException {
    try (Connection other = server.connect();
        Statement statement = other.createStatement()) {
      statement.execute(sql);
    }
  }
}
