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
import java.util.concurrent.CopyOnWriteArrayList;
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
    List<Committed> units = new CopyOnWriteArrayList<>();
    try (OpenEngine engine = OpenEngine.at(folder, SCHEMA, Clock.systemUTC(), units::addAll)) {
      Model model = engine.schema().require("Note");
      Written.note(engine, "a");
      RecordCache cache = new RecordCache(CacheSettings.DEFAULT, List.of(model), 0);
      cache.apply(units);
      cache.follow(looking(cache, 9));
      Query query =
          new Query(
              engine.database(),
              new Records(engine.database().dialect(), engine.schema().models()),
              cache,
              Clock.systemUTC(),
              AsOf.byLog(engine.database()));
      Read.One read = new Read.One(model, "a", new Moment.Now(), Selection.ALL);

      assertThat(query.one(engine.access().authorize(Caller.ANONYMOUS, read)))
          .map(FoundRecord::position)
          .hasValue(9L);
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
