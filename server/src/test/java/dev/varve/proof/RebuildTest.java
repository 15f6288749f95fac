package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WrittenOutcome;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A rebuild that is broken off goes on where it stopped, and in the end the tables are those that were.
@Order(1)
class RebuildTest {
  private static final int UNITS = 4_000;
  private static final int RECORDS = 50;

  private static final String SCHEMA =
      """
      type Item @model @index(fields: ["number"]) @auth(rules: [{allow: public}]) {
        number: Int!
        text: String
      }
      """;

  @TempDir static Path shared;
  @TempDir Path app;

  @BeforeAll
  static void write() throws Exception {
    try (OpenEngine engine = OpenEngine.at(shared, SCHEMA, Clock.systemUTC());
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      create(engine);
      // each record by one writer, and many at a time
      List<Future<?>> writers = new ArrayList<>();
      for (int record = 0; record < RECORDS; record++) {
        String id = "i" + record;
        writers.add(
            executor.submit(() -> {
              for (int i = 1; i < UNITS / RECORDS; i++) {
                change(engine, id, i);
              }
            }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
  }

  private static void create(OpenEngine engine) {
    Model item = engine.schema().require("Item");
    for (int record = 0; record < RECORDS; record++) {
      submit(
          engine,
          new Command.Create(
              item,
              "i" + record,
              true,
              InputReader.read(item, Map.of("number", 0L), InputReader.Mode.CREATE)));
    }
  }

  private static void change(OpenEngine engine, String id, long number) {
    Model item = engine.schema().require("Item");
    submit(
        engine,
        new Command.Merge(
            item,
            id,
            InputReader.read(
                item, Map.of("number", number, "text", "text " + number), InputReader.Mode.MERGE),
            Precondition.NONE));
  }

  private static void submit(OpenEngine engine, Command command) {
    Authorized<Command> authorized = engine.access().authorize(Caller.ANONYMOUS, command);
    WrittenOutcome.of(
        engine
            .sequencer()
            .submit(new UnitOfWork(List.of(authorized), "request", Optional.empty())));
  }

  private Path data;

  @BeforeEach
  void copy() throws IOException {
    Files.writeString(app.resolve("schema.graphql"), SCHEMA);
    data = Files.createDirectories(app.resolve(".varve"));
    Files.copy(
        shared.resolve("varve.db"), data.resolve("varve.db"), StandardCopyOption.REPLACE_EXISTING);
  }

  private OpenEngine open(String schema) {
    return OpenEngine.at(data, schema, Clock.systemUTC());
  }

  private void assertSound() {
    OpenEngine.Ran verify = OpenEngine.run("verify", app.toString());
    assertThat(verify.exitCode()).as(verify.out() + verify.err()).isZero();
  }

  /// How far the rebuild that is under way has come; absent when there is none.
  private Optional<Long> progress() {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("varve.db"));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT position FROM varve_rebuild")) {
      return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
    } catch (SQLException e) {
      // the writer holds it this very moment
      return Optional.empty();
    }
  }

  @Test
  void whatWasInterruptedGoesOnWhereItStopped() {
    AtomicInteger asked = new AtomicInteger();
    try (OpenEngine engine = open(SCHEMA)) {
      assertThat(engine.rebuild(() -> asked.incrementAndGet() > 2)).isFalse();
    }
    assertThat(progress())
        .hasValueSatisfying(position -> assertThat(position).isBetween(1L, 3_999L));
    long stopped = progress().orElseThrow();
    assertSound();

    // the server serves in between, and writes
    try (OpenEngine engine = open(SCHEMA)) {
      for (int i = 0; i < 10; i++) {
        change(engine, "i" + i, 77);
      }
    }
    assertThat(progress()).hasValue(stopped);
    try (OpenEngine engine = open(SCHEMA)) {
      assertThat(engine.rebuild(() -> false)).isTrue();
      change(engine, "i1", 78);
    }
    assertThat(progress()).isEmpty();
    assertSound();
  }

  @Test
  void whatWasInterruptedUnderAnotherSchemaStartsAnew() {
    AtomicInteger asked = new AtomicInteger();
    try (OpenEngine engine = open(SCHEMA)) {
      assertThat(engine.rebuild(() -> asked.incrementAndGet() > 2)).isFalse();
    }
    String next = SCHEMA.replace("text: String", "text: String\n  more: Int! @default(value: 5)");
    try (OpenEngine engine = open(next)) {
      change(engine, "i1", 78);
      assertThat(engine.rebuild(() -> false)).isTrue();
      assertThat(engine.verify().findings()).isEmpty();
    }
  }

  @Test
  void aRebuildThatIsKilledGoesOnWhereItStopped() throws Exception {
    for (int round = 0; round < Rounds.orElse(2); round++) {
      Process process = ServerProcess.command("rebuild", app.toString());
      awaitProgress(process);
      process.destroyForcibly().waitFor();

      assertSound();
      OpenEngine.Ran rebuild = OpenEngine.run("rebuild", app.toString());
      assertThat(rebuild.exitCode()).as(rebuild.err()).isZero();
      assertThat(progress()).isEmpty();
      assertSound();
    }
  }

  private void awaitProgress(Process process) throws InterruptedException {
    while (process.isAlive() && progress().filter(position -> position > 0).isEmpty()) {
      Thread.sleep(2);
    }
  }

  @Test
  void aRebuildThatIsToldToEndDoesSoAtOnce() throws Exception {
    Process process = ServerProcess.command("rebuild", app.toString());
    awaitProgress(process);
    // not by the process itself, which would close its output at once
    process.toHandle().destroy();

    assertThat(process.waitFor(Patience.SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said)
        .containsAnyOf(
            "Interrupted. The tables in use are as they were; run it again to go on.",
            "Rebuilt: the tables are made anew from the log.");
    assertThat(OpenEngine.run("rebuild", app.toString()).exitCode()).isZero();
    assertSound();
  }
}
