package dev.varve.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.identity.mail.MailSettings;
import dev.varve.identity.token.Secrets;
import dev.varve.kernel.AtOnce;
import dev.varve.kernel.Patience;
import dev.varve.kernel.UserMistake;
import dev.varve.node.OpenEngine.Ran;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.store.sql.DatabaseSettings;
import dev.varve.store.state.SchemaRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes on one database of PostgreSQL whose schema files differ, and programs that do.
class SchemaOnNodesTest {
  // more of them by hand: what two nodes do at once differs each time
  private static final int STARTS = Integer.getInteger("varve.nodes.starts", 1);

  private static final int GOING_OVER = Integer.getInteger("varve.nodes.goingOver", 4);

  private static final String NOTES =
      "type Note @model @auth(rules: [{allow: public}]) { id: ID! text: String! }\n";
  // the same records at another path: safe in both directions
  private static final String MEMOS = NOTES.replace("@model", "@model(plural: \"memos\")");

  /// A node as `varve serve` starts it. What `varve dev` is told to serve, it applies.
  private static Plan production(String schema) {
    return Plan.of(schema)
        .sending(
            MailSettings.DEFAULT, Map.of(Secrets.AUTH, "a secret of all nodes, 32 bytes or more"));
  }

  /// An application folder with that schema file, on the data of a server.
  private static Path app(Path folder, TestServer server, String schema) throws IOException {
    DatabaseSettings storage = server.storage();
    Files.writeString(folder.resolve("schema.graphql"), schema);
    Files.writeString(
        folder.resolve("varve.yaml"),
        "database:\n  url: %s\n  user: %s\n".formatted(storage.url(), storage.user()));
    return folder;
  }

  private static boolean serves(TestServer node, String path) {
    return node.get(path).status() == 200;
  }

  private static List<String> versions(TestServer node) {
    return node.column("SELECT version FROM varve_schema ORDER BY version");
  }

  private static Object ready(TestServer node, String check, String member) {
    Map<?, ?> body = (Map<?, ?>) Objects.requireNonNull(node.get("/health/ready").json());
    Map<?, ?> checks = (Map<?, ?>) Objects.requireNonNull(body.get("checks"));
    return String.valueOf(((Map<?, ?>) Objects.requireNonNull(checks.get(check))).get(member));
  }

