package dev.varve.command;

import dev.varve.kernel.UserMistake;
import dev.varve.node.Engine;
import dev.varve.node.Settings;
import dev.varve.node.Storage;
import dev.varve.schema.Schema;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.DatabaseSettings;
import dev.varve.store.sql.sqlite.DataCopy;
import dev.varve.store.state.BehindFile;
import dev.varve.transfer.Import;
import dev.varve.transfer.ImportCounts;
import dev.varve.transfer.ImportFile;
import dev.varve.transfer.ImportOptions;
import dev.varve.transfer.ImportPlan;
import dev.varve.transfer.ImportProgress;
import dev.varve.transfer.ImportResult;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `varve import`: brings data in from files.
@Command(
    name = "import",
    description = "Brings data in from CSV and NDJSON files.",
    footer = {
      "",
      "A file has the records of one model: CSV with a header (.csv), or a JSON",
      "object a line (.ndjson, .jsonl). Name the files in any order: those that others",
      "refer to go first. What separates the cells of CSV is found in the header, and",
      "UTF-8 or UTF-16 by the byte order mark.",
      "",
      "A column goes to the field of its name; case, spaces and underscores do not",
      "count. TrackId is the id of a Track, and in other models the field track. For",
      "the rest there is --columns:",
      "  --columns Reports=boss,Invoice.Total=amount,Fax=-   (- leaves a column out)",
      "An empty cell is no value. Columns such as shipTo.city fill a value; lists are",
      "JSON. Numbers have a decimal point; 2021-01-01 00:00:00 is taken as UTC.",
      "",
      "Many rows are written as one unit of work. When a row is refused, its line is",
      "named, nothing of its unit is kept, and the import stops. Run it again at any",
      "time: what is there with the same content is left alone, other content is",
      "updated, the rest is created. A row is known by its id, else by a @unique of",
      "its model, else by all of its content.",
      "",
      "Example:",
      "  varve import shop Product=products.csv Order=orders.ndjson --columns No=id"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class ImportCommand implements Callable<Integer> {
  private static final String STOPPED =
      "Stopped there: nothing of that unit is kept, what the table counts is. Mend the file and%n"
          + "run the same command again: nothing is imported twice.%n";
  private static final String STOPPED_DRY =
      "It would stop there: nothing of that unit would be kept, what the table counts would be.%n";

  @Mixin private AppFolder app;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "Model=FILE",
      description = "A model and the file with its records.")
  private List<String> files;

  @Option(
      names = "--columns",
      paramLabel = "COLUMN=FIELD,...",
      description = "Which field a column goes to, when its name does not say so.")
  private List<String> columns = new ArrayList<>();

  @Option(
      names = "--unit",
      paramLabel = "ROWS",
      defaultValue = "" + Import.UNIT_ROWS,
      description = "How many rows are written as one, ${DEFAULT-VALUE} by default.")
  private int unitRows;

  @Option(
      names = "--separator",
      paramLabel = "CHARACTER",
      description =
          "What separates the cells of CSV: a character, or comma, semicolon, tab or pipe. By default the one of these that fits the header.")
  private @Nullable String separator;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      description =
          "The encoding of files without a byte order mark, such as windows-1252. By default UTF-8.")
  private @Nullable String encoding;

  @Option(
      names = "--dry-run",
      description =
          "Says what would happen, and writes nothing: imports into a copy of the data, which is deleted.")
  private boolean dryRun;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (unitRows < 1 || unitRows > Import.UNIT_ROWS_MAX) {
      throw new ParameterException(
          spec.commandLine(), "--unit is from 1 to %,d".formatted(Import.UNIT_ROWS_MAX));
    }
    AppFolder.LoadedSchema loaded = app.schema();
    ImportPlan plan = plan(loaded.schema());
    if (!dryRun) {
      return run(loaded, plan, AppData.storage(app));
    }
    if (!AppData.storage(app).settings().isFile()) {
      throw new UserMistake(
          List.of(
              "--dry-run imports into a copy of the data, which there is of a file (SQLite) alone"));
    }
    try (DataCopy copy = DataCopy.of(app.data())) {
      return run(loaded, plan, new Storage(DatabaseSettings.DEFAULT, "", copy.folder()));
    }
  }

  private int run(AppFolder.LoadedSchema loaded, ImportPlan plan, Storage storage) {
    Settings settings = Settings.load(app.folder());
    try (AppData held = AppData.hold(storage, DatabaseOptions.BULK);
        Engine engine = held.start(loaded, settings)) {
      requireSame(engine);
      Instant start = Instant.now();
      Import files = new Import(loaded.schema(), engine.access(), engine.sequencer());
      return report(
          files.run(plan, unitRows, new Lines(err())), Duration.between(start, Instant.now()));
    }
  }

  /// What the columns mean is read from the schema file.
  private static void requireSame(Engine engine) {
    if (engine.schema().behind().isPresent()) {
      BehindFile behind = engine.schema().behind().get();
      throw new UserMistake(List.of(behind.sentence(), "Nothing was imported. " + behind.wayOut()));
    }
  }

  private ImportPlan plan(Schema schema) {
    ImportOptions options =
        new ImportOptions(columns, Optional.ofNullable(separator), Optional.ofNullable(encoding));
    return switch (ImportPlan.of(schema, files, options)) {
      case ImportPlan.Result.Ready ready -> {
        ready.plan().notes().forEach(err()::println);
        err().flush();
        yield ready.plan();
      }
      case ImportPlan.Result.Rejected rejected -> throw new UserMistake(rejected.mistakes());
    };
  }

  private int report(ImportResult result, Duration time) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(table(result.tallies(), time));
    if (dryRun) {
      out.println("A dry run: nothing of this was written.");
    }
    out.flush();
    return switch (result) {
      case ImportResult.Finished _ -> 0;
      case ImportResult.Stopped stopped -> {
        stopped.problems().forEach(err()::println);
        err().printf(dryRun ? STOPPED_DRY : STOPPED);
        err().flush();
        yield 1;
      }
    };
  }

  static String table(List<ImportCounts> tallies, Duration time) {
    ImportCounts all = tallies.stream().reduce(ImportCommand::plus).orElseThrow();
    int width =
        Math.max(
            5, tallies.stream().mapToInt(tally -> tally.model().name().length()).max().orElse(0));
    String format = "%-" + width + "s %,11d %,11d %,11d %,11d%n";
    StringBuilder table = new StringBuilder();
    table.append(
        ("%-" + width + "s %11s %11s %11s %11s%n")
            .formatted("model", "rows read", "created", "updated", "unchanged"));
    tallies.forEach(tally -> table.append(row(format, tally.model().name(), tally)));
    if (tallies.size() > 1) {
      table.append(row(format, "all", all));
    }
    double seconds = Math.max(0.001, time.toMillis() / 1000.0);
    return table
        .append("%.1f s, %,d rows a second%n".formatted(seconds, Math.round(all.read() / seconds)))
        .toString();
  }

  private static String row(String format, String name, ImportCounts tally) {
    return format.formatted(
        name, tally.read(), tally.created(), tally.updated(), tally.unchanged());
  }

  /// Over models: of the first of the two.
  private static ImportCounts plus(ImportCounts a, ImportCounts b) {
    return new ImportCounts(
        a.model(),
        a.read() + b.read(),
        a.created() + b.created(),
        a.updated() + b.updated(),
        a.unchanged() + b.unchanged());
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /// A line for each file.
  private static final class Lines implements ImportProgress {
    private final PrintWriter err;
    private @Nullable ProgressLine line;

    Lines(PrintWriter err) {
      this.err = err;
    }

    @Override
    public void began(ImportFile file) {
      line = new ProgressLine(err, "rows of " + file.name());
    }

    @Override
    public void advanced(ImportFile file, long rows, double share) {
      if (line != null && share > 0) {
        // how many rows there are is not known before all are read
        line.show(rows, Math.round(rows / share));
      }
    }

    @Override
    public void ended(ImportFile file, long rows) {
      stopped();
    }

    @Override
    public void stopped() {
      if (line != null) {
        line.close();
        line = null;
      }
    }
  }
}
