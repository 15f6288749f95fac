package dev.varve.command;

import dev.varve.schema.Schema;
import dev.varve.schema.evolution.Plan;
import dev.varve.schema.evolution.SchemaChange;
import dev.varve.store.sql.Database;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.BehindFile;
import dev.varve.store.state.EarlierFile;
import dev.varve.store.state.IndexBuild;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
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
      "misread stored data and are refused; each line says what to write to make them safe. Or the file",
      "is one that nodes do not apply, because others were applied since.",
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
      Optional<BehindFile> behind = behind(database, loaded.schema());
      behind.map(PlanCommand::told).orElse(List.of()).forEach(out::println);
      Plan plan = AppliedSchema.plan(database, loaded.schema());
      plan.changes().stream().map(SchemaChange::sentence).forEach(out::println);
      if (!plan.safe()) {
        AppliedSchema.reasons(plan).forEach(out::println);
        out.println("Refused: nothing is altered until the lines above are mended.");
        return 1;
      }
      if (behind.isPresent()) {
        return 1;
      }
      out.println(
          plan.changes().isEmpty()
              ? "Nothing to do: the stored data are as the schema says."
              : "Safe: applied when the application is served next.");
      IndexBuild.missing(database)
          .forEach(index -> out.printf("Not ready yet: the index of %s.%n", index));
      return 0;
    }
  }

  private static List<String> told(BehindFile behind) {
    return List.of(
        behind.sentence(),
        "Nodes leave it alone, and serve the schema of the data.",
        behind.wayOut(),
        "Going back:");
  }

  private static Optional<BehindFile> behind(Database database, Schema schema) {
    return EarlierFile.at(database) == EarlierFile.LEFT_BEHIND
        ? AppliedSchema.behind(database, schema)
        : Optional.empty();
  }
}
