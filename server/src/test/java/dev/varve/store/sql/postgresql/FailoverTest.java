package dev.varve.store.sql.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.events.EventReader;
import dev.varve.kernel.Patience;
import dev.varve.node.OpenEngine;
import dev.varve.node.OpenEngine.Ran;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A standby that was behind takes over, by PostgreSQL's own replication: what was answered in between is lost.
class FailoverTest {
  private static final String SCHEMA =
      """
      type Note @model @auth(rules: [{allow: public}]) {
        id: ID!
        text: String!
      }
      """;

  @TempDir private Path app;

  private ReplicatedPostgres pair;
  private TestServer first;
  private TestServer second;

  @BeforeEach
  void start() throws IOException, SQLException {
    pair = ReplicatedPostgres.start();
    TestServer.Plan plan = TestServer.Plan.of(SCHEMA);
    first = TestServer.startAt(plan, pair.settings());
    second = TestServer.startAt(plan, pair.settings());
    Files.writeString(app.resolve("schema.graphql"), SCHEMA);
    Files.writeString(
        app.resolve("varve.yaml"),
        "database:\n  url: %s\n  user: postgres\n".formatted(pair.settings().url()));
  }

  @AfterEach
  void stop() throws IOException {
    if (second != null) {
      second.close();
    }
    if (first != null) {
      first.close();
    }
    if (pair != null) {
      pair.close();
    }
  }

  private static Reply create(TestServer at, String id) {
    return at.send(
        "POST", "/api/notes", Map.of(), "{\"id\": \"%s\", \"text\": \"%s\"}".formatted(id, id));
  }

  private static Reply change(TestServer at, String id, String text, Map<String, String> headers) {
    return at.send("PATCH", "/api/notes/" + id, headers, "{\"text\": \"%s\"}".formatted(text));
  }

  private static Reply from(TestServer at, String target, String position) {
    return at.send("GET", target, Map.of("Varve-Position", position), "");
  }

  private Ran varve(String... arguments) {
    return OpenEngine.run(arguments);
  }

  @Test
  void whatIsLostStopsAllNodesUntilSomebodyAcceptsIt() throws Exception {
    assertThat(create(first, "kept").header("Varve-Position")).isEqualTo("1");
    assertThat(create(second, "too").header("Varve-Position")).isEqualTo("2");
    Patience.until(
        "the standby has both",
        () -> pair.onStandby("SELECT COUNT(*) FROM varve_log").equals(List.of("2")));
    pair.leaveStandbyBehind();
    assertThat(create(first, "lost").header("Varve-Position")).isEqualTo("3");
    Reply changed = change(second, "kept", "changed", Map.of());
    assertThat(changed.header("Varve-Position")).isEqualTo("4");
    Patience.until(
        "the first node has followed",
        () -> first.get("/api/notes/kept").text().contains("changed"));

    try (EventReader reader = EventReader.open(second.port(), "/api/events?model=Note&after=3")) {
      assertThat(reader.next().name()).isEqualTo("start");
      assertThat(reader.next().line()).isEqualTo("4.0 UPDATE Note kept");
      pair.failOver();
      allNodesStop();
      EventReader.Event end = reader.next();
      assertThat(end.name()).isEqualTo("end");
      assertThat(end.data()).containsEntry("code", "POSITION_LOST");
    }
    readsShowWhatIsKept(changed);
    operatorsAreTold();
    second.restartAfter(() -> {});
    assertThat(create(second, "restarted").status()).isEqualTo(503);
    assertThat(pair.onStandby("SELECT COUNT(*) FROM varve_log")).containsExactly("2");

    somebodyAcceptsIt();
    allNodesGoOn(changed);
  }

