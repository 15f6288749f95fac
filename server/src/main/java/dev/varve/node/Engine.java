package dev.varve.node;

import dev.varve.identity.account.AccountChanges;
import dev.varve.identity.account.AccountStages;
import dev.varve.identity.account.SecurityEvents;
import dev.varve.identity.account.Sessions;
import dev.varve.kernel.Ids;
import dev.varve.lane.access.Access;
import dev.varve.lane.query.Query;
import dev.varve.lane.query.SettledAsOf;
import dev.varve.lane.write.Sequencer;
import dev.varve.lane.write.WriteSettings;
import dev.varve.schema.Schema;
import dev.varve.store.cache.CacheSettings;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Follower;
import dev.varve.store.log.InstantFloor;
import dev.varve.store.sql.Database;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.Projection;
import dev.varve.store.state.Records;
import dev.varve.telemetry.Metrics;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.function.Supplier;

/// The two lanes over one database and one schema, without a face: what the server and the commands
/// that touch data have in common.
///
/// @param schema as the tables have it
/// @param access where both lanes begin
/// @param sequencer the write lane
/// @param query the read lane
/// @param sessions where accounts are signed in: ended by what either lane does
public record Engine(
    AppliedSchema schema,
    EventLog log,
    Access access,
    Sequencer sequencer,
    Query query,
    Sessions sessions,
    SecurityEvents events)
    implements AutoCloseable {

  /// Wires the stages, in flow order, and starts the writer.
  public static Engine start(
      Database database,
      Schema schema,
      Access access,
      Clock clock,
      WriteSettings writeSettings,
      CacheSettings cacheSettings,
      Follower follower,
      Metrics metrics) {
    EventLog log = new EventLog(database);
    log.requireNotedEnd();
    AppliedSchema applied = AppliedSchema.apply(database, schema, clock);
    Records records = new Records(database.dialect(), schema.models());
    Projection projection = new Projection(database.dialect(), schema.models());
    RecordCache cache =
        new RecordCache(cacheSettings, schema.models(), log.head().position(), metrics);
    InstantFloor floor = new InstantFloor();
    Sessions sessions = new Sessions(database, clock);
    SecurityEvents events = new SecurityEvents(schema, access, new Ids(clock, new SecureRandom()));
    Sequencer sequencer =
        new Sequencer(
                applied,
                new Sequencer.Stored(database, log, records, projection, cache),
                floor,
                clock,
                writeSettings,
                new AccountChanges(schema, access, sessions, events),
                follower,
                metrics)
            .start();
    SettledAsOf asOf = new SettledAsOf(database, floor);
    Query query = new Query(database, records, cache, clock, asOf);
    return new Engine(applied, log, access, sequencer, query, sessions, events);
  }

  /// What accounts are built on.
  ///
  /// @param ids makes the ids of accounts and sessions
  public AccountStages accounts(Database database, Clock clock, Supplier<String> ids) {
    return new AccountStages(
        schema.schema(), access, query, sequencer, database, clock, ids, events, sessions);
  }

  @Override
  public void close() {
    sequencer.close();
    log.noteEnd();
  }
}
