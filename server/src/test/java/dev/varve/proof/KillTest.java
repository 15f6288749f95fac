package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import dev.varve.node.OpenEngine;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server that is killed in the middle of many writes, again and again: whatever it has acknowledged is
/// there after the next start, and nothing is there by half.
@Order(1)
class KillTest {
  private static final int WRITERS = 6;
  private static final int WRITES_MIN = 150;

  private static final String SCHEMA =
      """
      type Mark @model @auth(rules: [{allow: public}]) {
        "Not unique: a request that is applied twice makes two."
        name: String!
        content: String!
      }
      type Left @model @auth(rules: [{allow: public}]) {
        name: String!
      }
      type Right @model @auth(rules: [{allow: public}]) {
        name: String!
        left: Left!
      }
      type Tally @model @auth(rules: [{allow: public}]) {
        total: Long!
      }
      """;

  @TempDir Path folder;

  /// A write whose answer never came: it may have happened or not.
  private record Open(String path, String body, String key) {}

  /// What one writer knows.
  private static final class Known {
    private final int number;
    // acknowledged marks by name, with their content
    private final Map<String, String> marks = new LinkedHashMap<>();
    private final List<String> pairs = new ArrayList<>();
    private final List<Open> open = new ArrayList<>();
    private long acknowledgedCount;
    private long triedCount;
    private int writes;

    Known(int number) {
      this.number = number;
    }
  }

