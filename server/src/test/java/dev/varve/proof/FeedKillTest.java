package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.events.EventReader;
import dev.varve.face.events.EventReader.Event;
import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A reader of the feed that breaks off and comes back at random, while the server is killed and started again under
/// writes: it is told every change that it may know of, once and in order.
@Order(1)
class FeedKillTest {
  private static final int WRITERS = 4;
  private static final int READERS = 3;
  private static final int WRITES_MIN = 60;

  private static final String SCHEMA =
      """
      type Mark @model @auth(rules: [{allow: public}]) {
        name: String!
      }
      type Veiled @model(history: false)
        @auth(rules: [
          {allow: public, operations: [CREATE, UPDATE]},
          {allow: where, when: "record.open", operations: [READ]}]) {
        open: Boolean!
      }
      """;

  @TempDir Path folder;

  /// What one reader was told, across all its connections.
  private static final class Reader implements Runnable {
    private final List<Event> told = new CopyOnWriteArrayList<>();
    private volatile int port;
    private volatile boolean done;
    private String lastId = "0";
    private int connections;
    private volatile int connectedTo;

    @Override
    public void run() {
      while (!done) {
        int to = port;
        try (EventReader reader =
            EventReader.open(to, "/api/events?after=0", "Last-Event-ID", lastId)) {
          connections++;
          connectedTo = to;
          read(reader, 1 + ThreadLocalRandom.current().nextInt(150));
        } catch (UncheckedIOException e) {
          pause();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }

    private void read(EventReader reader, int eventsMax) throws InterruptedException {
      for (int i = 0; i < eventsMax && !done; i++) {
        Optional<Event> event = reader.poll(100);
        if (event.isPresent() && event.get().equals(Event.CLOSED)) {
          return;
        }
        event.filter(some -> List.of("change", "gone").contains(some.name())).ifPresent(this::keep);
      }
    }

    private void keep(Event event) {
      told.add(event);
      lastId = event.id();
    }

    private static void pause() {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  @Timeout(36_000)
  void everyVisibleChangeIsToldOnceAndInOrder() throws Exception {
    Files.writeString(folder.resolve("schema.graphql"), SCHEMA);
    Path data = folder.resolve("data");
    List<Reader> readers = Stream.generate(Reader::new).limit(READERS).toList();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < Rounds.orElse(2); round++) {
        try (ServerProcess server = ServerProcess.serve(folder, data)) {
          readers.forEach(reader -> reader.port = server.port());
          if (round == 0) {
            readers.forEach(executor::execute);
          }
          awaitAll(readers);
          writeUntilKilled(server, executor);
        }
      }
      try (ServerProcess server = ServerProcess.serve(folder, data)) {
        readers.forEach(reader -> reader.port = server.port());
        // who has been told everything already comes back all the same
        awaitAll(readers);
        List<String> expected = visible(data);
        assertThat(expected)
            .hasSizeGreaterThan(WRITES_MIN)
            .anyMatch(line -> line.contains(" gone "));
        for (Reader reader : readers) {
          Patience.until(
              "%d events are told".formatted(expected.size()),
              () -> reader.told.size() >= expected.size());
        }
        readers.forEach(reader -> reader.done = true);
        for (Reader reader : readers) {
          assertThat(reader.told.stream().map(Event::line)).isEqualTo(expected);
          assertThat(reader.connections).isGreaterThan(2);
        }
      } finally {
        readers.forEach(reader -> reader.done = true);
      }
    }
  }

  private static void awaitAll(List<Reader> readers) {
    Patience.until(
        "every reader listens",
        () -> readers.stream().allMatch(reader -> reader.connectedTo == reader.port));
  }

  private static void writeUntilKilled(ServerProcess server, ExecutorService executor)
      throws Exception {
    AtomicInteger written = new AtomicInteger();
    List<Future<?>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(
          executor.submit(() -> {
            while (write(server)) {
              written.incrementAndGet();
            }
            return null;
          }));
    }
    Patience.until("enough writes", () -> written.get() >= WRITES_MIN);
    // at any moment of a write
    Thread.sleep(ThreadLocalRandom.current().nextInt(300));
    server.kill();
    for (Future<?> writer : writers) {
      writer.get();
    }
  }

  /// One write; false when no answer came.
  private static boolean write(ServerProcess server) throws InterruptedException {
    try {
      switch (ThreadLocalRandom.current().nextInt(3)) {
        case 0 -> server.send("POST", "/api/marks", "{\"name\": \"mark\"}");
        case 1 -> server.send("POST", "/api/veileds", "{\"open\": false}");
        default ->
            server.send(
                "POST",
                "/api/batch",
                """
                {"operations": [
                  {"method": "POST", "path": "/api/veileds", "body": {"open": false}},
                  {"method": "POST", "path": "/api/veileds", "body": {"open": true}, "ref": "v"},
                  {"method": "POST", "path": "/api/marks", "body": {"name": "many"}},
                  {"method": "PATCH", "path": "/api/veileds/$v.id", "body": {"open": false}}]}
                """);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// What a reader has to be told, from the log itself.
  private static List<String> visible(Path data) throws SQLException, IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(data);
        Connection connection =
            DriverManager.getConnection(
                "jdbc:sqlite:"
                    + files
                        .filter(file -> file.toString().endsWith(".db"))
                        .findFirst()
                        .orElseThrow());
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT position, events FROM varve_log ORDER BY position")) {
      while (rows.next()) {
        List<?> events = (List<?>) Json.read(rows.getBytes(2));
        for (int index = 0; events != null && index < events.size(); index++) {
          String line = line((Map<?, ?>) events.get(index));
          if (!line.isEmpty()) {
            lines.add("%d.%d %s".formatted(rows.getLong(1), index, line));
          }
        }
      }
    }
    return lines;
  }

  private static String line(Map<?, ?> event) {
    boolean mark = "Mark".equals(event.get("model"));
    boolean open =
        event.get("set") instanceof Map<?, ?> set && Boolean.TRUE.equals(set.get("open"));
    boolean created = "CREATE".equals(event.get("op"));
    if (created && !mark && !open) {
      return "";
    }
    return "%s %s %s".formatted(created ? "CREATE" : "gone", event.get("model"), event.get("id"));
  }
}
