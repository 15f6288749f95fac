package dev.varve.node;

import dev.varve.Main;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.RulesResult;
import dev.varve.lane.query.Query;
import dev.varve.lane.write.Sequencer;
import dev.varve.lane.write.WriteSettings;
import dev.varve.schema.Schema;
import dev.varve.schema.sdl.Schemas;
import dev.varve.store.cache.CacheSettings;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Follower;
import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.Migrations;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.EarlierFile;
import dev.varve.store.state.Rebuild;
import dev.varve.store.state.Verification;
import dev.varve.telemetry.Metrics;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;

/// Both lanes over a data folder, wired as the server wires them but without a listener, and the command
/// line: for tests in other packages.
public final class OpenEngine implements AutoCloseable {
  private final DataFolder folder;
  private final Database database;
  private final Engine engine;

  private OpenEngine(
      Path data, Schema schema, Clock clock, DatabaseOptions settings, Follower follower) {
    TestStorage.prepare(data);
    this.folder = DataFolder.hold(data);
    this.database = TestStorage.of(data).open(settings);
    Migrations.run(database);
    try {
      this.engine =
          Engine.start(
              database,
              new Engine.Setup(
                  new WantedSchema(schema, compile(schema), EarlierFile.APPLIED),
                  clock,
                  WriteSettings.DEFAULT,
                  CacheSettings.DEFAULT,
                  follower,
                  Optional.empty(),
                  Metrics.NONE));
    } catch (RuntimeException refused) {
      // who looks at what was refused holds it next
      database.close();
      folder.close();
      throw refused;
    }
  }

  /// @param source the text of a schema file that is right
  public static OpenEngine at(Path data, String source, Clock clock) {
    return at(data, source, clock, Follower.NONE);
  }

  /// @param follower hears of what is committed
  public static OpenEngine at(Path data, String source, Clock clock, Follower follower) {
    return new OpenEngine(data, Schemas.parse(source), clock, DatabaseOptions.DEFAULT, follower);
  }

  public static OpenEngine at(Path data, String source, Clock clock, DatabaseOptions settings) {
    return new OpenEngine(data, Schemas.parse(source), clock, settings, Follower.NONE);
  }

  /// The rules of a schema, which are right.
  public static Access compile(Schema schema) {
    return switch (Access.compile(schema)) {
      case RulesResult.Compiled compiled -> compiled.access();
      case RulesResult.Rejected rejected ->
          throw new AssertionError(rejected.mistakes().toString());
    };
  }

  public Schema schema() {
    return engine.schema().schema();
  }

  public Access access() {
    return engine.access();
  }

  public Sequencer sequencer() {
    return engine.sequencer();
  }

  public Query query() {
    return engine.query();
  }

  public EventLog log() {
    return engine.log();
  }

  public Database database() {
    return database;
  }

  public Engine.Following following() {
    return engine.following();
  }

  public AppliedSchema applied() {
    return engine.schema();
  }

  /// Walks the log and compares the tables with it.
  public Verification.Report verify() {
    try {
      Path scratch = Files.createTempDirectory(folder.folder(), "verify");
      return new Verification(database, engine.log(), engine.schema())
          .run(scratch.resolve("replayed.db"), (position, last) -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes the tables anew from the log. Nothing may be written meanwhile.
  public boolean rebuild(BooleanSupplier interrupted) {
    return new Rebuild(database, engine.log(), engine.schema())
        .run((position, last) -> {}, interrupted);
  }

  @Override
  public void close() {
    engine.close();
    database.close();
    folder.close();
  }

  /// What a command of the command line did.
  public record Ran(int exitCode, String out, String err) {}

  /// Runs a command as `varve` does, in this process.
  public static Ran run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Main.commandLine(arguments)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int exitCode = command.execute(arguments);
    return new Ran(exitCode, out.toString(), err.toString());
  }
}
