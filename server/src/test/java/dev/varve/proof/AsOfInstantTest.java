package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.query.Page;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WrittenOutcome;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An instant that was asked about once has the same answer for ever, however many are writing.
class AsOfInstantTest {
  private static final String SCHEMA =
      """
      type Counter @model @auth(rules: [{allow: public}]) {
        value: Long!
      }
      """;
  private static final int WRITERS = 4;
  private static final int READERS = 3;
  private static final int COUNTERS = 5;

  @TempDir Path data;
  private OpenEngine engine;
  private Model counter;

  /// What an instant was answered with.
  private record Answered(Instant instant, long position, String content) {}

  @BeforeEach
  void open() {
    engine = OpenEngine.at(data, SCHEMA, Clock.systemUTC());
    counter = engine.schema().require("Counter");
    for (int i = 0; i < COUNTERS; i++) {
      submit(
          new Command.Create(
              counter,
              "c" + i,
              true,
              InputReader.read(counter, Map.of("value", 0L), InputReader.Mode.CREATE)));
    }
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private void submit(Command command) {
    Authorized<Command> authorized = engine.access().authorize(Caller.ANONYMOUS, command);
    WrittenOutcome.of(
        engine
            .sequencer()
            .submit(new UnitOfWork(List.of(authorized), "request", Optional.empty())));
  }

  private Answered ask(Instant instant) {
    Page page = list(new Moment.AtInstant(instant));
    return new Answered(instant, page.position(), content(page));
  }

  private Page list(Moment moment) {
    Read.Page read =
        new Read.Page(
            counter,
            moment,
            Selection.ALL,
            Optional.empty(),
            List.of(),
            100,
            Optional.empty(),
            false);
    return engine.query().list(engine.access().authorize(Caller.ANONYMOUS, read));
  }

  private static String content(Page page) {
    return page.items().stream().map(item -> item.entity().toString()).toList().toString();
  }

  @Test
  void theAnswerNeverChangesWhileWritersHammer() throws Exception {
    int positions = 100 * Rounds.orElse(1);
    Set<Long> seen = ConcurrentHashMap.newKeySet();
    AtomicBoolean over = new AtomicBoolean();
    List<Answered> answers = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        writers.add(executor.submit(() -> write(over)));
      }
      List<Future<List<Answered>>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        readers.add(executor.submit(() -> read(over, seen)));
      }
      Patience.until("%d positions are seen".formatted(positions), () -> seen.size() >= positions);
      over.set(true);
      for (Future<?> writer : writers) {
        writer.get();
      }
      for (Future<List<Answered>> reader : readers) {
        answers.addAll(reader.get());
      }
    }
    for (Answered answered : answers) {
      assertThat(ask(answered.instant())).isEqualTo(answered);
      assertThat(content(list(new Moment.AtPosition(answered.position()))))
          .isEqualTo(answered.content());
    }
    assertThat(engine.verify().findings()).isEmpty();
  }

  private void write(AtomicBoolean over) {
    for (long value = 0; !over.get(); value++) {
      String id = "c" + ThreadLocalRandom.current().nextInt(COUNTERS);
      submit(
          new Command.Merge(
              counter,
              id,
              InputReader.read(counter, Map.of("value", value), InputReader.Mode.MERGE),
              Precondition.NONE));
    }
  }

  /// Asks about this very instant, about some a little back, and about some that were asked about before.
  private List<Answered> read(AtomicBoolean over, Set<Long> seen) {
    List<Answered> answers = new ArrayList<>();
    ThreadLocalRandom random = ThreadLocalRandom.current();
    while (!over.get()) {
      if (answers.isEmpty() || random.nextInt(3) > 0) {
        long back = random.nextBoolean() ? 0 : random.nextLong(20_000_000);
        answers.add(ask(Instant.now().minusNanos(back)));
        seen.add(answers.getLast().position());
      } else {
        Answered earlier = answers.get(random.nextInt(answers.size()));
        assertThat(ask(earlier.instant())).isEqualTo(earlier);
      }
    }
    return answers;
  }

  @Test
  void anInstantBetweenTwoUnitsIsThePositionOfTheFirst() {
    Instant before = Instant.now();
    assertThat(ask(before).position()).isEqualTo(COUNTERS);
    List<Instant> written = new ArrayList<>();
    for (long i = 1; i <= 20; i++) {
      submit(
          new Command.Merge(
              counter,
              "c0",
              InputReader.read(counter, Map.of("value", i), InputReader.Mode.MERGE),
              Precondition.NONE));
      written.add(list(Moment.NOW).items().getFirst().entity().updatedAt());
    }
    for (int i = 0; i < written.size(); i++) {
      long position = COUNTERS + i + 1L;
      assertThat(ask(written.get(i)).position()).isEqualTo(position);
      // the finest instant before it
      assertThat(ask(written.get(i).minusNanos(1)).position()).isEqualTo(position - 1);
    }
    assertThat(ask(Instant.EPOCH)).isEqualTo(new Answered(Instant.EPOCH, 0, "[]"));
    assertThat(ask(before).position()).isEqualTo(COUNTERS);
  }
}