  private void allNodesStop() {
    for (TestServer node : List.of(first, second)) {
      Patience.until(
          "the loss is noticed",
          () -> create(node, "more").text().contains("has lost positions 3 to 4 of the log"));
      Reply refused = create(node, "more");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("Retry-After")).isNotEmpty();
    }
    assertThat(pair.onStandby("SELECT position FROM varve_log ORDER BY position"))
        .containsExactly("1", "2");
  }

  private void readsShowWhatIsKept(Reply lost) {
    for (TestServer node : List.of(first, second)) {
      Reply list = node.get("/api/notes?fields=id&sort=id");
      assertThat(list.header("Varve-Position")).isEqualTo("2");
      assertThat(list.text()).contains("kept", "too").doesNotContain("lost");
      assertThat(node.get("/api/notes/lost").status()).isEqualTo(404);
      assertThat(node.get("/api/notes/kept").text()).contains("\"text\":\"kept\"");
      for (Reply refused :
          List.of(
              from(node, "/api/notes", lost.header("Varve-Position")),
              node.get("/api/notes?asOf=position:4"),
              node.get("/api/notes/kept?asOf=position:3"),
              node.send("GET", "/api/events", Map.of("Last-Event-ID", "4.0"), ""),
              node.get("/api/events?after=3"))) {
        assertThat(refused.status()).as(refused.text()).isEqualTo(409);
        assertThat(refused.text())
            .contains(
                "POSITION_LOST",
                "has nothing behind position 2",
                "read without it, and go on from what you are told");
      }
      assertThat(from(node, "/api/notes", "2").status()).isEqualTo(200);
    }
  }

  private void operatorsAreTold() {
    Reply ready = first.get("/health/ready");
    assertThat(ready.status()).isEqualTo(200);
    assertThat(ready.json())
        .extracting("checks.writes.status", "checks.writes.message")
        .containsExactly(
            "WARNING",
            "the database has lost positions 3 to 4 of the log: nothing is written until that is accepted");
    assertThat(second.get("/health/nodes").json())
        .extracting("epoch", "lost.kept", "lost.upTo")
        .containsExactly(1L, 2L, 4L);
    Ran nodes = varve("nodes", app.toString());
    assertThat(nodes.exitCode()).as(nodes.err()).isEqualTo(1);
    assertThat(nodes.out())
        .contains(
            "LOST: the log has nothing behind position 2",
            "http://127.0.0.1:",
            "varve nodes accept " + app + " --behind 2");
  }

  private void somebodyAcceptsIt() {
    Ran shown = varve("nodes", "accept", app.toString());
    assertThat(shown.exitCode()).as(shown.err()).isEqualTo(1);
    assertThat(shown.out()).contains("LOST: the log has nothing behind position 2", "--behind 2");
    Ran other = varve("nodes", "accept", app.toString(), "--behind", "3");
    assertThat(other.exitCode()).isNotZero();
    assertThat(other.err()).contains("The log goes on behind position 2, not 3");
    assertThat(create(first, "still").status()).isEqualTo(503);

    Ran accepted = varve("nodes", "accept", app.toString(), "--behind", "2");

    assertThat(accepted.exitCode()).as(accepted.err()).isZero();
    assertThat(accepted.out())
        .contains("the log goes on behind position 2, in epoch 2. 2 units are given up");
    assertThat(varve("nodes", "accept", app.toString()).out())
        .contains("Nothing of the log is lost");
  }

  private void allNodesGoOn(Reply lost) throws InterruptedException {
    Patience.until("it writes again", () -> create(first, "three").status() == 201);
    Patience.until("it writes again", () -> create(second, "four").status() == 201);
    Reply again = change(first, "kept", "again", Map.of());
    assertThat(again.status()).as(again.text()).isEqualTo(200);
    // behind the unit that says so in the log itself
    assertThat(again.header("Varve-Position")).isEqualTo("2:6");
    assertThat(pair.onStandby("SELECT actor, request_id FROM varve_log WHERE position = 3"))
        .containsExactly("varve");
    Reply read = from(second, "/api/notes/kept", "2:6");
    assertThat(read.text()).contains("again");

    // both are version 2 of the record
    assertThat(lost.header("ETag")).isEqualTo("\"2\"");
    assertThat(read.header("ETag")).isEqualTo("\"2:2\"");
    assertThat(change(second, "kept", "x", Map.of("If-Match", "\"2\"")).status()).isEqualTo(412);
    assertThat(second.send("GET", "/api/notes/kept", Map.of("If-None-Match", "\"2\""), "").status())
        .isEqualTo(200);
    assertThat(
            second.send("GET", "/api/notes/kept", Map.of("If-None-Match", "\"2:2\""), "").status())
        .isEqualTo(304);
    assertThat(change(second, "kept", "y", Map.of("If-Match", "\"2:2\"")).status()).isEqualTo(200);

    for (Reply refused :
        List.of(
            from(first, "/api/notes", "4"),
            first.get("/api/notes?asOf=position:4"),
            first.get("/api/events?after=4.0"))) {
      assertThat(refused.status()).as(refused.text()).isEqualTo(409);
      assertThat(refused.text())
          .contains("POSITION_LOST", "went on behind position 2", "or go on from 2:2");
    }
    assertThat(first.get("/api/notes?asOf=position:2&fields=id").status()).isEqualTo(200);
    assertThat(first.get("/api/notes?asOf=position:2:4&fields=id").text()).contains("three");
    try (EventReader reader = EventReader.open(second.port(), "/api/events?model=Note&after=2")) {
      assertThat(reader.next().id()).isEqualTo("2:2");
      assertThat(reader.next().line()).isEqualTo("2:4.0 CREATE Note three");
      assertThat(reader.next().line()).isEqualTo("2:5.0 CREATE Note four");
    }
    assertThat(varve("nodes", app.toString()).exitCode()).isZero();
  }
}
