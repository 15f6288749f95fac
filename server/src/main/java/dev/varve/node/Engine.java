package dev.varve.node;

import dev.varve.identity.account.AccountChanges;
import dev.varve.identity.account.AccountStages;
import dev.varve.identity.account.SecurityEvents;
import dev.varve.identity.account.Sessions;
import dev.varve.kernel.Ids;
import dev.varve.kernel.UserMistake;
import dev.varve.lane.access.Access;
import dev.varve.lane.query.Query;
import dev.varve.lane.query.SettledAsOf;
import dev.varve.lane.write.DurableFloor;
import dev.varve.lane.write.Sequencer;
import dev.varve.lane.write.WriteSettings;
import dev.varve.schema.Schema;
import dev.varve.store.cache.CacheSettings;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.follow.EndNote;
import dev.varve.store.follow.KnownEnd;
import dev.varve.store.follow.LogFollower;
import dev.varve.store.follow.LogFreshness;
import dev.varve.store.follow.LogWatcher;
import dev.varve.store.follow.Notices;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Follower;
import dev.varve.store.log.Head;
import dev.varve.store.log.InstantFloor;
import dev.varve.store.sql.Database;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.BehindFile;
import dev.varve.store.state.IndexBuild;
import dev.varve.store.state.Projection;
import dev.varve.store.state.Records;
import dev.varve.telemetry.Metrics;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The two lanes over one database and one schema, without a face: what the server and the commands
/// that touch data have in common.
///
/// @param schema as the tables have it
/// @param access where both lanes begin
/// @param sequencer the write lane
/// @param query the read lane
/// @param sessions where accounts are signed in: ended by what either lane does
/// @param following what is committed here and elsewhere
/// @param indexes where those that the schema lacks are made beside the lanes, on a node that serves for long
public record Engine(
    AppliedSchema schema,
    EventLog log,
    Access access,
    Sequencer sequencer,
    Query query,
    Sessions sessions,
    SecurityEvents events,
    Following following,
    Optional<IndexBuild> indexes)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  /// What follows the log on this node.
  ///
  /// @param freshness whether what is in memory may be believed
  /// @param notices of what no log keeps
  /// @param watcher where others write, and this looks at it all the time
  /// @param note what this node knows of the end of the log
  public record Following(
      LogFollower follower,
      LogFreshness freshness,
      Notices notices,
      Optional<LogWatcher> watcher,
      EndNote note) {}

  /// What a node has to do with the others.
  ///
  /// @param settings how often it looks at what they write
  /// @param sign what it tells of itself, several times a second
  /// @param whenOutdated called when the data have a newer schema than it serves
  /// @param address where it can be reached; empty as long as that is not known
  /// @param folder where it keeps what it knows of the end of the log
  public record Neighbours(
      NodesSettings settings,
      LogWatcher.Sign sign,
      Runnable whenOutdated,
      Supplier<String> address,
      Path folder) {}

  /// What is started on a database.
  ///
  /// @param wanted the schema to serve; where it was left behind, the one of the data is served in its place
  /// @param feed hears of every unit
  /// @param neighbours of a node that serves for long: it looks at what others write, if others may. What a command has in memory is
  ///     believed for a moment only
  public record Setup(
      WantedSchema wanted,
      Clock clock,
      WriteSettings write,
      CacheSettings cache,
      Follower feed,
      Optional<Neighbours> neighbours,
      Metrics metrics) {}

  /// Wires the stages, in flow order, and starts the writer.
  public static Engine start(Database database, Setup setup) {
    EventLog log = new EventLog(database);
    log.requireNotedEnd();
    EndNote note = endNote(database, log, setup.clock(), setup.neighbours());
    try {
      return start(database, log, note, setup);
    } catch (RuntimeException e) {
      note.close();
      throw e;
    }
  }

  private static EndNote endNote(
      Database database, EventLog log, Clock clock, Optional<Neighbours> neighbours) {
    if (neighbours.isEmpty() || !database.isShared()) {
      return EndNote.inMemory();
    }
    return EndNote.in(neighbours.get().folder(), log.name(new Ids(clock, new SecureRandom())));
  }

  private static Engine start(Database database, EventLog log, EndNote note, Setup setup) {
    WantedSchema wanted = setup.wanted();
    Clock clock = setup.clock();
    Optional<Neighbours> neighbours = setup.neighbours();
    Metrics metrics = setup.metrics();
    KnownEnd known =
        new KnownEnd(
            log.epochs(), note, neighbours.map(Neighbours::address).orElse(() -> ""), clock);
    known.open(database);
    requireUnaltered(database, log, wanted.schema());
    AppliedSchema applied = AppliedSchema.apply(database, wanted.schema(), clock, wanted.earlier());
    Schema schema = applied.schema();
    Access access = rules(wanted, applied);
    Records records = new Records(database.dialect(), schema.models());
    Projection projection = new Projection(database.dialect(), schema.models());
    Head head = log.head();
    RecordCache cache = new RecordCache(setup.cache(), schema.models(), head.position(), metrics);
    InstantFloor floor = new InstantFloor();
    Notices notices = new Notices();
    LogFreshness freshness = freshness(database, neighbours);
    LogFollower follower =
        new LogFollower(
            database, log, applied, cache, setup.feed(), notices, freshness, known, head);
    if (database.isShared()) {
      follower.begin();
    }
    Sessions sessions = new Sessions(database, clock, freshness);
    notices.listen(Sessions.TOPIC, sessions);
    SecurityEvents events = new SecurityEvents(schema, access, new Ids(clock, new SecureRandom()));
    Sequencer sequencer =
        new Sequencer(
                applied,
                new Sequencer.Stored(database, log, records, projection, cache, follower),
                floor,
                clock,
                setup.write(),
                new AccountChanges(schema, access, sessions, events),
                metrics)
            .start();
    DurableFloor durable = new DurableFloor(log, sequencer, clock);
    SettledAsOf asOf =
        new SettledAsOf(
            database,
            log.epochs(),
            instant -> {
              floor.settle(instant);
              if (database.isShared()) {
                durable.settle(instant);
              }
            });
    follower.alsoForget(durable::forget);
    follower.alsoForget(asOf::forget);
    Optional<LogWatcher> watcher =
        neighbours
            .filter(_ -> database.isShared())
            .map(others ->
                new LogWatcher(
                        database,
                        follower,
                        others.settings().lookTime(),
                        others.sign(),
                        others.whenOutdated())
                    .start());
    Query query = new Query(database, records, cache, clock, asOf);
    Optional<IndexBuild> indexes = neighbours.flatMap(_ -> IndexBuild.start(database, applied));
    return new Engine(
        applied,
        log,
        access,
        sequencer,
        query,
        sessions,
        events,
        new Following(follower, freshness, notices, watcher, note),
        indexes);
  }

  /// Tables are not altered either while the end of the log is lost.
  private static void requireUnaltered(Database database, EventLog log, Schema wanted) {
    if (log.epochs().gap().isPresent() && AppliedSchema.stored(database).versionOf(wanted) == 0) {
      throw new UserMistake(
          List.of(
              "The database has lost %s of the log, and its tables are not altered before that is accepted: see `varve nodes`, or start with the schema file as it was"
                  .formatted(log.epochs().gap().get().text())));
    }
  }

  private static Access rules(WantedSchema wanted, AppliedSchema applied) {
    if (applied.behind().isEmpty()) {
      return wanted.access();
    }
    BehindFile behind = applied.behind().get();
    LOG.warn(
        "{} Version {} is served, and the file is not applied. {}",
        behind.sentence(),
        behind.newest(),
        behind.wayOut());
    return StoredSchema.compile(applied.schema());
  }

  /// A session that was ended at another node may seem open here for as long, if all else fails.
  private static LogFreshness freshness(Database database, Optional<Neighbours> neighbours) {
    return database.isShared()
        ? LogFreshness.within(
            neighbours.map(Neighbours::settings).orElse(NodesSettings.DEFAULT).believedTime())
        : LogFreshness.always();
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
    following.watcher().ifPresent(LogWatcher::close);
    indexes.ifPresent(IndexBuild::close);
    log.noteEnd();
    following.note().close();
  }
}
