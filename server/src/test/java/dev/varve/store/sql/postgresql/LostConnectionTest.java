package dev.varve.store.sql.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
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
    server =
        TestServer.startInPostgres(
            "type Note @model @auth(rules: [{allow: public}]) { text: String! }",
            settings -> LocalPostgres.over(way.port(), settings));
  }

  @AfterAll
  static void stop() {
    server.close();
    way.close();
  }

  private static Reply create(String id) {
    return server.send(
        "POST", "/api/notes", Map.of(), "{\"id\": \"%s\", \"text\": \"%s\"}".formatted(id, id));
  }

  private static Reply get(String id) {
    return server.get("/api/notes/" + id);
  }

  @Test
  void aWriteWhoseAnswerIsLostIsAnsweredByWhatTheLogHas() {
    create("before");
    way.cutBehind("COMMIT");

    Reply created = create("kept");

    assertThat(created.status()).as(created.text()).isEqualTo(201);
    assertThat(get("kept").text()).contains("kept");
    assertThat(server.events(0)).hasSize((int) Long.parseLong(created.header("Varve-Position")));
    assertThat(create("kept").status()).isEqualTo(409);
  }

  @Test
  void aWriteThatTheServerNeverGotWasNotKept() {
    way.cutBefore("COMMIT");

    Reply refused = create("lost");

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.text()).contains("so nothing of it was kept: try again in a moment");
    assertThat(refused.header("Retry-After")).isNotEmpty();
    assertThat(get("lost").status()).isEqualTo(404);
    assertThat(create("lost").status()).isEqualTo(201);
  }

  @Test
  void whoCannotBeToldIsToldToLookAndFindsIt() {
    create("changed");
    assertThat(get("changed").text()).contains("\"changed\"");
    way.shutBehind("COMMIT");

    Reply refused = server.send("PATCH", "/api/notes/changed", Map.of(), "{\"text\": \"other\"}");

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.text()).contains("so it may have been written: read before you repeat it");
    way.open();
    // by id, which comes from memory where it can, and with nothing else written meanwhile
    Patience.until("the change shows", () -> get("changed").text().contains("\"other\""));
    assertThat(create("behind it").status()).isEqualTo(201);
  }
}
