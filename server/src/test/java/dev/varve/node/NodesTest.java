package dev.varve.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.face.events.EventReader;
import dev.varve.identity.mail.MailSettings;
import dev.varve.kernel.AtOnce;
import dev.varve.kernel.Patience;
import dev.varve.kernel.Sha256;
import dev.varve.node.TestServer.Reply;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Two nodes on one database of PostgreSQL: what one does, the other knows.
class NodesTest {
  private static final String SCHEMA =
      """
      type Note @model @index(fields: ["text"]) @auth(rules: [{allow: public}]) {
        text: String!
      }
      type Counter @model @auth(rules: [{allow: public}]) {
        id: ID!
        value: Int!
      }
      """;

  private static TestServer first;
  private static TestServer second;

  @BeforeAll
  static void start() {
    first = TestServer.startInPostgres(SCHEMA);
    second =
        first.beside(
            TestServer.Plan.of(SCHEMA)
                .with(
                    new NodesSettings(
                        "second", Duration.ofMillis(100), Duration.ofSeconds(2), "", "")));
  }

  @AfterAll
  static void stop() {
    second.close();
    first.close();
  }

  private static String note(TestServer at, String text) {
    Reply created = at.send("POST", "/api/notes", Map.of(), "{\"text\": \"%s\"}".formatted(text));
    assertThat(created.status()).as(created.text()).isEqualTo(201);
    return created.header("Location");
  }

  private static Reply change(TestServer at, String path, String text) {
    return at.send("PATCH", path, Map.of(), "{\"text\": \"%s\"}".formatted(text));
  }

  @Test
  void aListShowsAtOnceWhatAnotherNodeWrote() {
    for (int i = 0; i < 20; i++) {
      TestServer writer = i % 2 == 0 ? first : second;
      TestServer reader = i % 2 == 0 ? second : first;
      String path = note(writer, "listed " + i);
      assertThat(reader.get("/api/notes?text=listed%20" + i).text())
          .contains(path.substring(path.lastIndexOf('/') + 1));
    }
  }

  /// After a list has shown a change, no record is shown as it was before.
  @Test
  void aRecordInMemoryIsNeverOlderThanAListShown() {
    String path = note(first, "seen 0");
    for (int i = 1; i <= 30; i++) {
      assertThat(second.get(path).text()).contains("seen");
      assertThat(change(first, path, "seen " + i).status()).isEqualTo(200);
      assertThat(second.get("/api/notes?text=seen%20" + i).text()).contains("seen " + i);
      assertThat(second.get(path).text()).contains("\"seen %d\"".formatted(i));
    }
  }

  /// Whoever names the position of what it has written is shown nothing older.
  @Test
  void whoNamesAPositionIsShownNothingOlder() {
    String path = note(first, "asked 0");
    for (int i = 1; i <= 30; i++) {
      assertThat(second.get(path).text()).contains("asked");
      Reply changed = change(first, path, "asked " + i);
      String position = changed.header("Varve-Position");
      Reply read = second.send("GET", path, Map.of("Varve-Position", position), "");
      assertThat(read.text()).contains("\"asked %d\"".formatted(i));
      assertThat(Long.parseLong(read.header("Varve-Position")))
          .isGreaterThanOrEqualTo(Long.parseLong(position));
    }
  }

