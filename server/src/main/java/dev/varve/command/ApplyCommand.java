package dev.varve.command;

import dev.varve.kernel.UserMistake;
import dev.varve.store.log.EventLog;
import dev.varve.store.sql.Database;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.EarlierFile;
import dev.varve.store.state.IndexBuild;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `varve apply`: brings the stored data to the schema file.
@Command(
    name = "apply",
    description = "Brings the stored data to the schema file, as serving it would.",
    footer = {
      "",
      "On PostgreSQL it runs beside the nodes, which then serve the schema, whatever file they have. Where",
      "the data are in a file, no server may run. Ask with `varve plan` what it would do: exit code 1, and",
      "nothing altered, when some of that is refused.",
      "",
      "Example:",
      "  varve apply shop"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class ApplyCommand implements Callable<Integer> {
  @Mixin private AppFolder app;

  @Option(
      names = "--earlier",
      description =
          "Applies the file although it was applied before, and others since: the data go back to it, as a new version.")
  private boolean earlier;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    AppFolder.LoadedSchema loaded = app.schema();
    try (AppData data = AppData.hold(app)) {
      Database database = data.migrated().database();
      new EventLog(database).requireNotedEnd();
      AppliedSchema applied =
          AppliedSchema.apply(
              database,
              loaded.schema(),
              Clock.systemUTC(),
              earlier ? EarlierFile.APPLIED : EarlierFile.at(database));
      applied
          .behind()
          .ifPresent(behind -> {
            throw new UserMistake(
                List.of(behind.sentence(), "Nothing was altered. " + behind.wayOut()));
          });
      applied.changes().forEach(out::println);
      List<String> missing = IndexBuild.missing(database);
      missing.forEach(
          index -> out.printf("Makes the index of %s, while others write on.%n", index));
      out.flush();
      IndexBuild.finish(database, applied);
      out.printf("The data have schema version %d, which is this file.%n", applied.version());
      return 0;
    }
  }
}
