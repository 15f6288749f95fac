package dev.varve.command;

import dev.varve.schema.evolution.Plan;
import dev.varve.schema.evolution.SchemaChange;
import dev.varve.store.sql.Database;
import dev.varve.store.state.AppliedSchema;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `varve plan`: says what the schema file would do to the stored data.
@Command(
    name = "plan",
    description = "Says what the schema file would do to the stored data, and does nothing.",
    footer = {
      "",
      "Safe changes are applied when the application is served next. Exit code 1: some would lose or",
      "misread stored data and are refused; each line says what to write to make them safe.",
      "",
      "Example:",
      "  varve plan shop"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class PlanCommand implements Callable<Integer> {
  @Mixin private AppFolder app;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    AppFolder.LoadedSchema loaded = app.schema();
    try (Database database = AppData.toRead(app)) {
      Plan plan = AppliedSchema.plan(database, loaded.schema());
      plan.changes().stream().map(SchemaChange::sentence).forEach(out::println);
      if (!plan.safe()) {
        AppliedSchema.reasons(plan).forEach(out::println);
        out.println("Refused: nothing is altered until the lines above are mended.");
        return 1;
      }
      out.println(
          plan.changes().isEmpty()
              ? "Nothing to do: the stored data are as the schema says."
              : "Safe: applied when the application is served next.");
      return 0;
    }
  }
}
