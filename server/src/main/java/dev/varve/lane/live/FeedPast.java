package dev.varve.lane.live;

import dev.varve.schema.Model;
import dev.varve.store.sql.Database;
import dev.varve.store.state.PastUnits;
import dev.varve.store.state.Records;
import dev.varve.store.state.UnitChanges;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/// What the feed told, or has to tell, of units that nobody keeps in memory: read from the log a stretch at a time.
final class FeedPast {
  // read at once by who catches up; bounds what it holds in memory
  private static final int STRETCH_UNITS = 128;
  private static final int STRETCH_CHANGES = 256;
  private static final long STRETCH_BYTES = 256 * 1024;
  // readers of the past leave threads of the database to everybody else
  private static final int READERS_MAX = 2;

  private final Database database;
  private final Records records;
  private final PastUnits past;
  private final Clock clock;
  private final Semaphore readers = new Semaphore(READERS_MAX);

  FeedPast(Database database, Records records, PastUnits past, Clock clock) {
    this.database = database;
    this.records = records;
    this.past = past;
    this.clock = clock;
  }

  /// What comes behind a position, as those with the same rights are told of it.
  ///
  /// @param upTo what comes behind it has not been looked through for changes of accounts
  FrameBatch frames(ChangeVisibility visibility, long after, long upTo)
      throws InterruptedException {
    readers.acquire();
    try {
      List<Frame> frames = new ArrayList<>();
      List<UnitChanges> units = units(after, upTo, visibility::wants);
      for (UnitChanges unit : units) {
        frames.addAll(visibility.frames(unit, related(unit), clock.instant()));
      }
      return new FrameBatch(frames, units.isEmpty() ? after : units.getLast().position());
    } finally {
      readers.release();
    }
  }

  /// The next units behind a position, as many as are read at once.
  ///
  /// @param wanted of which models the changes are read
  List<UnitChanges> units(long after, long upTo, Predicate<Model> wanted) {
    int unitsMax = (int) Math.min(STRETCH_UNITS, upTo - after);
    return database.snapshot(
        session -> past.read(session, after, unitsMax, STRETCH_CHANGES, STRETCH_BYTES, wanted));
  }

  /// The records around those that a unit changed, each read once.
  RelatedRecords related(UnitChanges unit) {
    return new RelatedRecords(database, records, unit);
  }
}
