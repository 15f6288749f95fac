package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A server with little memory, which dies of the first allocation that fails, attacked in every way that is meant to
/// fill it: it refuses, closes or waits, serves everybody else, and holds as little afterwards as before.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(1)
final class SmallHeapTest {
  private static final long MEBIBYTE = 1024 * 1024;
  private static final long GROWTH_MAX = 16 * MEBIBYTE;
  private static final String GRAPHQL = "application/graphql-response+json";

  private static final String SCHEMA =
      """
      type Note @model(cache: {max: 500}) @auth(rules: [{allow: public}]) {
        text: String
        number: Int
        parent: Note
        notes: [Note!]! @hasMany(by: "parent")
      }
      """;
  private static final String SETTINGS =
      """
      live:
        bufferBytesMax: 4194304
        subscribersPerCallerMax: 1000
        subscribersPerNetworkMax: 300
      auth:
        password:
          memoryKibibytes: 7168
          iterations: 1
      """;

  @TempDir static Path folder;

  private ServerProcess server;
  private long heapBefore;

  @BeforeAll
  void start() throws Exception {
    Files.writeString(folder.resolve("schema.graphql"), SCHEMA);
    Files.writeString(folder.resolve("varve.yaml"), SETTINGS);
    server =
        ServerProcess.serve(
            folder, folder.resolve("data"), "-Xmx96m", "-XX:+ExitOnOutOfMemoryError");
    // what is made once, such as the types of GraphQL
    create("warm", "x");
    ask("{ notes { id } }");
    heapBefore = server.heapBytes();
  }

