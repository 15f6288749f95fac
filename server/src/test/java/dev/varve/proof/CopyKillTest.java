package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.OnSqlite;
import dev.varve.node.OpenEngine;
import dev.varve.store.sql.DatabaseSettings;
import dev.varve.store.sql.postgresql.LocalPostgres;
import dev.varve.transfer.Lanes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `varve copy` that is killed in the middle goes on where it stopped, and until it is whole the source is served.
@OnSqlite
@Order(1)
class CopyKillTest {
  private static final int UNITS = 4_000;

  private static final String SCHEMA =
      """
      type Item @model @index(fields: ["text"]) @auth(rules: [{allow: public}]) { text: String! }
      """;

  @TempDir Path app;
  private String database;

  @BeforeEach
  void write() throws Exception {
    Files.writeString(app.resolve("schema.graphql"), SCHEMA);
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < UNITS; i++) {
      rows.append("{\"text\": \"item %d\"}%n".formatted(i));
    }
    try (Lanes lanes = Lanes.open(app.resolve(".varve"), SCHEMA)) {
      lanes.load(1, List.of("Item=" + Files.writeString(app.resolve("items.ndjson"), rows)));
    }
    database = LocalPostgres.require().newEmptyDatabase("ENCODING 'UTF8' TEMPLATE template0");
  }

  private String[] copy() {
    DatabaseSettings settings = LocalPostgres.require().settings(database);
    return new String[] {
      "copy", app.toString(), "--from", "sqlite", "--to", settings.url(), "--user", settings.user()
    };
  }

  /// What a query counts at the target; 0 while there is no such table.
  private long counted(String sql) {
    try (Connection connection = LocalPostgres.require().connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    } catch (SQLException e) {
      return 0;
    }
  }

  private void killOnceThereIs(String sql) throws Exception {
    Process process = ServerProcess.command(copy());
    while (process.isAlive() && counted(sql) == 0) {
      Thread.sleep(2);
    }
    process.destroyForcibly().waitFor();
  }

  @Test
  void whatWasKilledGoesOn() throws Exception {
    for (String reached :
        Stream.of(
                "SELECT count(*) FROM varve_log",
                "SELECT position FROM varve_rebuild WHERE position > 0")
            .toList()) {
      killOnceThereIs(reached);
      // nothing of the source was touched: it could be served on
      assertThat(OpenEngine.run("rebuild", app.toString()).out()).startsWith("Rebuilt");
    }

    OpenEngine.Ran ran = OpenEngine.run(copy());

    assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.out()).startsWith("Copied: 4,000 units, chained without a gap to position 4000");
    assertThat(counted("SELECT count(*) FROM items")).isEqualTo(UNITS);
    assertThat(OpenEngine.run("rebuild", app.toString()).err())
        .startsWith("These data were moved to jdbc:postgresql://127.0.0.1:");
  }
}