  @Test
  void aFileThatWasLeftBehindIsNotAppliedUntilSomebodySaysSo(@TempDir Path folder)
      throws IOException {
    try (TestServer first = TestServer.startInPostgres(production(NOTES));
        TestServer second = first.beside(production(MEMOS))) {
      Patience.until("the first follows", () -> serves(first, "/api/memos"));
      first.restart();

      assertThat(versions(first)).containsExactly("1", "2");
      assertThat(serves(first, "/api/memos")).isTrue();
      assertThat(serves(first, "/api/notes")).isFalse();
      assertThat(first.send("POST", "/api/memos", Map.of(), "{\"text\": \"x\"}").status())
          .isEqualTo(201);
      assertThat(ready(first, "schema", "status")).isEqualTo("WARNING");
      assertThat(ready(first, "schema", "message"))
          .isEqualTo(
              "the schema file of this node is version 1, and the data have version 2, which is served: deploy that");
      assertThat(ready(second, "schema", "status")).isEqualTo("UP");
      Patience.until(
          "both tell their files", () -> told(second).equals(List.of("2 2 false", "1 2 true")));

      String app = app(folder, first, NOTES).toString();
      Ran plan = OpenEngine.run("plan", app);
      assertThat(plan.exitCode()).isEqualTo(1);
      assertThat(plan.out())
          .containsSubsequence(
              "The schema file is version 1, applied at ",
              ", and the data have version 2 since ",
              "Nodes leave it alone, and serve the schema of the data.",
              "Deploy the schema file of version 2. To go back to that of version 1 on purpose: varve apply APP --earlier",
              "Going back:",
              "Serves Note at /api/notes instead of /api/memos");
      assertThat(OpenEngine.run("nodes", app).out())
          .contains(
              "The data have schema version 2, which nodes with an older FILE serve, too: deploy the newest file to them.");
      // whatever a command is for, it does not bring an old schema with it
      assertThat(OpenEngine.run("user", "list", app).exitCode()).isZero();
      Ran refused = OpenEngine.run("apply", app);
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.err()).contains("Nothing was altered. Deploy the schema file of");
      assertThat(versions(first)).containsExactly("1", "2");

      assertThat(OpenEngine.run("apply", app, "--earlier").out())
          .contains("The data have schema version 3, which is this file.");
      Patience.until("the first follows", () -> serves(first, "/api/notes"));
      Patience.until("the second follows", () -> serves(second, "/api/notes"));
      second.restart();
      assertThat(serves(second, "/api/notes")).isTrue();
      assertThat(versions(first)).containsExactly("1", "2", "3");
      assertThat(ready(first, "schema", "status")).isEqualTo("UP");
      assertThat(ready(second, "schema", "status")).isEqualTo("WARNING");
    }
  }

  /// Of each node that is up: the version of its file, the one that it serves, and whether it is behind.
  private static List<String> told(TestServer asked) {
    Reply reply = asked.get("/health/nodes");
    Map<?, ?> body = (Map<?, ?>) Objects.requireNonNull(reply.json());
    return ((List<?>) Objects.requireNonNull(body.get("nodes"), reply.text()))
        .stream()
            .map(node -> (Map<?, ?>) node)
            .filter(node -> "UP".equals(node.get("status")))
            .map(node ->
                "%s %s %s"
                    .formatted(
                        node.get("fileVersion"), node.get("schemaVersion"), node.get("behind")))
            .toList();
  }

  /// Both have planned nothing yet when they wait for their turn; the one behind plans against what the other has left.
  @Test
  void ofTwoNewFilesAtOnceOneIsFirstAndTheOtherIsTold() throws Exception {
    try (TestServer served = TestServer.startInPostgres(production(NOTES));
        Connection holder = served.connect();
        Statement writing = holder.createStatement()) {
      holder.setAutoCommit(false);
      writing.execute("SELECT id FROM varve_head WHERE id = 1 FOR UPDATE");
      List<Callable<String>> nodes = new ArrayList<>();
      for (String more : List.of("Apple", "Pear")) {
        String schema = NOTES + "type %s @model { name: String }\n".formatted(more);
        nodes.add(() -> started(served, production(schema)));
      }
      nodes.add(() -> {
        Patience.until("both wait for their turn", () -> waiting(served).size() == 2);
        holder.rollback();
        return "released";
      });

      List<String> became = AtOnce.all(nodes);

      assertThat(became.subList(0, 2)).containsOnlyOnce("started");
      assertThat(became)
          .anySatisfy(message ->
              assertThat(message)
                  .containsSubsequence(
                      "Another process has brought the data to schema version 2 meanwhile: the file is planned against that.",
                      "is gone, but its records are stored"));
      assertThat(versions(served)).containsExactly("1", "2");
    }
  }

  @Test
  void aNodeThatIsStoppedWhileItGoesOverToANewerSchemaLeavesNothingBehind() throws Exception {
    try (TestServer first = TestServer.startInPostgres(production(NOTES))) {
      first.restartAfter(() -> {
        StringBuilder schema = new StringBuilder(NOTES);
        for (int version = 2; version < 2 + GOING_OVER; version++) {
          schema.append("type More%d @model { name: String }\n".formatted(version));
          replace(first, version, schema.toString());
        }
      });
    }
  }

  private static void replace(TestServer stopped, int version, String schema) {
    TestServer node = stopped.beside(production(NOTES));
    try {
      AtOnce.all(
          List.of(
              () -> started(stopped, production(schema)),
              () -> {
                Patience.until(
                    "it goes over, or has",
                    () -> goesOver() || serves(node, "/api/more%ds".formatted(version)));
                node.close();
                return "stopped";
              }));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    assertThat(stopped.column("SELECT address FROM varve_node")).isEmpty();
    Patience.until(
        "no connection is left",
        () ->
            stopped
                .column(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'varve'")
                .isEmpty());
  }

  private static boolean goesOver() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().equals("varve-newest-schema"))
        .flatMap(thread -> Stream.of(thread.getValue()))
        .anyMatch(frame -> frame.getClassName().equals(Lanes.class.getName()));
  }

  private static List<String> waiting(TestServer server) {
    return server.column(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            + " AND wait_event_type = 'Lock' AND query LIKE '%varve_head%'");
  }

  private static String started(TestServer beside, Plan plan) {
    try (TestServer _ = beside.beside(plan)) {
      return "started";
    } catch (SchemaRefused refused) {
      return String.join("\n", refused.reasons());
    }
  }

  @Test
  void nodesThatStartAtOnceOnAnEmptyDatabaseAllServe() throws Exception {
    for (int round = 0; round < STARTS; round++) {
      startTogether();
    }
  }

  private static void startTogether() throws Exception {
    List<TestServer> nodes = TestServer.startTogether(production(NOTES), 2);
    try {
      for (TestServer node : nodes) {
        assertThat(node.send("POST", "/api/notes", Map.of(), "{\"text\": \"x\"}").status())
            .isEqualTo(201);
      }
      assertThat(versions(nodes.getFirst())).containsExactly("1");
      assertThat(nodes.getFirst().column("SELECT position FROM varve_log ORDER BY position"))
          .containsExactly("1", "2");
    } finally {
      nodes.forEach(TestServer::close);
    }
  }

  /// What a newer Varve does to data that this one does not know.
  @Test
  void aProgramThatDoesNotKnowTheFormatLeavesTheDataAlone() throws SQLException {
    try (TestServer node = TestServer.startInPostgres(production(NOTES))) {
      assertThat(node.column("SELECT format FROM varve_node")).isSubsetOf("1");
      execute(node, "UPDATE varve_head SET format = 99, format_min = 99");

      Reply refused = node.send("POST", "/api/notes", Map.of(), "{\"text\": \"x\"}");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.text()).contains("beside which this one does not write");
      assertThat(refused.header("Retry-After")).isNotEmpty();
      Patience.until("it is not ready", () -> node.get("/health/ready").status() == 503);
      assertThatThrownBy(() -> node.beside())
          .isInstanceOf(UserMistake.class)
          .hasMessageContaining("The data have format 99, and this Varve knows those up to 1")
          .hasMessageContaining("Start the newer Varve in place of this one");
      assertThat(node.position()).isZero();

      // as when the newer one is taken back before it has taken anything away
      execute(node, "UPDATE varve_head SET format = 1, format_min = 1");
      Patience.until(
          "it writes again",
          () -> node.send("POST", "/api/notes", Map.of(), "{\"text\": \"x\"}").status() == 201);
    }
  }

  /// A newer Java knows more letters; whoever has an older one does not fold the texts of all back.
  @Test
  void aProgramOnAnOlderJavaDoesNotTakeRulesOfTextsBack() throws SQLException {
    try (TestServer node = TestServer.startInPostgres(production(NOTES))) {
      execute(node, "UPDATE varve_text_rules SET rules = '1, Java 99'");
      execute(node, "COMMENT ON FUNCTION varve_fold_accents(text) IS '1, Java 99'");

      assertThatThrownBy(() -> node.beside())
          .isInstanceOf(UserMistake.class)
          .hasMessageContaining("The texts of the data follow newer rules (1, Java 99) than");
      assertThat(node.column("SELECT rules FROM varve_text_rules")).containsExactly("1, Java 99");
      assertThat(
              node.column(
                  "SELECT obj_description(oid, 'pg_proc') FROM pg_proc WHERE proname = 'varve_fold_accents'"))
          .containsExactly("1, Java 99");
    }
  }

  private static void execute(TestServer server, String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
