package dev.varve.store.sql.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.oauth.Provider;
import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import dev.varve.store.sql.DatabaseSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What becomes of writes and reads when the way to PostgreSQL is cut.
class LostConnectionTest {
  private static FragileWay way;
  private static TestServer server;

  @BeforeAll
  static void start() {
    LocalPostgres postgres = LocalPostgres.require();
    way = FragileWay.to(postgres.port());
    TestServer.Plan plan = Provider.plan();
    server =
        TestServer.startInPostgres(
            plan.over(
                plan.schema()
                    + "type Entry @model @auth(rules: [{allow: public}]) { text: String! }"),
            LostConnectionTest::overTheWay);
  }

  private static DatabaseSettings overTheWay(DatabaseSettings settings) {
    return SettingRecords.changed(
        LocalPostgres.over(way.port(), settings),
        // as little as makes no difference on a busy machine
        Map.of("queryTime", Duration.ofSeconds(10), "connectTime", Duration.ofSeconds(2)));
  }

  @AfterAll
  static void stop() {
    server.close();
    way.close();
  }

  private static Reply create(String id) {
    return server.send(
        "POST", "/api/entries", Map.of(), "{\"id\": \"%s\", \"text\": \"%s\"}".formatted(id, id));
  }

  private static Reply get(String id) {
    return server.get("/api/entries/" + id);
  }

  @Test
  void aWriteWhoseAnswerIsLostIsAnsweredByWhatTheLogHas() {
    create("before");
    way.cutBehind("COMMIT");

    Reply created = create("kept");

    assertThat(created.status()).as(created.text()).isEqualTo(201);
    assertThat(get("kept").text()).contains("kept");
    assertThat(Integer.toString(server.events(0).size()))
        .isEqualTo(created.header("Varve-Position"));
    assertThat(create("kept").status()).isEqualTo(409);
  }

  @Test
  void aWriteThatTheServerNeverGotWasNotKept() {
    way.cutBefore("COMMIT");

    Reply refused = create("lost");

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.text()).contains("so nothing of it was kept: try again in a moment");
    assertThat(refused.header("Retry-After")).isNotEmpty();
    Reply read = get("lost");
    assertThat(read.status()).as(read.text()).isEqualTo(404);
    assertThat(create("lost").status()).isEqualTo(201);
  }

  @Test
  void whoCannotBeToldIsToldToLookAndFindsIt() {
    create("changed");
    assertThat(get("changed").text()).contains("\"changed\"");
    way.shutBehind("COMMIT");

    Reply refused = server.send("PATCH", "/api/entries/changed", Map.of(), "{\"text\": \"other\"}");

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.text()).contains("so it may have been written: read before you repeat it");
    way.open();
    // by id, which comes from memory where it can, and with nothing else written meanwhile
    Patience.until("the change shows", () -> get("changed").text().contains("\"other\""));
    assertThat(create("behind it").status()).isEqualTo(201);
  }

  /// Who writes may have a connection again before those who read have one.
  @Test
  void aWriteThatIsInTheLogIsAnsweredSoWhetherItCanBeReadThereByNowOrNot() {
    create("before the narrow way");
    way.narrowBehind("COMMIT", 1);
    try {
      Reply created = create("narrow");
      assertThat(created.status()).as(created.text()).isEqualTo(201);
    } finally {
      way.open();
    }
    Patience.until("it is read", () -> get("narrow").status() == 200);
  }

  @Test
  void whoAsksWhileItIsAwayIsToldToAskAgain() {
    create("from memory");
    way.shut();
    try {
      for (Reply reply :
          List.of(
              server.get("/api/entries"),
              server.send("POST", "/graphql", Map.of(), "{\"query\": \"{ entries { id } }\"}"),
              server.send(
                  "POST",
                  "/auth/sign-in",
                  Map.of(),
                  "{\"email\": \"ada@example.com\", \"password\": \"correct horse\"}"),
              server.send(
                  "POST",
                  "/oauth2/token",
                  Map.of("Content-Type", "application/x-www-form-urlencoded"),
                  "grant_type=client_credentials&client_id=office&scope=api&client_secret="
                      + Provider.SECRET))) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(503);
        assertThat(reply.header("Retry-After")).as(reply.text()).isNotEmpty();
      }
      assertThat(server.get("/api/entries").text())
          .contains("STORAGE_UNAVAILABLE", "The storage does not answer: try again in a moment");
    } finally {
      way.open();
    }
    Reply read = server.get("/api/entries");
    assertThat(read.status()).as(read.text()).isEqualTo(200);
    // over a connection that was cut, too
    assertThat(create("first behind it").status()).isEqualTo(201);
  }

  /// Nothing says that the connections lead nowhere, and the server goes on with what it has locked for them.
  @Test
  void aServerThatIsSilentIsGivenUp() {
    create("before the silence");
    server.get("/api/entries");
    way.silence();

    assertThat(create("in the silence").status()).isEqualTo(201);
    Patience.until("a list is given", () -> server.get("/api/entries").status() == 200);
    assertThat(create("behind the silence").status()).isEqualTo(201);
  }
}