  @Test
  void aPositionThatIsNoneOrYetToComeIsRefused() {
    Reply wrong = second.send("GET", "/api/notes", Map.of("Varve-Position", "-1"), "");
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.text()).contains("Varve-Position", "is no position of the log");
    Reply beyond = second.send("GET", "/api/notes", Map.of("Varve-Position", "999999999999"), "");
    assertThat(beyond.status()).isEqualTo(409);
    assertThat(beyond.text()).contains("Varve-Position", "999999999999");
  }

  @Test
  void aRecordInMemoryFollowsWithinAMoment() {
    String path = note(first, "kept");
    assertThat(second.get(path).text()).contains("kept");
    assertThat(change(first, path, "changed").status()).isEqualTo(200);
    Patience.until("the change is seen", () -> second.get(path).text().contains("changed"));
    assertThat(first.send("DELETE", path, Map.of(), "").status()).isEqualTo(204);
    Patience.until("the end is seen", () -> second.get(path).status() == 404);
  }

  /// Both decide on the newest state, whoever wrote it.
  @Test
  void noChangeIsLostThatTwoNodesMake() throws Exception {
    assertThat(
            first
                .send("POST", "/api/counters", Map.of(), "{\"id\": \"c1\", \"value\": 0}")
                .status())
        .isEqualTo(201);
    List<Callable<Boolean>> writers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      TestServer node = i % 2 == 0 ? first : second;
      writers.add(() -> {
        for (int done = 0; done < 15; done += increment(node) ? 1 : 0) {}
        return true;
      });
    }
    AtOnce.all(writers);
    assertThat(first.get("/api/counters?fields=value").text()).contains("\"value\":90");
    assertThat(first.column("SELECT position FROM varve_log ORDER BY position"))
        .isEqualTo(LongStream.rangeClosed(1, first.position()).mapToObj(Long::toString).toList());
  }

  private static boolean increment(TestServer node) {
    Reply now = node.get("/api/counters/c1");
    String text = now.text();
    int at = text.indexOf("\"value\":") + 8;
    int value = Integer.parseInt(text.substring(at, text.indexOf(',', at)));
    return node.send(
                "PATCH",
                "/api/counters/c1",
                Map.of("If-Match", now.header("ETag")),
                "{\"value\": %d}".formatted(value + 1))
            .status()
        == 200;
  }

  @Test
  void aKeyIsUsedOnceAtWhicheverNode() throws Exception {
    List<Callable<Reply>> same = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      TestServer node = i % 2 == 0 ? first : second;
      same.add(() ->
          node.send(
              "POST",
              "/api/notes",
              Map.of("Idempotency-Key", "once-on-nodes"),
              "{\"text\": \"once\"}"));
    }
    List<Reply> replies = AtOnce.all(same);
    assertThat(replies).allSatisfy(reply -> assertThat(reply.status()).isEqualTo(201));
    assertThat(replies.stream().map(reply -> reply.header("Location")).distinct()).hasSize(1);
    assertThat(replies.stream().filter(reply -> reply.header("Idempotency-Replayed").isEmpty()))
        .hasSize(1);
    Reply other =
        second.send(
            "POST",
            "/api/notes",
            Map.of("Idempotency-Key", "once-on-nodes"),
            "{\"text\": \"another\"}");
    assertThat(other.status()).isEqualTo(422);
  }

  @Test
  void aNodeAsksForAQueryThatAnotherKeeps() {
    String query = "{ __typename }";
    String known =
        "{\"extensions\": {\"persistedQuery\": {\"version\": 1, \"sha256Hash\": \"%s\"}}%s}";
    String hash = HexFormat.of().formatHex(Sha256.of(query));
    String whole = known.formatted(hash, ", \"query\": \"%s\"".formatted(query));
    String hashAlone = known.formatted(hash, "");
    assertThat(graphql(first, whole)).contains("__typename");
    assertThat(graphql(first, hashAlone)).contains("__typename").doesNotContain("errors");
    assertThat(graphql(second, hashAlone)).contains("PersistedQueryNotFound");
    assertThat(graphql(second, whole)).contains("__typename").doesNotContain("errors");
    assertThat(graphql(second, hashAlone)).contains("__typename").doesNotContain("errors");
  }

  private static String graphql(TestServer at, String body) {
    return at.send("POST", "/graphql", Map.of(), body).text();
  }

  /// A tag of one node says the same at the other: it stands for a position of the log that both have.
  @Test
  void whatHasChangedIsNotUnchangedAtTheOtherNode() {
    String path = note(first, "tagged 0");
    String list = "/api/notes?text=tagged%200";
    for (String asked : List.of(path, list)) {
      Reply shown = first.get(asked);
      Patience.until(
          "it is unchanged at the other node",
          () ->
              second
                      .send(
                          "GET",
                          asked,
                          Map.of("If-None-Match", second.get(asked).header("ETag")),
                          "")
                      .status()
                  == 304);
      String position = change(first, path, "tagged 1").header("Varve-Position");
      Reply after =
          second.send(
              "GET",
              asked,
              Map.of("If-None-Match", shown.header("ETag"), "Varve-Position", position),
              "");
      assertThat(after.status()).as(asked).isEqualTo(200);
      change(first, path, "tagged 0");
    }
  }

  @Test
  void aNodeTellsHowFarItIsBehind() {
    String measures = second.get("/metrics").text();
    assertThat(measures)
        .contains(
            "varve_node_lag_positions ",
            "varve_database_reconnects_total ",
            "varve_write_lock_wait_duration_seconds_count",
            "varve_write_group_statements_count");
    assertThat(measured(measures, "varve_node_lag_seconds")).isBetween(0.0, 120.0);
    note(second, "measured");
    String later = second.get("/metrics").text();
    assertThat(measured(later, "varve_write_group_statements_sum"))
        .isGreaterThanOrEqualTo(measured(measures, "varve_write_group_statements_sum") + 2);
  }

  private static double measured(String measures, String name) {
    return measures
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }

  @Test
  void aReaderOfTheFeedHearsWhatAnotherNodeWrites() throws Exception {
    try (EventReader reader = EventReader.open(second.port(), "/api/events?model=Note")) {
      reader.next();
      for (int i = 0; i < 5; i++) {
        String path = note(i % 2 == 0 ? first : second, "told " + i);
        assertThat(reader.next().line())
            .contains("CREATE Note " + path.substring(path.lastIndexOf('/') + 1));
      }
    }
  }

  /// What another node commits between two groups of its own is told in its place.
  @Test
  void aReaderOfTheFeedMissesNothingThatBothWriteAtTheSameTime() throws Exception {
    try (EventReader reader = EventReader.open(first.port(), "/api/events?model=Note")) {
      long start = (Long) Objects.requireNonNull(reader.next().data().get("position"));
      List<Callable<Boolean>> writers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        TestServer node = i % 2 == 0 ? first : second;
        writers.add(() -> {
          for (int done = 0; done < 25; done++) {
            note(node, "at the same time");
          }
          return true;
        });
      }
      AtOnce.all(writers);
      List<Object> positions = new ArrayList<>();
      for (int i = 0; i < 150; i++) {
        positions.add(reader.next().data().get("position"));
      }
      assertThat(positions)
          .isEqualTo(LongStream.rangeClosed(start + 1, start + 150).boxed().toList());
    }
  }

  /// As long as the log cannot be looked at, nobody knows whether it has the position.
  @Test
  void whoNamesAPositionThatCannotBeLookedUpIsToldToComeAgain() throws SQLException {
    try (Connection other = first.connect();
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN");
      // whoever looks at what others have written waits for it
      statement.execute("LOCK TABLE varve_notice IN ACCESS EXCLUSIVE MODE");
      String path = note(first, "behind a lock");
      String position = Long.toString(first.position());
      for (int i = 0; i < 3; i++) {
        Reply read = second.send("GET", path, Map.of("Varve-Position", position), "");
        assertThat(read.status()).as(read.text()).isIn(200, 503);
        assertThat(read.status() == 200 || !read.header("Retry-After").isEmpty()).isTrue();
      }
      statement.execute("ROLLBACK");
      Patience.until(
          "it is read",
          () -> second.send("GET", path, Map.of("Varve-Position", position), "").status() == 200);
    }
  }

  @Test
  void aNodeWhoseMachineHasAnotherTimeGoesByThatOfTheDatabase() {
    TestServer.Plan ahead =
        TestServer.Plan.of(SCHEMA).with(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(5)));
    try (TestServer wrong = first.beside(ahead)) {
      note(wrong, "by the common clock");
      assertThat(Instant.parse(written("by%20the%20common%20clock")))
          .isBetween(Instant.now().minusSeconds(120), Instant.now().plusSeconds(120));
      assertThat(wrong.get("/health/ready").json())
          .extracting("status", "checks.clock.status")
          .containsExactly("UP", "WARNING");
    }
  }

  private static String written(String text) {
    String list = first.get("/api/notes?fields=createdAt&text=" + text).text();
    int at = list.indexOf("\"createdAt\":\"") + 13;
    return list.substring(at, list.indexOf('"', at));
  }

  @Test
  void aNodeThatCannotBeToldStillLooks() throws SQLException {
    String path = note(first, "cut");
    assertThat(second.get(path).text()).contains("cut");
    try (Connection other = first.connect();
        Statement statement = other.createStatement()) {
      statement.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE datname = current_database() AND pid <> pg_backend_pid()"
              + " AND (query LIKE '%MAX(seq)%' OR query LIKE 'DELETE FROM varve_node%')");
    }
    assertThat(change(first, path, "after the cut").status()).isEqualTo(200);
    Patience.until("the change is seen", () -> second.get(path).text().contains("after the cut"));
  }

  @Test
  void whatIsReadAboutAnInstantStaysSo() {
    String path = note(first, "then");
    String now = Instant.now().toString();
    String question = "/api/notes?text=then&asOf=" + now;
    // nodes go by the clock of the database, which may be a moment behind that of the test
    Patience.until("the instant is past", () -> second.get(question).status() == 200);
    Reply asked = second.get(question);
    change(first, path, "later");
    assertThat(second.get(question).text()).isEqualTo(asked.text());
    Patience.until("the instant is past", () -> first.get(question).status() == 200);
    assertThat(first.get(question).text()).isEqualTo(asked.text());
  }

  @Test
  void bothTellOfThemselves() {
    Patience.until(
        "both are told of",
        () -> first.column("SELECT address FROM varve_node ORDER BY started_at").size() == 2);
    assertThat(first.column("SELECT address FROM varve_node ORDER BY started_at"))
        .containsExactly("http://127.0.0.1:" + first.port(), "http://127.0.0.1:" + second.port());
  }

  @Test
  void operatorsAreToldOfAllNodes() {
    Patience.until("both are told of", () -> addresses(second).size() == 2);
    assertThat(addresses(second))
        .containsExactly("http://127.0.0.1:" + first.port(), "http://127.0.0.1:" + second.port());
    assertThat(String.valueOf(second.get("/health/nodes").json()))
        .contains("name=second", "name=,");
    assertThat(first.get("/health/ready").json())
        .extracting("checks.nodes.status", "checks.clock.status")
        .containsExactly("UP", "UP");
  }

  private static List<String> addresses(TestServer asked) {
    Map<?, ?> body = (Map<?, ?>) Objects.requireNonNull(asked.get("/health/nodes").json());
    return ((List<?>) Objects.requireNonNull(body.get("nodes")))
        .stream()
            .map(node -> (Map<?, ?>) node)
            .filter(node -> "UP".equals(node.get("status")))
            .map(node -> String.valueOf(node.get("address")))
            .toList();
  }

  @Test
  void aNodeWithoutTheCommonSecretDoesNotStart() {
    TestServer.Plan production = TestServer.Plan.of(SCHEMA).sending(MailSettings.DEFAULT, Map.of());
    assertThatThrownBy(() -> first.beside(production))
        .hasMessageContaining("all nodes need the same secret")
        .hasMessageContaining("VARVE_AUTH_SECRET");
  }

  @Test
  void aNewSchemaReachesTheNodesThatServeTheOld() {
    try (TestServer one = TestServer.startInPostgres(SCHEMA)) {
      note(one, "before");
      String more = SCHEMA.replace("text: String!", "text: String!\n  pinned: Boolean");
      try (TestServer two = one.beside(TestServer.Plan.of(more))) {
        assertThat(
                two.send("POST", "/api/notes", Map.of(), "{\"text\": \"new\", \"pinned\": true}")
                    .status())
            .isEqualTo(201);
        Patience.until(
            "the old node takes the new field",
            () ->
                one.send("POST", "/api/notes", Map.of(), "{\"text\": \"x\", \"pinned\": true}")
                        .status()
                    == 201);
      }
    }
  }
}
