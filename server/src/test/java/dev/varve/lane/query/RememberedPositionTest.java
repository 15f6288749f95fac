package dev.varve.lane.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.node.OpenEngine;
import dev.varve.node.Written;
import dev.varve.schema.Model;
import dev.varve.store.cache.CacheSettings;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.log.Committed;
import dev.varve.store.state.Records;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which position is named with a record that comes from memory.
final class RememberedPositionTest {
  private static final String SCHEMA =
      "type Note @model @auth(rules: [{allow: public}]) { text: String! }";

  @TempDir private Path folder;

  /// Whether memory may be believed is known first: where the log is looked at only then, what it has is named.
  @Test
  void isNotOneFromBeforeTheLogWasLookedAt() {
    assertThat(remembered((cache, units) -> cache.apply(units), cache -> looking(cache, 9)))
        .isEqualTo(new Told(9, 9));
  }

  /// Another reader has it from the database, and memory does not follow the log up to there by itself.
  @Test
  void isNotOneThatMemoryHasNotComeTo() {
    assertThat(
            remembered(
                (cache, units) ->
                    cache.loaded(
                        Objects.requireNonNull(units.getFirst().changes().getFirst().after()), 5),
                cache -> looking(cache, 1)))
        .isEqualTo(new Told(5, 5));
  }

  /// The position that was named, and the one up to which memory knows of changes then.
  private record Told(long position, long head) {}

  private Told remembered(
      BiConsumer<RecordCache, List<Committed>> known,
      Function<RecordCache, RecordCache.Upkeep> upkeep) {
    List<Committed> units = new CopyOnWriteArrayList<>();
    try (OpenEngine engine = OpenEngine.at(folder, SCHEMA, Clock.systemUTC(), units::addAll)) {
      Model model = engine.schema().require("Note");
      Written.note(engine, "a");
      RecordCache cache = new RecordCache(CacheSettings.DEFAULT, List.of(model), 0);
      known.accept(cache, units);
      cache.follow(upkeep.apply(cache));
      Query query =
          new Query(
              engine.database(),
              new Records(engine.database().dialect(), engine.schema().models()),
              cache,
              Clock.systemUTC(),
              AsOf.byLog(engine.database()));
      Read.One read = new Read.One(model, "a", new Moment.Now(), Selection.ALL);
      FoundRecord found =
          query.one(engine.access().authorize(Caller.ANONYMOUS, read)).orElseThrow();
      return new Told(found.position(), cache.head());
    }
  }

  /// Looks, and finds that others have written up to a position, when it is asked whether memory is current.
  private static RecordCache.Upkeep looking(RecordCache cache, long position) {
    return new RecordCache.Upkeep() {
      @Override
      public boolean isCurrent() {
        cache.reached(position);
        return true;
      }

      @Override
      public void reach(long upTo) {
        cache.reached(upTo);
      }
    };
  }
}