  @AfterEach
  void isAsItWas() throws Exception {
    assertThat(server.isAlive()).as("alive: %s", last(server.said())).isTrue();
    HttpResponse<String> usual = ask("{ notes(limit: 1) { id } }");
    assertThat(usual.statusCode()).as(usual.body()).isEqualTo(200);
    // the ends of all connections have not come to the server at once
    Patience.until(
        "the heap holds little more than the %,d bytes at first".formatted(heapBefore),
        () -> heapBytes() < heapBefore + GROWTH_MAX);
    assertThat(server.said()).noneMatch(line -> line.contains("OutOfMemoryError"));
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private long heapBytes() {
    try {
      return server.heapBytes();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String last(List<String> lines) {
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  private void create(String id, String text) throws Exception {
    String body = "{\"id\":\"%s\",\"text\":\"%s\"}".formatted(id, text);
    Patience.until("the note %s is created".formatted(id), () -> isCreated(body));
  }

  private boolean isCreated(String body) {
    try {
      HttpResponse<String> created = server.send("POST", "/api/notes", body);
      if (created.statusCode() == 503) {
        assertThat(created.headers().firstValue("Retry-After")).contains("1");
        return false;
      }
      assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
      return true;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private HttpResponse<String> ask(String document) throws Exception {
    return post(json(Map.of("query", document)));
  }

  private HttpResponse<String> post(String body) throws Exception {
    return server.send("POST", "/graphql", body, "Accept", GRAPHQL);
  }

  private static String json(Object value) {
    return new String(Json.bytes(json -> Json.write(json, value)), StandardCharsets.UTF_8);
  }

  private static String many(int count, String text) {
    return IntStream.range(0, count)
        .mapToObj(i -> text.replace("#", Integer.toString(i)))
        .collect(Collectors.joining(" "));
  }

  private static String subscribe(String id, String document) {
    return json(Map.of("type", "subscribe", "id", id, "payload", Map.of("query", document)));
  }

  @Test
  void subscribersThatNeverReadHoldNothingAndMissNothing() throws Exception {
    String changes = "subscription { noteChanged { cursor record { id text } } }";
    List<RawClient> stuck = new ArrayList<>();
    try {
      for (int i = 0; i < 10; i++) {
        RawClient socket = RawClient.socket(server.port());
        stuck.add(socket);
        for (int operation = 0; operation < 20; operation++) {
          socket.say(subscribe("s" + operation, changes));
        }
      }
      for (int i = 0; i < 20; i++) {
        stuck.add(RawClient.get(server.port(), "/api/events?model=Note", "text/event-stream"));
        stuck.add(
            RawClient.get(
                server.port(),
                "/graphql?query=" + URLEncoder.encode(changes, StandardCharsets.UTF_8),
                "text/event-stream"));
      }
      long from = position();
      String text = "x".repeat(200_000);
      int notes = 100;
      for (int i = 0; i < notes; i++) {
        create("stuck" + i, text);
      }
      long heap = server.heapBytes();
      assertThat(heap).isLessThan(heapBefore + 2 * GROWTH_MAX);
      // those that hold most are not waited for
      assertThat(stuck.stream().anyMatch(RawClient::isClosed)).isTrue();
      List<String> told = new ArrayList<>();
      try (RawClient back = RawClient.socket(server.port()).reading()) {
        back.say(
            subscribe(
                "again",
                "subscription { noteChanged(after: \"%d\") { record { id } } }".formatted(from)));
        for (int i = 0; i < notes; i++) {
          told.add(back.heard().replaceAll(".*\"id\":\"(stuck\\d+)\".*", "$1"));
        }
      }
      assertThat(told).isEqualTo(IntStream.range(0, notes).mapToObj(i -> "stuck" + i).toList());
    } finally {
      for (RawClient client : stuck) {
        client.close();
      }
    }
  }

  private long position() throws Exception {
    return Long.parseLong(
        ask("{ notes { id } }").body().replaceAll("(?s).*\"position\":(\\d+).*", "$1"));
  }

  /// Carries out the same from many threads at once.
  private static <T> List<T> atOnce(int threads, int times, Call<T> call) throws Exception {
    List<T> results = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<T>> running = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        int number = i;
        running.add(executor.submit(() -> call.of(number)));
      }
      for (Future<T> future : running) {
        results.add(future.get());
      }
    }
    return results;
  }

  private interface Call<T> {
    T of(int number) throws Exception;
  }

  @Test
  void pagesOfLargeRecordsEndEarlyAndWhatIsTooLargeIsRefused() throws Exception {
    for (int i = 0; i < 40; i++) {
      create("large" + i, "y".repeat(900_000));
    }
    String all = "{ notes(limit: 500, where: {text: {startsWith: \"y\"}}) { id text } }";
    HttpResponse<String> page = ask(all);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("cursor").hasSizeBetween(900_000, 2_000_000);
    HttpResponse<String> pages = ask("{ " + many(10, "a#: notes(limit: 500) { text }") + " }");
    assertThat(pages.body()).contains("TOO_LARGE", "ask for fewer").hasSizeLessThan(10_000_000);
    HttpResponse<String> multiplied =
        ask("{ note(id: \"large0\") { " + many(40, "a#: text") + " } }");
    assertThat(multiplied.statusCode()).as(multiplied.body()).isEqualTo(413);
    HttpResponse<String> list = server.send("GET", "/api/notes?limit=500", "");
    assertThat(list.statusCode()).isEqualTo(200);
    assertThat(list.body()).contains("nextCursor").hasSizeBetween(900_000, 2_000_000);
    assertThat(atOnce(32, 64, i -> i % 2 == 0 ? ask(all).body() : several(all)))
        .allSatisfy(
            body -> assertThat(body.length() < 2_000_000 || body.contains("TOO_LARGE")).isTrue());
    // a page of few is given
    assertThat(ask("{ note(id: \"large0\") { text } }").statusCode()).isEqualTo(200);
  }

  /// The answers to ten times the same in one array.
  private String several(String document) throws Exception {
    return post(json(Collections.nCopies(10, Map.of("query", document)))).body();
  }

  @Test
  void answersThatNobodyTakesAreBrokenOff() throws Exception {
    for (int i = 0; i < 2; i++) {
      create("answer" + i, "z".repeat(900_000));
    }
    List<RawClient> stuck = new ArrayList<>();
    try {
      for (int i = 0; i < 150; i++) {
        stuck.add(RawClient.get(server.port(), "/api/notes/answer" + i % 2, "application/json"));
        stuck.add(
            RawClient.get(
                server.port(),
                "/api/notes?limit=2&sort=-createdAt&number[isNull]=true&fields=text",
                "application/json"));
      }
      isServed();
    } finally {
      closeAll(stuck);
    }
  }

  private void isServed() throws Exception {
    for (int i = 0; i < 20; i++) {
      HttpResponse<String> usual = ask("{ note(id: \"warm\") { id } }");
      assertThat(usual.statusCode()).as(usual.body()).isEqualTo(200);
      Thread.sleep(50);
    }
  }

  private static void closeAll(List<RawClient> clients) throws IOException {
    for (RawClient client : clients) {
      client.close();
    }
  }

  @Test
  void jsonOfManyValuesIsRefused() throws Exception {
    for (String element : List.of("{},", "[],", "{\"a\":1},", "\"\",")) {
      String values = element.repeat(950_000 / element.length());
      String body =
          "{\"query\":\"{ notes(limit: 1) { id } }\",\"variables\":{\"a\":[%snull]}}"
              .formatted(values);
      assertThat(atOnce(8, 16, _ -> post(body).statusCode())).isSubsetOf(413, 503);
    }
    String deep = "[".repeat(100_000);
    assertThat(post(deep).statusCode()).isEqualTo(400);
  }

  @Test
  void bodiesThatComeSlowlyAreBounded() throws Exception {
    List<RawClient> slow = new ArrayList<>();
    byte[] most = new byte[900_000];
    java.util.Arrays.fill(most, (byte) ' ');
    try {
      for (int i = 0; i < 100; i++) {
        RawClient client = RawClient.open(server.port());
        slow.add(client);
        String framing =
            i % 2 == 0
                ? "Content-Length: 1000000\r\n\r\n"
                : "Transfer-Encoding: chunked\r\n\r\ndbba1\r\n";
        client.send(
            "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + framing);
        try {
          client.send(most);
        } catch (IOException closed) {
          // it was refused before it was sent whole
        }
      }
      isServed();
      assertThat(slow.get(98).head()).contains("HTTP/1.1 503 ", "Retry-After: 1");
    } finally {
      closeAll(slow);
    }
  }

  @Test
  void messagesThatNeverEndAreBounded() throws Exception {
    List<RawClient> sockets = new ArrayList<>();
    byte[] begun = RawClient.frame(0x01, "x".repeat(900_000));
    try {
      int refused = 0;
      for (int i = 0; i < 60; i++) {
        RawClient socket = RawClient.socket(server.port());
        sockets.add(socket);
        try {
          socket.send(begun);
        } catch (IOException closed) {
          refused++;
        }
      }
      isServed();
      assertThat(refused + sockets.getLast().heard()).contains("closed 1013");
    } finally {
      closeAll(sockets);
    }
  }

  @Test
  void messagesInManySmallFramesAreBounded() throws Exception {
    List<RawClient> sockets = new ArrayList<>();
    byte[] piece = RawClient.frame(0x00, "x".repeat(4_000));
    ByteArrayOutputStream begun = new ByteArrayOutputStream();
    begun.writeBytes(RawClient.frame(0x01, "x"));
    IntStream.range(0, 240).forEach(_ -> begun.writeBytes(piece));
    try {
      int refused = 0;
      for (int i = 0; i < 100; i++) {
        RawClient socket = RawClient.socket(server.port());
        sockets.add(socket);
        try {
          socket.send(begun.toByteArray());
        } catch (IOException closed) {
          refused++;
        }
      }
      isServed();
      assertThat(refused + heard(sockets.getLast())).contains("closed 1013");
    } finally {
      closeAll(sockets);
    }
  }

  @Test
  void messagesOfVeryManyValuesAreBounded() throws Exception {
    List<RawClient> sockets = new ArrayList<>();
    String values = "[" + "[],".repeat(300_000) + "[]]";
    byte[] message =
        RawClient.frame(
            0x81,
            "{\"type\":\"subscribe\",\"id\":\"v\",\"payload\":{\"query\":\"{ notes { id } }\",\"extensions\":{\"v\":%s}}}"
                .formatted(values));
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        sockets.add(RawClient.socket(server.port()));
      }
      sockets.forEach(socket ->
          senders.execute(() -> {
            try {
              socket.send(message);
            } catch (IOException closed) {
              // what it is told is looked at below
            }
          }));
    }
    try {
      isServed();
      for (RawClient socket : sockets) {
        assertThat(heard(socket)).containsAnyOf("closed 1013", "\"next\"", "\"error\"");
      }
    } finally {
      closeAll(sockets);
    }
  }

  @Test
  void aChangeIsToldWithNoMoreThanARequestMayHold() throws Exception {
    create("parent", "x");
    for (int i = 0; i < 30; i++) {
      String body =
          "{\"id\":\"child%d\",\"parent\":\"parent\",\"text\":\"%s\"}"
              .formatted(i, "x".repeat(900_000));
      assertThat(server.send("POST", "/api/notes", body).statusCode()).isEqualTo(201);
    }
    try (RawClient socket = RawClient.socket(server.port())) {
      socket.say(
          subscribe(
              "s",
              "subscription { noteChanged(id: \"parent\", after: \"%d\") { record { notes(limit: 100) { text } } } }"
                  .formatted(position())));
      HttpResponse<String> changed = server.send("PATCH", "/api/notes/parent", "{\"number\":1}");
      assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
      assertThat(heard(socket)).containsAnyOf("TOO_LARGE", "OVERLOADED");
    } finally {
      for (int i = 0; i < 30; i++) {
        server.send("DELETE", "/api/notes/child" + i, "");
      }
    }
  }

  @Test
  void anAnswerOverASocketHoldsNoMoreThanOneOverHttp() throws Exception {
    // six times as long in JSON as in memory
    String text = "\\u0001".repeat(150_000);
    create("controls", "x");
    for (int i = 0; i < 25; i++) {
      String body =
          "{\"id\":\"control%d\",\"parent\":\"controls\",\"text\":\"%s\"}".formatted(i, text);
      assertThat(server.send("POST", "/api/notes", body).statusCode()).isEqualTo(201);
    }
    String document = "{ note(id: \"controls\") { notes(limit: 25) { text } } }";
    try (RawClient socket = RawClient.socket(server.port())) {
      assertThat(ask(document).statusCode()).isIn(413, 503);
      socket.say(subscribe("q", document));
      assertThat(heard(socket)).containsAnyOf("TOO_LARGE", "OVERLOADED");
    } finally {
      for (int i = 0; i < 25; i++) {
        server.send("DELETE", "/api/notes/control" + i, "");
      }
    }
  }

  @Test
  void framesWithoutSenseCloseTheirConnectionAlone() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < 100; i++) {
      try (RawClient socket = RawClient.socket(server.port())) {
        byte[] noise = new byte[1 + random.nextInt(4_000)];
        random.nextBytes(noise);
        // with a bit that is reserved, so that none of them makes sense by chance
        noise[0] |= 0x70;
        socket.send(noise);
        assertThat(socket.heard()).isEqualTo("closed 1002");
      } catch (java.net.SocketException reset) {
        // it was closed before all of it was sent
      }
    }
  }

  @Test
  void subscriptionsByTheThousandAreBoundedForASocketAndForANetwork() throws Exception {
    String document = "subscription { noteChanged { id } }";
    List<RawClient> sockets = new ArrayList<>();
    try {
      List<String> refusals = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        RawClient socket = RawClient.socket(server.port());
        sockets.add(socket);
        for (int operation = 0; operation < 1_000; operation++) {
          socket.say(subscribe("s" + operation, document));
        }
        // the first is heard before others take what is left to the network
        while (i == 0 && refusals.size() < 900) {
          refusals.add(socket.heard());
        }
      }
      assertThat(refusals).allMatch(refusal -> refusal.contains("at most 100 operations"));
      assertThat(IntStream.range(0, 910).mapToObj(_ -> heard(sockets.getLast())).toList())
          .anyMatch(refusal -> refusal.contains("live.subscribersPerNetworkMax"));
      HttpResponse<String> events = server.send("GET", "/api/events?model=Note", "");
      assertThat(events.statusCode()).isEqualTo(429);
      assertThat(events.body()).contains("live.subscribersPerNetworkMax");
    } finally {
      closeAll(sockets);
    }
    Patience.until(
        "there is room for another reader", () -> status("/api/events?model=Note") == 200);
  }

