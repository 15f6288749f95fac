package dev.varve.command;

import dev.varve.store.log.EventLog;
import dev.varve.store.sql.Database;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.BehindFile;
import dev.varve.store.state.Rebuild;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `varve rebuild`: makes the tables anew from the log.
@Command(
    name = "rebuild",
    description = "Makes the tables anew from the log.",
    footer = {
      "",
      "The log is replayed into new tables beside the old, which are swapped at the end. You can",
      "interrupt it with Ctrl-C at any time: the next run goes on where it stopped.",
      "",
      "Example:",
      "  varve rebuild shop"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class RebuildCommand implements Callable<Integer> {
  @Mixin private AppFolder app;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    AppData.require(app);
    AppFolder.LoadedSchema loaded = app.schema();
    try (Interruption interruption = Interruption.open();
        AppData data = AppData.holdAlone(app);
        ProgressLine progress = new ProgressLine(spec.commandLine().getErr(), "units replayed")) {
      Database database = data.migrated().database();
      AppliedSchema applied = AppliedSchema.apply(database, loaded.schema(), Clock.systemUTC());
      applied.behind().map(BehindFile::sentence).ifPresent(out::println);
      Rebuild rebuild = new Rebuild(database, new EventLog(database), applied);
      if (!rebuild.run(progress::show, interruption::wished)) {
        out.println("Interrupted. The tables in use are as they were; run it again to go on.");
        return 1;
      }
      out.println("Rebuilt: the tables are made anew from the log.");
      return 0;
    }
  }
}
