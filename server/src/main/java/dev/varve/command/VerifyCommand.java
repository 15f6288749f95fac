package dev.varve.command;

import dev.varve.store.log.EventLog;
import dev.varve.store.sql.Database;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.Verification;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `varve verify`: proves that the log is what was written and the tables are what follows from it.
@Command(
    name = "verify",
    description = "Proves that the log is whole and the tables agree with it.",
    footer = {
      "",
      "It walks the hash chain from the first change to the last, replays it beside the stored",
      "tables, and compares them row by row. Exit code 0: sound; 1: something was found.",
      "",
      "Example:",
      "  varve verify shop"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class VerifyCommand implements Callable<Integer> {
  @Mixin private AppFolder app;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    AppData.require(app);
    try (ScratchFolder scratch = ScratchFolder.make("varve-verify");
        AppData data = AppData.holdAlone(app)) {
      Verification.Report report = verify(data.database(), scratch);
      report.findings().forEach(out::println);
      if (!report.sound()) {
        out.printf(
            "%s: do not write on. Restore a backup, or, when only tables differ,%n",
            report.findings().size() == 1 ? "1 finding" : report.findings().size() + " findings");
        out.println("make them anew from the log with `varve rebuild`.");
        return 1;
      }
      out.printf(
          "Sound: %,d units, chained without a gap to %s; all tables agree with the log.%n",
          report.units(), report.head());
      return 0;
    }
  }

  private Verification.Report verify(Database database, ScratchFolder scratch) {
    try (ProgressLine progress = new ProgressLine(spec.commandLine().getErr(), "units checked")) {
      return new Verification(database, new EventLog(database), AppliedSchema.stored(database))
          .run(scratch.file("replayed.db"), progress::show);
    } catch (IllegalStateException | dev.varve.store.sql.StorageException e) {
      return new Verification.Report(
          0,
          dev.varve.store.log.Head.unknown(),
          List.of("The database cannot be read: " + e.getMessage()));
    }
  }
}
