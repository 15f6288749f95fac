package dev.varve.store.sql.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a node knows of the log, when the database is not the one that it was.
class LostTailTest {
  private static final String SCHEMA =
      "type Note @model @auth(rules: [{allow: public}]) { id: ID! text: String! }";

  private static Reply create(TestServer at, String id) {
    return at.send(
        "POST", "/api/notes", Map.of(), "{\"id\": \"%s\", \"text\": \"%s\"}".formatted(id, id));
  }

  @Test
  void aNodeNoticesThatABackupWasRestoredUnderItAndWhenThatIsTakenBack() {
    try (TestServer server = TestServer.startInPostgres(SCHEMA)) {
      create(server, "kept");
      DatabaseBackup backup = DatabaseBackup.of(server);
      create(server, "lost");

      backup.restore();

      Patience.until(
          "the loss is noticed",
          () -> create(server, "more").text().contains("has lost position 2 of the log"));
      assertThat(server.get("/api/notes/lost").status()).isEqualTo(404);
      assertThat(server.position()).isEqualTo(1);

      backup.takeBack();

      Patience.until(
          "it writes on where it was",
          () -> create(server, "after").header("Varve-Position").equals("3"));
      assertThat(server.get("/api/notes/lost").status()).isEqualTo(200);
      assertThat(server.get("/api/notes?asOf=position:2").status()).isEqualTo(200);
    }
  }

  /// It has noted in its data folder what it had answered.
  @Test
  void aNodeNoticesThatABackupWasRestoredWhileItWasDown() {
    try (TestServer server = TestServer.startInPostgres(SCHEMA)) {
      create(server, "kept");
      DatabaseBackup backup = DatabaseBackup.of(server);
      create(server, "lost");

      server.restartAfter(backup::restore);

      Reply refused = create(server, "more");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.text()).contains("has lost position 2 of the log");
      assertThat(server.position()).isEqualTo(1);
    }
  }

  /// As long as a node has not looked at a server that has taken over, it may know what nobody else misses.
  @Test
  void nobodyWritesOnAnotherServerBeforeAllNodesHaveLookedAtIt() throws SQLException {
    try (TestServer server = TestServer.startInPostgres(SCHEMA)) {
      create(server, "before");
      Patience.until(
          "it has told of itself", () -> !server.column("SELECT server FROM varve_node").isEmpty());
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "INSERT INTO varve_node (id, address, program, schema_version, position, started_at, seen_at, server)"
                + " SELECT 'other', 'other', 'x', 1, 1, started_at, seen_at, 'another' FROM varve_node");
        statement.execute("UPDATE varve_server SET server = 'another'");

        Reply refused = create(server, "during");

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(refused.text())
            .contains(
                "Another server has taken the place of the database", "try again in a moment");
        statement.execute(
            "UPDATE varve_node SET server = (SELECT server FROM varve_node WHERE id <> 'other') WHERE id = 'other'");
      }
      assertThat(create(server, "during").status()).isEqualTo(201);
      assertThat(server.column("SELECT position FROM varve_server ORDER BY seq"))
          .containsExactly("0", "1");
    }
  }
}
