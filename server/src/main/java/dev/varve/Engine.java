package dev.varve;

import dev.varve.access.Access;
import dev.varve.cache.CacheSettings;
import dev.varve.cache.RecordCache;
import dev.varve.log.EventLog;
import dev.varve.log.Follower;
import dev.varve.query.Query;
import dev.varve.schema.Schema;
import dev.varve.sql.Database;
import dev.varve.state.AppliedSchema;
import dev.varve.state.Projection;
import dev.varve.state.Records;
import dev.varve.write.Consequences;
import dev.varve.write.InstantFloor;
import dev.varve.write.Sequencer;
import dev.varve.write.WriteSettings;
import java.time.Clock;

/// The two lanes over one database and one schema, without a face: what the server and the commands
/// that touch data have in common.
///
/// @param schema as the tables have it
/// @param access where both lanes begin
/// @param sequencer the write lane
/// @param query the read lane
record Engine(AppliedSchema schema, EventLog log, Access access, Sequencer sequencer, Query query)
    implements AutoCloseable {

  /// Wires the stages, in flow order, and starts the writer.
  static Engine start(
      Database database,
      Schema schema,
      Access access,
      Clock clock,
      WriteSettings writeSettings,
      CacheSettings cacheSettings,
      Follower follower) {
    AppliedSchema applied = AppliedSchema.apply(database, schema, clock);
    EventLog log = new EventLog(database);
    Records records = new Records(database.dialect(), schema.models());
    Projection projection = new Projection(database.dialect(), schema.models());
    RecordCache cache = new RecordCache(cacheSettings, schema.models(), log.head().position());
    InstantFloor floor = new InstantFloor();
    Sequencer sequencer =
        new Sequencer(
                schema,
                applied.version(),
                database,
                log,
                records,
                projection,
                cache,
                floor,
                clock,
                writeSettings,
                Consequences.NONE,
                follower)
            .start();
    SettledAsOf asOf = new SettledAsOf(database, floor);
    Query query = new Query(database, records, cache, clock, asOf);
    return new Engine(applied, log, access, sequencer, query);
  }

  @Override
  public void close() {
    sequencer.close();
  }
}
