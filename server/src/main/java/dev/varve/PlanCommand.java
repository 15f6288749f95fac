package dev.varve;

import dev.varve.schema.Change;
import dev.varve.schema.Plan;
import dev.varve.schema.Schema;
import dev.varve.sql.DataFolder;
import dev.varve.sql.Database;
import dev.varve.sql.DatabaseSettings;
import dev.varve.state.AppliedSchema;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `varve plan`: what the schema file would do to the stored data.
@Command(
    name = "plan",
    description = "Shows what schema.graphql would do to the stored data.",
    footer = {
      "",
      "Nothing is altered. Safe changes are applied when the application is served next; what would",
      "lose or misread data is refused, with the way out. A server may run meanwhile.",
      "Exit code 0: it can be applied; 1: something is refused.",
      "",
      "Example:",
      "  varve plan shop"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class PlanCommand implements Callable<Integer> {
  @Mixin private AppFolder app;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Schema schema = app.schema().schema();
    PrintWriter out = spec.commandLine().getOut();
    if (!Files.exists(DataFolder.database(app.data()))) {
      out.printf("There are no data in %s yet: any schema can be applied.%n", app.data());
      return 0;
    }
    Plan plan = plan(schema);
    plan.changes().stream().map(Change::sentence).forEach(out::println);
    plan.refusals().forEach(refusal -> out.println(refused(refusal)));
    out.println(verdict(plan));
    return plan.safe() ? 0 : 1;
  }

  private Plan plan(Schema schema) {
    try (Database database =
        Database.openToRead(DataFolder.database(app.data()), DatabaseSettings.DEFAULT)) {
      return AppliedSchema.plan(database, schema);
    }
  }

  private String refused(Plan.Refusal refusal) {
    return refusal.location().line() == 0
        ? "Refused: " + refusal.message()
        : "%s:%d:%d: Refused: %s"
            .formatted(
                app.schemaFile(),
                refusal.location().line(),
                refusal.location().column(),
                refusal.message());
  }

  private static String verdict(Plan plan) {
    if (!plan.safe()) {
      return "It cannot be applied. Nothing was altered.";
    }
    return plan.changes().isEmpty()
        ? "The stored data have this schema already."
        : "It can be applied: serve the application and it is done.";
  }
}
