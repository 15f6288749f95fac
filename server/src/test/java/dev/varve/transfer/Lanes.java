package dev.varve.transfer;

import dev.varve.kernel.Json;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.query.Query;
import dev.varve.lane.write.Sequencer;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.EntityWriter;
import dev.varve.store.log.EventLog;
import dev.varve.store.sql.Database;
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
  private final OpenEngine engine;

  private Lanes(OpenEngine engine) {
    this.engine = engine;
    this.schema = engine.schema();
    this.database = engine.database();
    this.access = engine.access();
    this.sequencer = engine.sequencer();
    this.query = engine.query();
  }

  public static Lanes open(Path folder, String schema) {
    return new Lanes(OpenEngine.at(folder, schema, Clock.systemUTC()));
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
    return new Import(schema, access, sequencer).run(plan, unitRows, ImportProgress.NONE);
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
    engine.close();
  }
}
