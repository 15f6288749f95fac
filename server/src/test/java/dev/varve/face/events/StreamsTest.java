package dev.varve.face.events;

import static dev.varve.face.events.EventReader.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.events.EventReader.Event;
import dev.varve.identity.account.SecurityEvents;
import dev.varve.kernel.Patience;
import dev.varve.lane.access.Caller;
import dev.varve.lane.live.CommittedQueue;
import dev.varve.lane.live.Feed;
import dev.varve.lane.live.FeedPosition;
import dev.varve.lane.live.Interest;
import dev.varve.lane.live.LiveSettings;
import dev.varve.lane.live.Subscription;
import dev.varve.net.edge.HttpFixture;
import dev.varve.net.edge.HttpSettings;
import dev.varve.node.OpenEngine;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Streams that last: signs of life, rights that change meanwhile, readers that are slow, many or stuck.
final class StreamsTest {
  private static final String SCHEMA =
      """
      type Person @model @auth(rules: [{allow: public}]) {
        name: String!
        boss: Boolean! @default(value: false)
      }
      type Note @model @auth(rules: [{allow: where, when: "record.shown", operations: [READ]}]) {
        text: String @length(max: 100000)
        number: Int
        shown: Boolean! @default(value: true)
      }
      """;
  private static final LiveSettings IMPATIENT = new LiveSettings(1, 2_000, 2_000, 2_000, 64 << 20);
  private static final LiveSettings PATIENT =
      new LiveSettings(3_600, 2_000, 2_000, 2_000, 64 << 20);

  @Test
  void aSilentStreamGivesSignsOfLifeThatMoveItsReaderOn() throws Exception {
    try (LiveServer server = LiveServer.start(SCHEMA, IMPATIENT);
        EventReader reader = server.open("/api/events?model=Note")) {
      assertThat(reader.next().id()).isEqualTo("0");
      server.post("/api/notes", "{'shown': false}");
      server.post("/api/people", "{'name': 'Ada'}");
      Patience.until("a sign of life at 2", () -> reader.lastId().equals("2"));
      server.post("/api/notes", "{'id': 'n'}");
      assertThat(reader.next().line()).isEqualTo("3.0 CREATE Note n");
    }
  }

  @Test
  void aStreamEndsWhenTheTokenOfItsCallerHasExpired() {
    try (LiveServer server = LiveServer.start(SCHEMA, IMPATIENT)) {
      server.post("/api/people", "{'id': 'p', 'name': 'Ada'}");
      server.signIn("token", "p");
      try (EventReader reader = server.open("/api/events", "Authorization", "token")) {
        reader.next();
        server.expire("token");
        Event end = reader.next();
        assertThat(end.name()).isEqualTo("end");
        assertThat(end.data())
            .containsEntry("code", "TOKEN_EXPIRED")
            .containsEntry("message", "The token has expired");
        assertThat(reader.next()).isEqualTo(Event.CLOSED);
      }
      awaitSubscribers(server, 0);
    }
  }

  @Test
  void aStreamEndsAtTheChangeThatRemovesTheAccountOfItsCaller() {
    try (LiveServer server = LiveServer.start(SCHEMA, PATIENT)) {
      server.post("/api/people", "{'id': 'p', 'name': 'Ada'}");
      server.signIn("token", "p");
      try (EventReader reader = server.open("/api/events?model=Note", "Authorization", "token")) {
        reader.next();
        server.delete("/api/people/p");
        assertThat(reader.next().data()).containsEntry("code", "UNAUTHENTICATED");
      }
    }
  }

