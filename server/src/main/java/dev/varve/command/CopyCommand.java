package dev.varve.command;

import dev.varve.kernel.UserMistake;
import dev.varve.node.Settings;
import dev.varve.node.Storage;
import dev.varve.settings.WrongSetting;
import dev.varve.store.copy.CopyMark;
import dev.varve.store.copy.StoreCopy;
import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.DatabaseSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
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
import picocli.CommandLine.Spec;

/// `varve copy`: moves the data from SQLite to PostgreSQL, or back.
@Command(
    name = "copy",
    description = "Moves the data from SQLite to PostgreSQL, or back.",
    footer = {
      "",
      "The log is copied byte for byte, the tables of models are made from it, accounts, sessions,",
      "keys and all else beside the log is copied row by row; then all of it is compared. In the end",
      "the data that were copied are marked as moved, and no server writes to them any more.",
      "",
      "No server may run meanwhile. The target has to be empty, or has a part of this copy: one that",
      "was interrupted or killed goes on where it stopped. The password of the user at PostgreSQL is",
      "taken from the environment variable VARVE_DATABASE_PASSWORD.",
      "",
      "Example:",
      "  varve copy shop --from sqlite --to jdbc:postgresql://db.example.com/shop --user shop"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class CopyCommand implements Callable<Integer> {
  private static final String FILE = "sqlite";

  @Mixin private AppFolder app;

  @Option(
      names = "--from",
      paramLabel = "DATABASE",
      required = true,
      description = "Where the data are: sqlite for the file in the data folder, or an address.")
  private String from;

  @Option(
      names = "--to",
      paramLabel = "DATABASE",
      description = "Where they go to: an address such as jdbc:postgresql://host/name, or sqlite.")
  private @Nullable String to;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "The user at PostgreSQL. By default database.user of varve.yaml.")
  private @Nullable String user;

  @Option(
      names = "--take-back",
      description =
          "Copies nothing: lets a server write again to the data of --from, which were marked as moved.")
  private boolean takeBack;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Storage source = storage("--from", from);
    return takeBack ? takeBack(source) : copy(source, target(source));
  }

  private Storage target(Storage source) {
    if (to == null) {
      throw new ParameterException(
          spec.commandLine(),
          "Say with --to where the data go to, such as jdbc:postgresql://host/name");
    }
    Storage target = storage("--to", to);
    if (source.settings().isFile() == target.settings().isFile()) {
      throw new ParameterException(
          spec.commandLine(),
          source.settings().isFile()
              ? "--from and --to are both a file: copy the data folder, while no server runs"
              : "--from and --to are both PostgreSQL: copy with its own pg_dump and pg_restore");
    }
    return target;
  }

  private Storage storage(String option, String named) {
    DatabaseSettings settings = Settings.load(app.folder()).database();
    String url = named.equals(FILE) ? "" : named;
    try {
      return Storage.of(
          new DatabaseSettings(
              url,
              Optional.ofNullable(user).orElse(settings.user()),
              settings.readersMax(),
              settings.queryTime(),
              settings.connectTime()),
          System.getenv(),
          app.data());
    } catch (WrongSetting e) {
      throw new ParameterException(spec.commandLine(), option + " " + e.says(), e);
    }
  }

  private int copy(Storage source, Storage target) throws IOException {
    requireThere(source);
    Instant start = Instant.now();
    try (Interruption interruption = Interruption.open()) {
      StoreCopy.Outcome outcome = run(source, target, interruption);
      return report(outcome, source, target, Duration.between(start, Instant.now()));
    }
  }

  private StoreCopy.Outcome run(Storage source, Storage target, Interruption interruption)
      throws IOException {
    try (
        // of both: one of them is a file in it
        DataFolder _ = DataFolder.hold(app.data());
        Database from = source.openAlone(DatabaseOptions.DEFAULT);
        Database to = target.openAlone(DatabaseOptions.BULK);
        ScratchFolder scratch = ScratchFolder.make("varve-copy");
        StepLines lines = new StepLines(spec.commandLine().getErr())) {
      return new StoreCopy(end(from, source), end(to, target), Clock.systemUTC())
          .run(scratch.file("replayed.db"), lines::show, interruption::wished);
    }
  }

  private static void requireThere(Storage source) {
    if (!source.isThere()) {
      throw new UserMistake(
          List.of(
              "There are no data in %s. Name the folder that has them with --data"
                  .formatted(source.folder())));
    }
  }

  private static StoreCopy.End end(Database database, Storage storage) {
    return new StoreCopy.End(
        database,
        storage.toString(),
        storage.settings().isFile()
            ? "Put its varve.db elsewhere, or name another folder with --data"
            : "Make a database with nothing in it, or name a schema of its own with ?currentSchema=");
  }

  private int report(StoreCopy.Outcome outcome, Storage source, Storage target, Duration time) {
    PrintWriter out = spec.commandLine().getOut();
    int exitCode =
        switch (outcome) {
          case StoreCopy.Outcome.Interrupted _ -> {
            out.printf(
                "Interrupted. The data in %s are as they were; run it again to go on.%n", source);
            yield 1;
          }
          case StoreCopy.Outcome.Different(List<String> findings) -> {
            findings.forEach(out::println);
            out.printf(
                "The copy is not what %s has, which is as it was. Look that over with `varve verify`, and%n"
                    + "begin anew with an empty target.%n",
                source);
            yield 1;
          }
          case StoreCopy.Outcome.Whole whole -> {
            out.printf(
                "Copied: %s, chained without a gap to %s,%nand %s beside the log, in %.1f s. All tables agree with the log.%n",
                counted(whole.head().position(), "unit"),
                whole.head(),
                counted(whole.rows(), "row"),
                time.toMillis() / 1000.0);
            out.println(next(source, target));
            yield 0;
          }
        };
    out.flush();
    return exitCode;
  }

  private static String counted(long number, String what) {
    return "%,d %s%s".formatted(number, what, number == 1 ? "" : "s");
  }

  private String next(Storage source, Storage target) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s marked as moved: nothing is written there any more. Serve the copy"
            .formatted(
                source.settings().isFile() ? "The data in " + source + " are" : source + " is"));
    if (target.settings().isFile()) {
      lines.add(
          "without database.url in varve.yaml"
              + (app.isDataNamed() ? ", and with --data " + target : ""));
    } else {
      lines.addAll(List.of("with this in varve.yaml:", "", "database:", "  url: " + target));
      if (!target.settings().user().isEmpty()) {
        lines.add("  user: " + target.settings().user());
      }
    }
    return String.join(System.lineSeparator(), lines);
  }

  private int takeBack(Storage storage) {
    requireThere(storage);
    try (DataFolder _ = DataFolder.hold(app.data());
        Database database = storage.openAlone(DatabaseOptions.DEFAULT)) {
      String other = CopyMark.takeBack(database);
      spec.commandLine()
          .getOut()
          .printf(
              "The data in %s are written to again. What was written to %s since is not%nin them: serve one of the two alone.%n",
              storage, other);
      spec.commandLine().getOut().flush();
      return 0;
    }
  }

  /// A line for each step.
  private static final class StepLines implements AutoCloseable {
    private final PrintWriter err;
    private StoreCopy.@Nullable Step step;
    private @Nullable ProgressLine line;

    StepLines(PrintWriter err) {
      this.err = err;
    }

    void show(StoreCopy.Step next, long done, long all) {
      if (line == null || step != next) {
        close();
        step = next;
        line = new ProgressLine(err, next.counts());
      }
      line.show(done, all);
    }

    @Override
    public void close() {
      if (line != null) {
        line.close();
        line = null;
      }
    }
  }
}