  private int status(String target) {
    try {
      return RawClient.status(server.port(), target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String heard(RawClient socket) {
    try {
      return socket.heard();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void operationsOverManySocketsAreServedInTurn() throws Exception {
    List<RawClient> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        sockets.add(RawClient.socket(server.port()));
      }
      // each text takes as much memory as a message may, and each is read by nobody yet
      String padding = " ".repeat(60_000);
      for (int operation = 0; operation < 20; operation++) {
        for (RawClient socket : sockets) {
          socket.say(subscribe("q" + operation, "{ notes(limit: 1) { id } }" + padding));
        }
      }
      isServed();
      for (RawClient socket : sockets) {
        for (int i = 0; i < 40; i++) {
          assertThat(heard(socket)).containsAnyOf("\"next\"", "\"complete\"");
        }
      }
    } finally {
      closeAll(sockets);
    }
  }

  @Test
  void documentsThatAreAllDifferentAreNotKept() throws Exception {
    // each is valid, of many tokens, and kept until others take its place
    List<Integer> statuses =
        atOnce(
            4,
            40,
            i ->
                ask("query Q%d { notes(limit: 1, where: {number: {in: [%s]}}) { id } }"
                        .formatted(i, "1,".repeat(9_900)))
                    .statusCode());
    assertThat(statuses).containsOnly(400);
  }

  @Test
  void persistedQueriesAreForgottenWhenThereAreTooMany() throws Exception {
    String first = registration(0);
    for (int i = 0; i < 60; i++) {
      assertThat(post(registration(i)).statusCode()).isEqualTo(200);
    }
    assertThat(post(first.replaceFirst("\"query\":\"[^\"]*\",", "")).body())
        .contains("PersistedQueryNotFound");
  }

  private static String registration(int number) throws Exception {
    String document = "{ notes(limit: 1) { id } }" + " ".repeat(60_000) + "#" + number;
    String hash =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(document.getBytes(StandardCharsets.UTF_8)));
    return "{\"query\":\"%s\",\"extensions\":{\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"%s\"}}}"
        .formatted(document, hash);
  }

  static Stream<String> documents() {
    return Stream.of(
        "{ note(id: \"warm\") " + "{ parent ".repeat(5_000) + "{ id }" + " }".repeat(5_000) + " }",
        "{ " + many(5_000, "a#: __typename") + " }",
        "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A ...A }",
        "{ ...F0 } "
            + many(40, "fragment F# on Query { ...G# ...G# } fragment G# on Query { __typename }"),
        "{ notes(limit: 1000000) { id } }",
        "{ notes(limit: 500) { notes(limit: 500) { notes(limit: 500) { id } } } }",
        "{ notesConnection(first: 2147483647) { edges { node { id } } } }",
        "{ __schema { types { fields { type { fields { type { name } } } } } } }",
        "{ notes(where: " + "{not: ".repeat(3_000) + "{}" + "}".repeat(3_000) + ") { id } }",
        "{ notes(where: {and: [" + "{number: {eq: 1}},".repeat(1_000) + "]}) { id } }",
        "{ notes(where: {number: {in: [" + "1,".repeat(9_000) + "]}}) { id } }",
        "{ __typename " + "@include(if: true) ".repeat(3_000) + " }",
        "{ " + "n".repeat(60_000) + " }",
        "{ note(id: \"" + "i".repeat(60_000) + "\") { nothing } }",
        "{ note(id: \"\"\"" + "\\n ".repeat(20_000) + "\"\"\") { nothing } }",
        "#" + "c".repeat(70_000) + "\n{ __typename }",
        "query(" + many(2_000, "$v#: Int") + ") { __typename }",
        "{".repeat(60_000),
        "[".repeat(60_000));
  }

  @Test
  void documentsThatAskForTooMuchAreRefusedByTheHundred() throws Exception {
    for (String document : documents().toList()) {
      String body = json(Map.of("query", document));
      for (HttpResponse<String> answer : atOnce(8, 16, _ -> post(body))) {
        assertThat(answer.statusCode())
            .as("%.100s: %.300s", document, answer.body())
            .isBetween(400, 499);
        assertThat(answer.body()).hasSizeLessThan(20_000).doesNotContain("\"data\"");
      }
    }
  }
}
