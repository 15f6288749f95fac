package dev.varve.transfer;

import dev.varve.kernel.Json;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.RulesResult;
import dev.varve.lane.access.Selection;
import dev.varve.lane.query.AsOf;
import dev.varve.lane.query.Query;
import dev.varve.lane.write.Consequences;
import dev.varve.lane.write.Sequencer;
import dev.varve.lane.write.WriteSettings;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.EntityWriter;
import dev.varve.schema.sdl.Mistake;
import dev.varve.schema.sdl.ParseResult;
import dev.varve.schema.sdl.SchemaParser;
import dev.varve.store.cache.CacheSettings;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Follower;
import dev.varve.store.log.InstantFloor;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseSettings;
import dev.varve.store.sql.Migrations;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.Projection;
import dev.varve.store.state.Records;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Both lanes over a database of their own.
public final class Lanes implements AutoCloseable {
  private static final Caller CALLER = Caller.operator("test");

  final Schema schema;
  final Database database;
  final Access access;
  final Sequencer sequencer;
  final Query query;

  private Lanes(Schema schema, Database database) {
    this.schema = schema;
    this.database = database;
    Clock clock = Clock.systemUTC();
    Migrations.run(database);
    AppliedSchema applied = AppliedSchema.apply(database, schema, clock);
    this.access =
        switch (Access.compile(schema)) {
          case RulesResult.Compiled compiled -> compiled.access();
          case RulesResult.Rejected rejected ->
              throw new AssertionError(rejected.mistakes().toString());
        };
    EventLog log = new EventLog(database);
    Records records = new Records(database.dialect(), schema.models());
    RecordCache cache =
        new RecordCache(CacheSettings.DEFAULT, schema.models(), log.head().position());
    this.sequencer =
        new Sequencer(
                schema,
                applied.version(),
                database,
                log,
                records,
                new Projection(database.dialect(), schema.models()),
                cache,
                new InstantFloor(),
                clock,
                WriteSettings.DEFAULT,
                Consequences.NONE,
                Follower.NONE)
            .start();
    this.query = new Query(database, records, cache, clock, AsOf.byLog(database));
  }

  public static Lanes open(Path folder, String schema) {
    return new Lanes(
        parse(schema), Database.open(folder.resolve("varve.db"), DatabaseSettings.DEFAULT));
  }

  static Schema parse(String text) {
    return switch (SchemaParser.parse("schema.graphql", text)) {
      case ParseResult.Parsed parsed -> parsed.schema();
      case ParseResult.Rejected rejected ->
          throw new AssertionError(
              String.join("\n", rejected.mistakes().stream().map(Mistake::text).toList()));
    };
  }

  Model model(String name) {
    return schema.require(name);
  }

  private static ImportOptions options(String... columns) {
    return new ImportOptions(List.of(columns), Optional.empty(), Optional.empty());
  }

  /// Imports files, which are known to be named right.
  public ImportResult load(int unitRows, List<String> arguments, String... columns) {
    return switch (ImportPlan.of(schema, arguments, options(columns))) {
      case ImportPlan.Result.Ready ready -> load(ready.plan(), unitRows);
      case ImportPlan.Result.Rejected rejected ->
          throw new AssertionError(String.join("\n", rejected.mistakes()));
    };
  }

  private ImportResult load(ImportPlan plan, int unitRows) {
    return new Import(schema, access, sequencer, query).run(plan, unitRows, ImportProgress.NONE);
  }

  public ImportResult load(String... arguments) {
    return load(Import.UNIT_ROWS, List.of(arguments));
  }

  /// Imports files as the options say.
  public ImportResult load(ImportOptions options, String... arguments) {
    return switch (ImportPlan.of(schema, List.of(arguments), options)) {
      case ImportPlan.Result.Ready ready -> load(ready.plan(), Import.UNIT_ROWS);
      case ImportPlan.Result.Rejected rejected ->
          throw new AssertionError(String.join("\n", rejected.mistakes()));
    };
  }

  List<String> mistakes(List<String> arguments, String... columns) {
    return mistakes(options(columns), arguments);
  }

  List<String> mistakes(ImportOptions options, List<String> arguments) {
    return switch (ImportPlan.of(schema, arguments, options)) {
      case ImportPlan.Result.Ready _ -> List.of();
      case ImportPlan.Result.Rejected rejected -> rejected.mistakes();
    };
  }

  /// All records of a model as JSON without the fields that Varve sets, by id.
  List<String> records(String name) {
    Model model = model(name);
    List<String> all = new ArrayList<>();
    Optional<Read.Key> after = Optional.empty();
    do {
      Read.Page read =
          new Read.Page(
              model, Moment.NOW, Selection.ALL, Optional.empty(), List.of(), 500, after, false);
      var page = query.list(access.authorize(CALLER, read));
      page.items()
          .forEach(item ->
              all.add(
                  new String(
                      Json.bytes(generator ->
                          EntityWriter.write(
                              generator,
                              item.entity(),
                              field -> !field.system() || field.name().equals("id"))),
                      StandardCharsets.UTF_8)));
      after = page.next();
    } while (after.isPresent());
    return all;
  }

  /// Who wrote each unit of the log, and where it came from.
  List<String> units() {
    return database.read(session ->
        new EventLog(database)
            .read(session, EventLog.Cursor.start(), 100).units().stream()
                .map(unit -> unit.actor() + " " + unit.requestId())
                .toList());
  }

  long position() {
    return new EventLog(database).head().position();
  }

  @Override
  public void close() {
    sequencer.close();
    database.close();
  }
}
