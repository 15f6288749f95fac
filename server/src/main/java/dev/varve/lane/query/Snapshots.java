package dev.varve.lane.query;

import dev.varve.kernel.Allowance;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.log.EventLog;
import dev.varve.store.sql.Database;
import dev.varve.store.state.Records;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// Opens snapshots of the database. Whatever one showed, the record cache has come to its position when the answer is
/// out: who asks again is never told of an older state.
final class Snapshots {
  // the end of the log
  static final int STATEMENTS_TO_OPEN = 1;

  private final Database database;
  private final Records records;
  private final RecordCache cache;

  Snapshots(Database database, Records records, RecordCache cache) {
    this.database = database;
    this.records = records;
    this.cache = cache;
  }

  /// The state that a moment names.
  ///
  /// @throws dev.varve.kernel.Problem with INVALID_INSTANT when the moment is yet to come
  <T> T at(AskedMoment moment, Extent extent, Snapshot.Work<T> work) {
    return at(moment.now(), moment::position, extent, work);
  }

  /// How much is read.
  enum Extent {
    /// Records by their ids alone, which waits for no list.
    LOOKUPS,
    /// What one query is mostly enough for.
    GLANCE,
    /// Whatever it takes.
    ANY
  }

  /// The state at a position that depends on the end of the log.
  ///
  /// @param asOf gives the position that is asked about, by the end of the log; empty for the state as it is
  <T> T at(
      Instant now,
      Function<LongSupplier, OptionalLong> asOf,
      Extent extent,
      Snapshot.Work<T> work) {
    // it is found in the scope of the request, which threads of the database do not have
    Allowance allowance = Allowance.current();
    Database.Work<Shown<T>> shows =
        session -> {
          LongSupplier head = EventLog.positionAhead(session);
          Snapshot snapshot =
              new Snapshot(
                  session,
                  database.dialect(),
                  records,
                  cache,
                  now,
                  asOf.apply(head),
                  head,
                  allowance);
          return new Shown<>(work.run(snapshot), snapshot.position());
        };
    Shown<T> shown =
        switch (extent) {
          case LOOKUPS -> database.lookup(shows);
          case GLANCE -> database.glance(shows);
          case ANY -> database.snapshot(shows);
        };
    cache.await(shown.position());
    return shown.answer();
  }

  /// What was read, and the position that it shows.
  private record Shown<T>(T answer, long position) {}

  /// The end of the log.
  long head() {
    return database.read(EventLog::head).position();
  }
}
