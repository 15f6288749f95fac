package dev.varve.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.TestServer;
import dev.varve.TestServer.Reply;
import dev.varve.live.EventReader.Event;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The feed over HTTP: what is told to whom, in which order, and from where on.
final class EventsTest {
  private static final String SCHEMA =
      """
      type Customer @model @auth(rules: [{allow: public}]) {
        name: String!
        open: Boolean! @default(value: true)
      }
      type Note @model
        @auth(rules: [
          {allow: public, operations: [CREATE, UPDATE, DELETE]},
          {allow: where, when: "record.shown", operations: [READ]}]) {
        text: String
        shown: Boolean! @default(value: true)
        secret: String @auth(rules: [{allow: where, when: "record.text == 'open'"}])
      }
      type Order @model
        @auth(rules: [
          {allow: public, operations: [CREATE, UPDATE, DELETE]},
          {allow: where, when: "record.customer.open", operations: [READ]}]) {
        customer: Customer!
        total: Int!
      }
      type Beat @model(history: false)
        @auth(rules: [
          {allow: public, operations: [CREATE, UPDATE, DELETE]},
          {allow: where, when: "record.rate < 100", operations: [READ]}]) {
        rate: Int!
        label: String
      }
      type Hidden @model @auth(rules: [{allow: public, operations: [CREATE]}]) {
        text: String
      }
      """;

  private TestServer server;

  @BeforeEach
  void start() {
    server = TestServer.start(SCHEMA);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aStreamStartsAtTheEndOfTheLogAndTellsWhatComes() {
    post("/api/customers", "{'id': 'c0', 'name': 'before'}");
    try (EventReader reader = open("/api/events")) {
      Event start = reader.next();
      assertThat(start).isEqualTo(new Event("start", "1", Map.of("position", 1L)));

      post("/api/customers", "{'id': 'c1', 'name': 'Ada'}");
      Event created = reader.next();
      assertThat(created.id()).isEqualTo("2.0");
      assertThat(created.name()).isEqualTo("change");
      Map<?, ?> record = (Map<?, ?>) created.data().get("record");
      assertThat(created.data())
          .containsEntry("position", 2L)
          .containsEntry("index", 0L)
          .containsEntry("model", "Customer")
          .containsEntry("id", "c1")
          .containsEntry("operation", "CREATE")
          .containsEntry("version", 1L)
          .containsEntry("actor", "anonymous")
          .containsEntry("changed", List.of("name", "open"));
      assertThat(record).isEqualTo(server.get("/api/customers/c1").json());

      patch("/api/customers/c1", "{'name': 'Ada Lovelace'}");
      Event updated = reader.next();
      assertThat(updated.line()).isEqualTo("3.0 UPDATE Customer c1");
      assertThat(updated.data())
          .containsEntry("changed", List.of("name"))
          .containsEntry("version", 2L);
      assertThat(updated.data().get("record")).isEqualTo(server.get("/api/customers/c1").json());

      delete("/api/customers/c1");
      Event deleted = reader.next();
      assertThat(deleted.line()).isEqualTo("4.0 DELETE Customer c1");
      assertThat(deleted.data()).containsEntry("version", 3L).containsEntry("record", null);

      server.send("POST", "/api/customers/c1/restore", Map.of(), "{\"version\": 1}");
      assertThat(reader.next().line()).isEqualTo("5.0 UNDELETE Customer c1");
    }
  }

  private EventReader open(String target, String... headers) {
    EventReader reader = EventReader.open(server.port(), target, headers);
    assertThat(reader.response().statusCode()).isEqualTo(200);
    return reader;
  }

  private void post(String target, String body) {
    accepted(server.send("POST", target, Map.of(), body.replace('\'', '"')));
  }

  private void patch(String target, String body) {
    accepted(
        server.send(
            "PATCH",
            target,
            Map.of("Content-Type", "application/merge-patch+json"),
            body.replace('\'', '"')));
  }

  private void delete(String target) {
    accepted(server.send("DELETE", target, Map.of(), ""));
  }

  private static void accepted(Reply reply) {
    assertThat(reply.status()).as(reply.text()).isBetween(200, 299);
  }
}