  @Test
  void aStreamGoesOnWithTheRightsThatItsCallerHasNow() {
    try (LiveServer server = LiveServer.start(SCHEMA, PATIENT)) {
      server.post("/api/people", "{'id': 'p', 'name': 'Ada', 'boss': true}");
      server.signIn("token", "p");
      try (EventReader reader = server.open("/api/events?model=Note", "Authorization", "token")) {
        reader.next();
        // its rights are those of the moment at which it looks: each line is waited for before they
        // change
        server.post("/api/notes", "{'id': 'a', 'shown': false}");
        assertThat(reader.lines(1)).containsExactly("2.0 CREATE Note a");
        server.patch("/api/people/p", "{'boss': false}");
        server.post("/api/notes", "{'id': 'b', 'shown': false}");
        server.post("/api/notes", "{'id': 'c'}");
        assertThat(reader.lines(1)).containsExactly("5.0 CREATE Note c");
        server.patch("/api/people/p", "{'boss': true}");
        server.post("/api/notes", "{'id': 'd', 'shown': false}");
        assertThat(reader.lines(1)).containsExactly("7.0 CREATE Note d");
      }
    }
  }

  @Test
  void streamsAreBoundedForEachCallerAndInAll() throws Exception {
    try (LiveServer server = LiveServer.start(SCHEMA, new LiveSettings(1, 3, 2, 4, 64 << 20))) {
      server.post("/api/people", "{'id': 'p', 'name': 'Ada'}");
      server.signIn("token", "p");
      try (EventReader first = server.open("/api/events");
          EventReader second = server.open("/api/events")) {
        HttpResponse<String> third = server.send(server.to("/api/events"));
        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(third.body())
            .contains("You have 2 streams open", "live.subscribersPerCallerMax");
        try (EventReader own = server.open("/api/events", "Authorization", "token")) {
          own.next();
          HttpResponse<String> fourth =
              server.send(server.to("/api/events").header("Authorization", "operator"));
          assertThat(fourth.statusCode()).isEqualTo(503);
          assertThat(fourth.body()).contains("There are 3 streams open", "live.subscribersMax");
        }
        first.next();
        second.next();
      }
      awaitSubscribers(server, 0);
      server.open("/api/events").close();
    }
  }

