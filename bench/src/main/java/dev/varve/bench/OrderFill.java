package dev.varve.bench;

import dev.varve.kernel.Ids;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.access.RulesResult;
import dev.varve.lane.write.Sequencer;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.UnitTrigger;
import dev.varve.lane.write.WriteResult;
import dev.varve.lane.write.WriteSettings;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.InputReader;
import dev.varve.schema.record.InputReader.Mode;
import dev.varve.schema.sdl.ParseResult;
import dev.varve.schema.sdl.SchemaParser;
import dev.varve.store.cache.CacheSettings;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.follow.KnownEnd;
import dev.varve.store.follow.LogFollower;
import dev.varve.store.follow.LogFreshness;
import dev.varve.store.follow.Notices;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Follower;
import dev.varve.store.log.InstantFloor;
import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.Migrations;
import dev.varve.store.sql.sqlite.SqliteDatabase;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.Projection;
import dev.varve.store.state.Records;
import dev.varve.telemetry.Metrics;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Fills a data folder through the write lane, in this process, with many units under way at once: each
/// order and each change of it is a unit of its own.
final class OrderFill implements AutoCloseable {
  private static final int UNITS_UNDER_WAY = 512;
  private static final int PROGRESS_UNITS = 100_000;

  private final Lab lab;
  private final DataFolder folder;
  private final Database database;
  private final Model model;
  private final Access access;
  private final Sequencer sequencer;
  private final List<String> ids;
  private final AtomicInteger done = new AtomicInteger();
  private long startedAt = System.nanoTime();

  OrderFill(Lab lab, Path data, int orders) {
    this.lab = lab;
    Clock clock = Clock.systemUTC();
    Schema schema =
        ((ParseResult.Parsed) SchemaParser.parse("schema.graphql", Lab.schema())).schema();
    this.access = ((RulesResult.Compiled) Access.compile(schema)).access();
    this.model = schema.models().getFirst();
    this.folder = DataFolder.hold(data);
    this.database = SqliteDatabase.open(folder.database(), DatabaseOptions.DEFAULT);
    Migrations.run(database);
    this.sequencer = sequencer(schema, clock).start();
    Ids newIds = new Ids(clock, new SecureRandom());
    this.ids = IntStream.range(0, orders).mapToObj(_ -> newIds.get()).toList();
  }

  private Sequencer sequencer(Schema schema, Clock clock) {
    AppliedSchema applied = AppliedSchema.apply(database, schema, clock);
    EventLog log = new EventLog(database);
    RecordCache cache =
        new RecordCache(CacheSettings.DEFAULT, schema.models(), log.head().position());
    LogFollower follower =
        new LogFollower(
            database,
            log,
            applied,
            cache,
            Follower.NONE,
            new Notices(),
            LogFreshness.always(),
            KnownEnd.alone(log),
            log.head());
    return new Sequencer(
        applied,
        new Sequencer.Stored(
            database,
            log,
            new Records(database.dialect(), schema.models()),
            new Projection(database.dialect(), schema.models()),
            cache,
            follower),
        new InstantFloor(),
        clock,
        WriteSettings.DEFAULT,
        UnitTrigger.NONE,
        Metrics.NONE);
  }

  /// Makes every order.
  void createAll() {
    submitAll(number ->
        new Command.Create(
            model,
            ids.get(number),
            true,
            InputReader.read(
                model,
                Map.of(
                    "customer", Orders.customer(number),
                    "status", Orders.status(number),
                    "total", Orders.total(number),
                    "quantity", (long) Orders.quantity(number),
                    "note", Orders.note(number)),
                Mode.CREATE)));
  }

  /// Changes every order once.
  void changeAll(int round) {
    submitAll(number ->
        new Command.Merge(
            model,
            ids.get(number),
            InputReader.read(
                model,
                Map.of("total", Orders.total(number + round), "note", Orders.note(number + round)),
                Mode.MERGE),
            Precondition.NONE));
  }

  private void submitAll(IntFunction<Command> commands) {
    AtomicInteger next = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<? extends Future<?>> workers =
          IntStream.range(0, UNITS_UNDER_WAY)
              .mapToObj(_ -> threads.submit(() -> submitSome(commands, next)))
              .toList();
      for (Future<?> worker : workers) {
        worker.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Filling failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Filling was interrupted", e);
    }
  }

  private void submitSome(IntFunction<Command> commands, AtomicInteger next) {
    Caller caller = Caller.operator("bench");
    for (int number = next.getAndIncrement();
        number < ids.size();
        number = next.getAndIncrement()) {
      UnitOfWork unit =
          new UnitOfWork(
              List.of(access.authorize(caller, commands.apply(number))), "bench", Optional.empty());
      if (sequencer.submit(unit) instanceof WriteResult.Refused refused) {
        throw refused.problem();
      }
      int units = done.incrementAndGet();
      if (units % PROGRESS_UNITS == 0) {
        lab.progress(
            "%,d units (%,.0f/s)".formatted(units, units * 1e9 / (System.nanoTime() - startedAt)));
      }
    }
  }

  @Override
  public void close() {
    sequencer.close();
    database.close();
    folder.close();
  }
}
