package dev.varve.store.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WriteResult;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.InputReader;
import dev.varve.schema.record.InputReader.Mode;
import dev.varve.store.log.Committed;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is in memory as of a position: a record that was so then for certain, or nothing.
final class RecordCacheTest {
  private static final String SCHEMA =
      "type Note @model @auth(rules: [{allow: public}]) { text: String! }";

  @TempDir private Path folder;
  private final List<Committed> units = new CopyOnWriteArrayList<>();
  private OpenEngine engine;
  private Model model;
  private RecordCache cache;

  @BeforeEach
  void start() {
    engine = OpenEngine.at(folder, SCHEMA, Clock.systemUTC(), units::addAll);
    model = engine.schema().require("Note");
    cache = new RecordCache(CacheSettings.DEFAULT, List.of(model), 0);
    create("a", "one");
    create("b", "other");
    write(
        new Command.Merge(
            model,
            "a",
            InputReader.read(model, Map.of("text", "two"), Mode.MERGE),
            Precondition.NONE));
    write(new Command.Delete(model, "a", Precondition.NONE));
  }

  @AfterEach
  void stop() {
    engine.close();
  }

  private void create(String id, String text) {
    write(
        new Command.Create(
            model, id, true, InputReader.read(model, Map.of("id", id, "text", text), Mode.CREATE)));
  }

  private void write(Command command) {
    UnitOfWork unit =
        new UnitOfWork(
            List.of(engine.access().authorize(Caller.operator("test"), command)),
            "request",
            Optional.empty());
    assertThat(engine.sequencer().submit(unit)).isInstanceOf(WriteResult.Written.class);
  }

  private Entity entity(int unit) {
    return units.get(unit - 1).changes().getFirst().entity();
  }

  private Optional<String> text(String id, long position) {
    return Optional.ofNullable(cache.find(model, id, position))
        .map(record -> (String) record.entity().value(model.field("text").orElseThrow()));
  }

  @Test
  void aRecordIsFoundFromTheUnitThatWroteItToTheLastThatWasApplied() {
    cache.apply(units.subList(0, 2));
    assertThat(text("a", 0)).isEmpty();
    assertThat(text("a", 1)).hasValue("one");
    assertThat(text("a", 2)).hasValue("one");
    // the unit at 3 may have changed it: who asks sees the database of then
    assertThat(text("a", 3)).isEmpty();
  }

  @Test
  void aLaterVersionIsNotShownToWhoAsksAboutAnEarlierPosition() {
    cache.apply(units.subList(0, 3));
    assertThat(text("a", 2)).isEmpty();
    assertThat(text("a", 3)).hasValue("two");
    assertThat(text("b", 3)).hasValue("other");
    assertThat(text("b", 1)).isEmpty();
  }

  @Test
  void aRecordThatWasRemovedIsNotFoundWhateverTheMoment() {
    cache.apply(units);
    assertThat(text("a", 3)).isEmpty();
    assertThat(text("a", 4)).isEmpty();
  }

  @Test
  void aRecordThatWasReadHoldsForThePositionItWasReadAtThoughNoUnitWasAppliedYet() {
    cache.loaded(entity(2), 2);
    assertThat(text("b", 1)).isEmpty();
    assertThat(text("b", 2)).hasValue("other");
    assertThat(text("b", 3)).isEmpty();
    cache.apply(units);
    assertThat(text("b", 4)).isEqualTo(text("b", 2)).hasValue("other");
  }

  @Test
  void aRecordThatWasReadBeforeALaterChangeWasAppliedIsNotKept() {
    cache.apply(units.subList(0, 3));
    cache.clear(3);
    cache.loaded(entity(1), 1);
    assertThat(text("a", 1)).isEmpty();
    assertThat(text("a", 3)).isEmpty();
  }
}
