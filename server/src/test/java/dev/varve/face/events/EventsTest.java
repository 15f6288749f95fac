package dev.varve.face.events;

import static dev.varve.face.events.EventReader.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.events.EventReader.Event;
import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
      type Mark @model @auth(rules: [{allow: public}]) { note: Note! }
      type Room @model(history: false) @auth(rules: [{allow: public}]) { open: Boolean! }
      type Talk @model
        @auth(rules: [
          {allow: public, operations: [CREATE]},
          {allow: where, when: "record.room.open"}]) {
        room: Room!
        text: String
      }
      type Hidden @model @auth(rules: [{allow: public, operations: [CREATE]}]) {
        text: String
      }
      """;

  private LiveServer server;

  @BeforeEach
  void start() {
    server = LiveServer.start(SCHEMA);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aStreamStartsAtTheEndOfTheLogAndTellsWhatComes() {
    server.post("/api/customers", "{'id': 'c0', 'name': 'before'}");
    try (EventReader reader = server.open("/api/events")) {
      Event start = reader.next();
      assertThat(start).isEqualTo(new Event("start", "1", Map.of("position", 1L)));

      server.post("/api/customers", "{'id': 'c1', 'name': 'Ada'}");
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
          .containsEntry("actor", "test")
          .containsEntry("changed", List.of("name", "open"));
      assertThat(record).isEqualTo(json("/api/customers/c1"));

      server.patch("/api/customers/c1", "{'name': 'Ada Lovelace'}");
      Event updated = reader.next();
      assertThat(updated.line()).isEqualTo("3.0 UPDATE Customer c1");
      assertThat(updated.data())
          .containsEntry("changed", List.of("name"))
          .containsEntry("version", 2L);
      assertThat(updated.data().get("record")).isEqualTo(json("/api/customers/c1"));

      server.delete("/api/customers/c1");
      Event deleted = reader.next();
      assertThat(deleted.line()).isEqualTo("4.0 DELETE Customer c1");
      assertThat(deleted.data()).containsEntry("version", 3L).containsEntry("record", null);

      server.post("/api/customers/c1/restore", "{'version': 1}");
      assertThat(reader.next().line()).isEqualTo("5.0 UNDELETE Customer c1");
    }
  }

  @Test
  void aRecordThatEntersIsSentWholeAndOneThatLeavesWithoutItsContent() {
    try (EventReader reader = server.open("/api/events?model=Note")) {
      reader.next();
      server.post("/api/notes", "{'id': 'n1', 'text': 'first', 'shown': false}");
      server.patch("/api/notes/n1", "{'shown': true}");
      server.patch("/api/notes/n1", "{'text': 'second'}");
      server.patch("/api/notes/n1", "{'text': 'third', 'shown': false}");
      server.patch("/api/notes/n1", "{'text': 'fourth'}");
      server.delete("/api/notes/n1");
      server.post("/api/notes", "{'id': 'n2'}");

      Event entered = reader.next();
      assertThat(entered.line()).isEqualTo("2.0 UPDATE Note n1");
      // nothing is told about how it was when it was hidden
      assertThat(entered.data()).containsEntry("changed", List.of("text", "shown"));
      assertThat(reader.next().data()).containsEntry("changed", List.of("text"));
      assertThat(reader.next())
          .isEqualTo(
              new Event(
                  "gone", "4.0", Map.of("position", 4L, "index", 0L, "model", "Note", "id", "n1")));
      assertThat(reader.next().line()).isEqualTo("7.0 CREATE Note n2");
    }
  }

  @Test
  void aFilterTellsOfWhatFitsItAndWhatNoLongerDoes() {
    server.post("/api/customers", "{'id': 'c', 'name': 'Ada'}");
    String filter = encoded("total >= 100 && customer.name == 'Ada'");
    try (EventReader reader = server.open("/api/events?model=Order&filter=" + filter)) {
      reader.next();
      server.post("/api/orders", "{'id': 'small', 'customer': 'c', 'total': 5}");
      server.post("/api/orders", "{'id': 'large', 'customer': 'c', 'total': 500}");
      server.patch("/api/orders/small", "{'total': 100}");
      server.patch("/api/orders/large", "{'total': 50}");
      server.patch("/api/orders/large", "{'total': 51}");
      server.delete("/api/orders/large");
      server.delete("/api/orders/small");
      assertThat(reader.lines(4))
          .containsExactly(
              "3.0 CREATE Order large",
              "4.0 UPDATE Order small",
              "5.0 gone Order large",
              "8.0 DELETE Order small");
    }
  }

  @Test
  void aFilterFindsNoRelatedRecordThatMayNotBeRead() {
    String filter = encoded("note.text == 'x'");
    try (EventReader reader = server.open("/api/events?model=Mark&filter=" + filter)) {
      reader.next();
      server.post("/api/notes", "{'id': 'hidden', 'text': 'x', 'shown': false}");
      server.post("/api/notes", "{'id': 'shown', 'text': 'x'}");
      server.post("/api/marks", "{'id': 'm1', 'note': 'hidden'}");
      server.post("/api/marks", "{'id': 'm2', 'note': 'shown'}");
      assertThat(reader.next().line()).isEqualTo("4.0 CREATE Mark m2");
    }
  }

  @Test
  void aFieldIsToldOnRecordsOnWhichItMayBeRead() {
    try (EventReader reader = server.open("/api/events?model=Note")) {
      reader.next();
      server.post("/api/notes", "{'id': 'n1', 'text': 'closed', 'secret': 'one'}");
      server.patch("/api/notes/n1", "{'secret': 'two'}");
      server.patch("/api/notes/n1", "{'text': 'open'}");
      server.patch("/api/notes/n1", "{'secret': 'three'}");
      server.patch("/api/notes/n1", "{'text': 'closed'}");

      assertHidden(reader.next(), "text", "shown");
      assertHidden(reader.next());
      Event opened = reader.next();
      assertThat(opened.data()).containsEntry("changed", List.of("text", "secret"));
      assertThat((Map<?, ?>) opened.data().get("record")).extracting("secret").isEqualTo("two");
      assertThat(reader.next().data()).containsEntry("changed", List.of("secret"));
      assertHidden(reader.next(), "text");
    }
  }

  private static void assertHidden(Event event, String... changed) {
    assertThat(event.data()).containsEntry("changed", List.of(changed));
    assertThat(String.valueOf(event.data().get("record")).contains("secret")).isFalse();
  }

  @Test
  void rulesLookAtRelatedRecordsAsTheyWereAtTheChange() {
    server.post("/api/customers", "{'id': 'c', 'name': 'Ada'}");
    List<String> live;
    try (EventReader reader = server.open("/api/events?model=Order")) {
      reader.next();
      server.post("/api/orders", "{'id': 'o', 'customer': 'c', 'total': 1}");
      server.patch("/api/orders/o", "{'total': 2}");
      server.patch("/api/customers/c", "{'open': false}");
      server.patch("/api/orders/o", "{'total': 3}");
      server.patch("/api/customers/c", "{'open': true}");
      server.patch("/api/orders/o", "{'total': 4}");
      server.batch(
          "{'method': 'PATCH', 'path': '/api/orders/o', 'body': {'total': 5}}",
          "{'method': 'PATCH', 'path': '/api/customers/c', 'body': {'open': false}}");
      live = reader.lines(4);
    }
    assertThat(live)
        .containsExactly(
            "2.0 CREATE Order o", "3.0 UPDATE Order o", "7.0 UPDATE Order o", "8.0 gone Order o");
    try (EventReader reader = server.open("/api/events?model=Order&after=1")) {
      reader.next();
      assertThat(reader.lines(4)).isEqualTo(live);
    }
  }

  @Test
  void changesOfAModelWithoutHistoryAreToldLongAfterwardsToo() {
    List<Event> live = new ArrayList<>();
    try (EventReader reader = server.open("/api/events?model=Beat")) {
      reader.next();
      writeBeats();
      for (int i = 0; i < 6; i++) {
        live.add(reader.next());
      }
    }
    assertThat(live.stream().map(Event::line))
        .containsExactly(
            "1.0 CREATE Beat b",
            "2.0 UPDATE Beat b",
            "3.0 gone Beat b",
            "5.0 UPDATE Beat b",
            "6.0 UPDATE Beat b",
            "7.0 DELETE Beat b");
    assertThat(live.get(3).data()).containsEntry("changed", List.of("rate"));
    try (EventReader reader = server.open("/api/events?model=Beat&after=0")) {
      reader.next();
      for (Event event : live) {
        assertThat(reader.next()).isEqualTo(event);
      }
    }
  }

  @Test
  void aRoomWithoutHistoryThatOpensLaterTellsNoChangeOfBefore() {
    server.post("/api/rooms", "{'id': 'r', 'open': false}");
    server.post("/api/talks", "{'id': 't', 'room': 'r', 'text': 'secret'}");
    server.patch("/api/rooms/r", "{'open': true}");
    try (EventReader live = server.open("/api/events?model=Talk");
        EventReader past = server.open("/api/events?model=Talk&after=0")) {
      live.next();
      past.next();
      server.patch("/api/talks/t", "{'text': 'said'}");
      Event told = live.next();
      assertThat(told.line()).isEqualTo("4.0 UPDATE Talk t");
      assertThat(past.next()).isEqualTo(told);
    }
  }

  private void writeBeats() {
    server.post("/api/beats", "{'id': 'b', 'rate': 60, 'label': 'rest'}");
    server.patch("/api/beats/b", "{'rate': 70, 'label': null}");
    server.patch("/api/beats/b", "{'rate': 160}");
    server.patch("/api/beats/b", "{'rate': 170}");
    server.patch("/api/beats/b", "{'rate': 80}");
    server.patch("/api/beats/b", "{'label': 'again'}");
    server.delete("/api/beats/b");
  }

  @Test
  void aReaderThatComesBackAtAnyPlaceIsToldTheRestAsIfItHadNeverLeft() {
    List<Event> all = new ArrayList<>();
    try (EventReader reader = server.open("/api/events")) {
      all.add(reader.next());
      for (int i = 0; i < 4; i++) {
        server.batch(
            "{'method': 'POST', 'path': '/api/notes', 'body': {'id': 'a%d'}}".formatted(i),
            "{'method': 'POST', 'path': '/api/notes', 'body': {'id': 'h%d', 'shown': false}}"
                .formatted(i),
            "{'method': 'PATCH', 'path': '/api/notes/a%d', 'body': {'text': 'x'}}".formatted(i),
            "{'method': 'PATCH', 'path': '/api/notes/a%d', 'body': {'shown': false}}".formatted(i),
            "{'method': 'POST', 'path': '/api/hiddens', 'body': {}}",
            "{'method': 'POST', 'path': '/api/customers', 'body': {'name': 'b'}}");
        server.post("/api/customers", "{'id': 'c%d', 'name': 'c'}".formatted(i));
      }
      for (int i = 0; i < 20; i++) {
        all.add(reader.next());
      }
    }
    assertThat(all.subList(1, 6).stream().map(event -> event.id() + " " + event.name()))
        .containsExactly("1.0 change", "1.2 change", "1.3 gone", "1.5 change", "2.0 change");
    for (int i = 0; i < all.size(); i++) {
      try (EventReader reader = server.open("/api/events", "Last-Event-ID", all.get(i).id())) {
        assertThat(reader.next().id()).isEqualTo(all.get(i).id());
        for (Event missed : all.subList(i + 1, all.size())) {
          assertThat(reader.next()).isEqualTo(missed);
        }
      }
    }
  }

  @Test
  void theHeaderOfAClientThatComesBackGoesBeforeItsFirstAddress() {
    server.post("/api/customers", "{'name': 'one'}");
    server.post("/api/customers", "{'name': 'two'}");
    try (EventReader reader = server.open("/api/events?after=0", "Last-Event-ID", "1.0")) {
      assertThat(reader.next().id()).isEqualTo("1.0");
      assertThat(reader.next().id()).isEqualTo("2.0");
    }
  }

  @Test
  void manyModelsAreNamedByCommaOrOneByOneAndNoneMeansAllThatMayBeRead() {
    for (String query :
        List.of("?model=Note,Customer&after=0", "?model=Note&model=Customer&after=0")) {
      if (query.startsWith("?model=Note,")) {
        server.post("/api/beats", "{'rate': 1}");
        server.post("/api/notes", "{'id': 'n'}");
        server.post("/api/hiddens", "{}");
        server.post("/api/customers", "{'id': 'c', 'name': 'c'}");
      }
      try (EventReader reader = server.open("/api/events" + query)) {
        reader.next();
        assertThat(reader.lines(2)).containsExactly("2.0 CREATE Note n", "4.0 CREATE Customer c");
      }
    }
    try (EventReader reader = server.open("/api/events?after=1")) {
      reader.next();
      assertThat(reader.lines(2)).containsExactly("2.0 CREATE Note n", "4.0 CREATE Customer c");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "?model=Nope | 400 | 'Nope' is not a model.",
        "?model=Nte | 400 | Did you mean 'Note'?",
        "?model=Hidden | 403 | No rule allows anybody to read Hidden",
        "?models=Note | 400 | is not a parameter here; there are model, filter, after",
        "?filter=true | 400 | needs exactly one model",
        "?model=Note,Beat&filter=true | 400 | needs exactly one model",
        "?model=Note&filter=nope%20%3D%3D%201 | 400 | at line 1, column 1",
        "?model=Note&filter=secret%20%3D%3D%20'x' | 400 | which you may not read on every record",
        "?after=1 | 400 | is beyond the end of the log, which is at position 0",
        "?after=0.1.2 | 400 | must be the id of an event, such as 4711 or 4711.2",
        "?after=-1 | 400 | must be the id of an event",
        "?after=99999999999999999999 | 400 | must be the id of an event",
        "?after=0&after=0 | 400 | given more than once"
      })
  void aRequestThatCannotBeFollowedIsRefused(String query, int status, String says) {
    HttpResponse<String> reply = server.send(server.to("/api/events" + query.replace("'", "%27")));
    assertThat(reply.statusCode()).isEqualTo(status);
    assertThat(reply.body()).contains(says);
    assertThat(server.feed().subscribers()).isZero();
  }

  @Test
  void onlyGetHasAStream() {
    HttpResponse<String> head = server.send(server.to("/api/events").HEAD());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().map())
        .containsEntry("content-type", List.of("text/event-stream"))
        .containsEntry("cache-control", List.of("no-store"))
        .containsEntry("x-accel-buffering", List.of("no"));
    Patience.until("nobody listens any more", () -> server.feed().subscribers() == 0);
    HttpResponse<String> post =
        server.send(server.to("/api/events").POST(BodyPublishers.ofString("{}")));
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD, OPTIONS");
  }

  @Test
  void aStreamGoesOverHttp2Too() {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        EventReader reader = EventReader.open(client, server.port(), "/api/events")) {
      assertThat(reader.response().version()).isEqualTo(HttpClient.Version.HTTP_2);
      reader.next();
      server.post("/api/customers", "{'id': 'c', 'name': 'c'}");
      assertThat(reader.next().line()).isEqualTo("1.0 CREATE Customer c");
    }
  }

  @Test
  void aStopEndsEveryStreamAtOnceAndSaysSo() {
    try (EventReader reader = server.open("/api/events")) {
      reader.next();
      long start = System.nanoTime();
      server.close();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isLessThan(Duration.ofSeconds(LiveServer.GRACE_SECONDS / 2));
      server = LiveServer.start(SCHEMA);
      Event end = reader.next();
      assertThat(end.name()).isEqualTo("end");
      assertThat(end.data()).containsEntry("code", "OVERLOADED");
      assertThat(reader.next()).isEqualTo(Event.CLOSED);
    }
  }

  @Test
  void anotherSchemaEndsTheStreamsAndTheRestIsToldInItsTerms() {
    String schema = "type Word @model @auth(rules: [{allow: public}]) { name: String! }";
    try (TestServer app = TestServer.start(schema)) {
      try (EventReader reader = EventReader.open(app.port(), "/api/events")) {
        reader.next();
        app.send("POST", "/api/words", Map.of(), "{\"id\": \"w\", \"name\": \"one\"}");
        app.send("PUT", "/api/words/w", Map.of(), "{\"name\": \"two\"}");
        app.send("DELETE", "/api/words/w", Map.of(), "");
        assertThat(reader.lines(3)).last().isEqualTo("3.0 DELETE Word w");
        app.reload(schema.replace("name: String!", "title: String! @renamedFrom(name: \"name\")"));
        assertThat(reader.next().name()).isEqualTo("end");
      }
      try (EventReader reader = EventReader.open(app.port(), "/api/events?after=1")) {
        reader.next();
        Event renamed = reader.next();
        assertThat(renamed.data()).containsEntry("changed", List.of("title"));
        assertThat((Map<?, ?>) renamed.data().get("record")).extracting("title").isEqualTo("two");
        assertThat(reader.next().line()).isEqualTo("3.0 DELETE Word w");
        app.send("POST", "/api/words", Map.of(), "{\"id\": \"v\", \"title\": \"new\"}");
        assertThat(reader.next().line()).isEqualTo("4.0 CREATE Word v");
      }
    }
  }

  private Object json(String target) {
    String body = server.send(server.to(target)).body();
    return Objects.requireNonNull(Json.read(body.getBytes(StandardCharsets.UTF_8)));
  }
}