  @Test
  void aNetworkHasItsShareWhoeverAsks() throws Exception {
    try (LiveServer server = LiveServer.start(SCHEMA, new LiveSettings(1, 10, 10, 3, 64 << 20))) {
      List<EventReader> open = new ArrayList<>();
      for (String person : List.of("a", "b", "c", "d")) {
        server.post("/api/people", "{'id': '%s', 'name': 'One of many'}".formatted(person));
        server.signIn(person, person);
      }
      for (String person : List.of("a", "b", "c")) {
        open.add(server.open("/api/events", "Authorization", person));
      }
      HttpResponse<String> refused =
          server.send(server.to("/api/events").header("Authorization", "d"));
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body())
          .contains("Your network has 3 streams open", "live.subscribersPerNetworkMax");
      assertThat(server.feed().subscribers()).isEqualTo(3);
      open.forEach(EventReader::close);
      awaitSubscribers(server, 0);
      server.open("/api/events", "Authorization", "d").close();
    }
  }

  @Test
  void aReaderThatStopsReadingCostsNobodyAnythingAndMissesNothing() throws Exception {
    int notes = 120;
    try (LiveServer server =
            LiveServer.start(SCHEMA, new LiveSettings(3_600, 10, 10, 10, 256 * 1024));
        Socket stuck = request(server);
        EventReader reader = server.open("/api/events?model=Note")) {
      reader.next();
      String text = "x".repeat(60_000);
      long keptMax = 0;
      for (int i = 0; i < notes; i++) {
        server.post("/api/notes", "{'number': %d, 'text': '%s'}".formatted(i, text));
        keptMax = Math.max(keptMax, server.feed().keptBytes());
      }
      assertThat(keptMax).isLessThanOrEqualTo(256 * 1024 + 64 * 1024);
      for (int i = 0; i < notes; i++) {
        assertThat(reader.next().id()).isEqualTo(i + 1 + ".0");
      }
      List<String> expected = new ArrayList<>();
      for (int i = 1; i <= notes; i++) {
        expected.add(i + ".0");
      }
      assertThat(ids(stuck, notes)).isEqualTo(expected);
    }
  }

  /// A client that asks for the stream and reads nothing of it for now.
  private static Socket request(LiveServer server) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    socket
        .getOutputStream()
        .write(
            "GET /api/events?model=Note HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static List<String> ids(Socket socket, int count) throws IOException {
    Pattern id = Pattern.compile("id: (\\d+\\.\\d+)\n");
    List<String> ids = new ArrayList<>();
    InputStream in = socket.getInputStream();
    socket.setSoTimeout(Patience.MILLIS);
    // from here on it takes what comes
    socket.setReceiveBufferSize(1 << 20);
    byte[] buffer = new byte[64 * 1024];
    String rest = "";
    while (ids.size() < count) {
      int length = in.read(buffer);
      String text = rest + new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
      Matcher matcher = id.matcher(text);
      int end = 0;
      while (matcher.find()) {
        ids.add(matcher.group(1));
        end = matcher.end();
      }
      rest = text.substring(Math.max(end, text.length() - 40));
    }
    return ids;
  }

  @Test
  void aConnectionThatTakesNothingIsClosedInTheEnd() throws Exception {
    HttpSettings http =
        HttpFixture.settings(
            "127.0.0.1", 0, 1 << 22, 16_384, 8_192, 64, 64, 2_000, 4_096, 60, 30, 1, 10, "");
    try (LiveServer server = LiveServer.start(SCHEMA, PATIENT, http);
        Socket stuck = request(server)) {
      awaitSubscribers(server, 1);
      String text = "x".repeat(90_000);
      for (int i = 0; i < 60; i++) {
        server.post("/api/notes", "{'text': '%s'}".formatted(text));
      }
      awaitSubscribers(server, 0);
      assertThat(stuck.isConnected()).isTrue();
    }
  }

  @Test
  void manyReadersWithFewRulesAreServedInAsManyGroupsAsThereAreRules() {
    int readers = 200;
    int rules = 10;
    List<EventReader> open = new ArrayList<>();
    try (LiveServer server = LiveServer.start(SCHEMA, PATIENT)) {
      for (int i = 0; i < readers; i++) {
        String filter = encoded("number >= " + i % rules);
        open.add(server.open("/api/events?model=Note&filter=" + filter));
      }
      assertThat(server.feed().subscribers()).isEqualTo(readers);
      assertThat(server.feed().groupCount()).isEqualTo(rules);
      for (int number = 0; number < rules; number++) {
        server.post("/api/notes", "{'id': 'n%d', 'number': %d}".formatted(number, number));
      }
      for (int i = 0; i < readers; i++) {
        EventReader reader = open.get(i);
        reader.next();
        for (int number = i % rules; number < rules; number++) {
          assertThat(reader.next().data()).containsEntry("id", "n" + number);
        }
      }
    } finally {
      open.forEach(EventReader::close);
    }
  }

  @Test
  void accountsShareAGroupUnlessARuleLooksAtTheAccount() {
    String schema =
        """
        type Person @model @account @auth(rules: [{allow: public}]) { name: String! }
        type Bulletin @model @auth(rules: [{allow: authenticated}]) { text: String }
        type Diary @model @auth(rules: [{allow: owner, ownerField: "person"}]) {
          person: Person! @relation
          text: String
        }
        """;
    List<EventReader> open = new ArrayList<>();
    try (LiveServer server = LiveServer.start(schema, PATIENT)) {
      for (int i = 0; i < 5; i++) {
        server.post(
            "/api/people",
            "{'id': 'p%d', 'email': 'p%1$d@example.com', 'name': 'Ada'}".formatted(i));
        server.signIn("token" + i, "p" + i);
        open.add(server.open("/api/events?model=Bulletin", "Authorization", "token" + i));
      }
      assertThat(server.feed().groupCount()).isEqualTo(1);
      for (int i = 0; i < 5; i++) {
        open.add(server.open("/api/events?model=Diary", "Authorization", "token" + i));
      }
      assertThat(server.feed().groupCount()).isEqualTo(6);
      open.forEach(EventReader::next);
      server.post("/api/bulletins", "{'id': 'b'}");
      server.post("/api/diaries", "{'id': 'd', 'person': 'p3'}");
      server.post("/api/diaries", "{'id': 'e', 'person': 'p4'}");
      for (EventReader reader : open.subList(0, 5)) {
        assertThat(reader.next().line()).endsWith("CREATE Bulletin b");
      }
      assertThat(open.get(8).next().line()).endsWith("CREATE Diary d");
      assertThat(open.get(9).next().line()).endsWith("CREATE Diary e");
    } finally {
      open.forEach(EventReader::close);
    }
  }

  @Test
  void aChangeOfTheCallerWhileItsRightsAreLookedUpIsLookedAtAgain() {
    try (LiveServer server = LiveServer.start(SCHEMA, PATIENT)) {
      server.post("/api/people", "{'id': 'p', 'name': 'Ada', 'boss': true}");
      server.signIn("token", "p");
      Interest notes =
          new Interest(List.of(server.engine().schema().require("Note")), true, Optional.empty());
      FeedPosition end = FeedPosition.behind(server.feed().head());
      try (Subscription subscription =
          server.feed().subscribe(server.caller("token"), "p", notes, end)) {
        subscription.renew(() -> {
          Caller before = server.caller("token");
          server.patch("/api/people/p", "{'boss': false}");
          Patience.until("the caller has changed", subscription::callerChanged);
          return before;
        });
        assertThat(subscription.callerChanged()).isTrue();
      }
    }
  }

  @Test
  void theFeedGoesOnAfterAnError() throws Exception {
    try (LiveServer server = LiveServer.start(SCHEMA, PATIENT)) {
      OpenEngine engine = server.engine();
      AtomicBoolean failing = new AtomicBoolean(true);
      Clock clock =
          new Clock() {
            @Override
            public Instant instant() {
              if (failing.getAndSet(false)) {
                throw new StackOverflowError("made by a test");
              }
              return Instant.now();
            }

            @Override
            public ZoneId getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
              return this;
            }
          };
      Interest notes =
          new Interest(List.of(engine.schema().require("Note")), true, Optional.empty());
      try (Feed feed =
              new Feed(
                      engine.applied(),
                      engine.access(),
                      engine.database(),
                      engine.log(),
                      new CommittedQueue(),
                      clock,
                      PATIENT,
                      ServerSentEvent::notice,
                      SecurityEvents::told)
                  .start();
          Subscription subscription =
              feed.subscribe(Caller.ANONYMOUS, "reader", notes, FeedPosition.behind(feed.head()))) {
        server.post("/api/notes", "{'id': 'n'}");
        assertThat(subscription.next(Duration.ofSeconds(Patience.SECONDS).toNanos()).frames())
            .hasSize(1);
      }
      assertThat(failing).isFalse();
    }
  }

  @Test
  void aClientThatGoesBeforeItsStreamBeginsLeavesNoneOpen() throws Exception {
    try (LiveServer server = LiveServer.start(SCHEMA, PATIENT);
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      // the upgrade from HTTP/1.1
      client.send(server.to("/api/people").build(), BodyHandlers.ofString());
      HttpRequest request =
          server
              .to("/api/events")
              // a body that is announced and never comes
              .method("GET", BodyPublishers.fromPublisher(_ -> {}))
              .build();
      CompletableFuture<?> answer = client.sendAsync(request, BodyHandlers.ofInputStream());
      awaitSubscribers(server, 1);
      answer.cancel(true);
      awaitSubscribers(server, 0);
    }
  }

  private static void awaitSubscribers(LiveServer server, int count) {
    Patience.until(count + " subscribers", () -> server.feed().subscribers() == count);
  }
}