  @Test
  @Timeout(36_000)
  void whatWasAcknowledgedSurvivesEveryKill() throws Exception {
    Files.writeString(folder.resolve("schema.graphql"), SCHEMA);
    Path data = folder.resolve("data");
    List<Known> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new Known(i));
    }
    int rounds = Rounds.orElse(3);
    for (int round = 0; round < rounds; round++) {
      try (ServerProcess server = ServerProcess.serve(folder, data)) {
        if (round == 0) {
          makeTallies(server, writers);
        } else {
          retry(server, writers);
          check(server, writers);
        }
        writeUntilKilled(server, writers);
      }
      assertSound(data);
    }
    try (ServerProcess server = ServerProcess.serve(folder, data)) {
      retry(server, writers);
      check(server, writers);
      assertThat(server.stop()).isIn(0, 143);
    }
    assertSound(data);
    assertThat(writers).allSatisfy(known -> assertThat(known.marks).isNotEmpty());
  }

  private static void makeTallies(ServerProcess server, List<Known> writers) throws Exception {
    for (Known known : writers) {
      String body = "{\"id\": \"tally-%d\", \"total\": 0}".formatted(known.number);
      assertThat(server.send("POST", "/api/tallies", body).statusCode()).isEqualTo(201);
    }
  }

  private static void writeUntilKilled(ServerProcess server, List<Known> writers) throws Exception {
    AtomicBoolean killed = new AtomicBoolean();
    AtomicInteger written = new AtomicInteger();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (Known known : writers) {
        running.add(
            executor.submit(() -> {
              // goes on until the server is gone
              while (write(server, known)) {
                written.incrementAndGet();
              }
              assertThat(killed).isTrue();
              return known;
            }));
      }
      Patience.until("enough writes", () -> written.get() >= WRITES_MIN);
      // at any moment of a write
      Thread.sleep(ThreadLocalRandom.current().nextInt(300));
      killed.set(true);
      server.kill();
      for (Future<?> writer : running) {
        writer.get();
      }
    }
  }

  /// One write; false when no answer came.
  private static boolean write(ServerProcess server, Known known) throws InterruptedException {
    String name = known.number + "-" + known.writes++;
    return switch (ThreadLocalRandom.current().nextInt(3)) {
      case 0 -> mark(server, known, name);
      case 1 -> pair(server, known, name);
      default -> count(server, known);
    };
  }

  private static boolean mark(ServerProcess server, Known known, String name)
      throws InterruptedException {
    String content = "content ".repeat(ThreadLocalRandom.current().nextInt(200)) + name;
    String body = "{\"name\": \"%s\", \"content\": \"%s\"}".formatted(name, content);
    Open write = new Open("/api/marks", body, "mark-" + name);
    // what is retried later has to be there once too
    known.marks.put(name, content);
    return sent(server, write, 201) || !known.open.add(write);
  }

  private static boolean pair(ServerProcess server, Known known, String name)
      throws InterruptedException {
    String body =
        """
        {"operations": [
          {"method": "POST", "path": "/api/lefts", "body": {"name": "%1$s"}, "ref": "left"},
          {"method": "POST", "path": "/api/rights", "body": {"name": "%1$s", "left": "$left.id"}}]}
        """
            .formatted(name);
    Open write = new Open("/api/batch", body, "pair-" + name);
    known.pairs.add(name);
    return sent(server, write, 200) || !known.open.add(write);
  }

  private static boolean count(ServerProcess server, Known known) throws InterruptedException {
    known.triedCount = known.acknowledgedCount + 1;
    try {
      HttpResponse<String> answer =
          server.send(
              "PATCH",
              "/api/tallies/tally-" + known.number,
              "{\"total\": %d}".formatted(known.triedCount));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      known.acknowledgedCount = known.triedCount;
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean sent(ServerProcess server, Open write, int status)
      throws InterruptedException {
    try {
      HttpResponse<String> answer =
          server.send("POST", write.path(), write.body(), "Idempotency-Key", write.key());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// Sends every write again that got no answer, twice, and some that got one.
  private static void retry(ServerProcess server, List<Known> writers) throws Exception {
    for (Known known : writers) {
      for (Open write : known.open) {
        int status = write.path().endsWith("batch") ? 200 : 201;
        assertThat(sent(server, write, status)).isTrue();
        assertThat(sent(server, write, status)).isTrue();
      }
      known.open.clear();
    }
  }

  private static void check(ServerProcess server, List<Known> writers) throws Exception {
    Map<String, String> marks = byName(server, "/api/marks", "content");
    Map<String, String> lefts = byName(server, "/api/lefts", "id");
    Map<String, String> rights = byName(server, "/api/rights", "left");
    assertThat(rights).as("pairs").isEqualTo(lefts);
    Map<String, String> expected = new TreeMap<>();
    List<String> pairs = new ArrayList<>();
    for (Known known : writers) {
      expected.putAll(known.marks);
      pairs.addAll(known.pairs);
      count(server, known, known.acknowledgedCount, known.triedCount);
    }
    assertThat(marks).isEqualTo(expected);
    assertThat(lefts.keySet()).containsExactlyInAnyOrderElementsOf(pairs);
  }

  private static void count(ServerProcess server, Known known, long atLeast, long atMost)
      throws Exception {
    HttpResponse<String> answer = server.send("GET", "/api/tallies/tally-" + known.number, "");
    Map<?, ?> tally = object(answer.body());
    long count = (Long) Objects.requireNonNull(tally.get("total"));
    assertThat(count).isBetween(atLeast, atMost);
    // each write made one version, and none was lost or made twice
    assertThat(tally.get("version")).isEqualTo(count + 1);
    known.acknowledgedCount = count;
  }

  /// A field of all records by name. Fails when a name is there twice.
  private static Map<String, String> byName(ServerProcess server, String path, String field)
      throws Exception {
    Map<String, String> found = new TreeMap<>();
    Optional<String> cursor = Optional.empty();
    do {
      String query =
          cursor
              .map(text -> "&cursor=" + URLEncoder.encode(text, StandardCharsets.UTF_8))
              .orElse("");
      Map<?, ?> page = object(server.send("GET", path + "?limit=500" + query, "").body());
      for (Object element : (List<?>) Objects.requireNonNull(page.get("items"))) {
        Map<?, ?> item = (Map<?, ?>) Objects.requireNonNull(element);
        assertThat(found.put((String) item.get("name"), (String) item.get(field)))
            .as("%s %s is there twice", path, item.get("name"))
            .isNull();
      }
      cursor = Optional.ofNullable((String) page.get("nextCursor"));
    } while (cursor.isPresent());
    return found;
  }

  private static Map<?, ?> object(String json) {
    return (Map<?, ?>) Objects.requireNonNull(Json.read(json.getBytes(StandardCharsets.UTF_8)));
  }

  private void assertSound(Path data) {
    OpenEngine.Ran verify = OpenEngine.run("verify", folder.toString(), "--data", data.toString());
    assertThat(verify.exitCode()).as(verify.out() + verify.err()).isZero();
    assertThat(verify.out()).startsWith("Sound: ");
  }
}
