package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.query.FoundRecord;
import dev.varve.lane.query.Item;
import dev.varve.lane.query.Page;
import dev.varve.lane.write.Outcome;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WrittenOutcome;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Reads beside writes, from the cache and from the tables: whoever wrote sees it, nobody sees time go
/// back, and every answer is what its position says, for ever.
class ConcurrentReadsTest {
  private static final String SCHEMA =
      """
      type Through @model(cache: {strategy: WRITE_THROUGH}) @auth(rules: [{allow: public}]) {
        value: Long!
      }
      type Aside @model(cache: {strategy: CACHE_ASIDE, max: 3}) @auth(rules: [{allow: public}]) {
        value: Long!
      }
      type Plain @model(cache: {strategy: NONE}) @auth(rules: [{allow: public}]) {
        value: Long!
      }
      """;
  private static final List<String> MODELS = List.of("Through", "Aside", "Plain");
  private static final int WRITERS = 4;
  private static final int READERS = 2;
  private static final int WRITES = 100;

  @TempDir Path data;
  private OpenEngine engine;

  /// A record as somebody saw it; without content when it was not there.
  private record Seen(String model, String id, long position, String content) {}

  @BeforeEach
  void open() {
    engine = OpenEngine.at(data, SCHEMA, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void everyAnswerIsWhatItsPositionSays() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Set<Seen> seen = new HashSet<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      List<Future<Set<Seen>>> readers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        String id = "r" + i;
        writers.add(executor.submit(() -> write(id)));
      }
      for (int i = 0; i < READERS; i++) {
        readers.add(executor.submit(() -> read(over)));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      over.set(true);
      for (Future<Set<Seen>> reader : readers) {
        seen.addAll(reader.get());
      }
    }
    for (Seen one : seen) {
      assertThat(see(one.model(), one.id(), new Moment.AtPosition(one.position()))).isEqualTo(one);
    }
    assertThat(engine.verify().findings()).isEmpty();
  }

  private Command create(Model model, String id, long value) {
    return new Command.Create(
        model, id, true, InputReader.read(model, Map.of("value", value), InputReader.Mode.CREATE));
  }

  /// Writes its own records, and reads each of them as soon as the write is answered.
  private void write(String id) {
    long writes = (long) WRITES * Rounds.orElse(1);
    for (long value = 0; value < writes; value++) {
      String name = MODELS.get(ThreadLocalRandom.current().nextInt(MODELS.size()));
      Model model = engine.schema().require(name);
      boolean there = !see(name, id, Moment.NOW).content().isEmpty();
      boolean deletes = there && ThreadLocalRandom.current().nextInt(10) == 0;
      Command command =
          deletes
              ? new Command.Delete(model, id, Precondition.NONE)
              : there
                  ? new Command.Merge(
                      model,
                      id,
                      InputReader.read(model, Map.of("value", value), InputReader.Mode.MERGE),
                      Precondition.NONE)
                  : create(model, id, value);
      Outcome outcome = submit(command);
      String written = outcome.results().getFirst().entity().map(Object::toString).orElse("");
      Seen now = see(name, id, Moment.NOW);
      assertThat(now.content()).isEqualTo(written);
      assertThat(now.position()).isGreaterThanOrEqualTo(written.isEmpty() ? 0 : outcome.position());
      assertThat(see(name, id, new Moment.AtPosition(outcome.position())).content())
          .isEqualTo(written);
      assertThat(content(list(model), id)).isEqualTo(written);
    }
  }

  private Page list(Model model) {
    Read.Page read =
        new Read.Page(
            model,
            Moment.NOW,
            Selection.ALL,
            Optional.empty(),
            List.of(),
            100,
            Optional.empty(),
            false);
    return engine.query().list(engine.access().authorize(Caller.ANONYMOUS, read));
  }

  private static String content(Page page, String id) {
    return page.items().stream()
        .map(Item::entity)
        .filter(entity -> entity.id().equals(id))
        .map(Object::toString)
        .findFirst()
        .orElse("");
  }

  /// Reads lists and records of all writers, by turns; time never goes back for it.
  private Set<Seen> read(AtomicBoolean over) {
    long reached = 0;
    Set<Seen> seen = new HashSet<>();
    ThreadLocalRandom random = ThreadLocalRandom.current();
    while (!over.get()) {
      String name = MODELS.get(random.nextInt(MODELS.size()));
      reached = Math.max(reached, list(engine.schema().require(name)).position());
      Seen one = see(name, "r" + random.nextInt(WRITERS), Moment.NOW);
      if (!one.content().isEmpty()) {
        assertThat(one.position()).isGreaterThanOrEqualTo(reached);
        reached = one.position();
        seen.add(one);
      }
    }
    return seen;
  }

  private Outcome submit(Command command) {
    Authorized<Command> authorized = engine.access().authorize(Caller.ANONYMOUS, command);
    UnitOfWork unit = new UnitOfWork(List.of(authorized), "request", Optional.empty());
    return WrittenOutcome.of(engine.sequencer().submit(unit));
  }

  private Seen see(String name, String id, Moment moment) {
    Read.One read = new Read.One(engine.schema().require(name), id, moment, Selection.ALL);
    Optional<FoundRecord> found =
        engine.query().one(engine.access().authorize(Caller.ANONYMOUS, read));
    return new Seen(
        name,
        id,
        found.map(FoundRecord::position).orElse(0L),
        found.map(answer -> answer.item().entity().toString()).orElse(""));
  }
}
