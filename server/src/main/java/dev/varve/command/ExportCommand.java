package dev.varve.command;

import dev.varve.kernel.Nearest;
import dev.varve.kernel.UserMistake;
import dev.varve.lane.access.Moment;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.store.sql.Database;
import dev.varve.transfer.Export;
import dev.varve.transfer.Format;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `varve export`: takes data out to files.
@Command(
    name = "export",
    description = "Takes data out to files that `varve import` reads.",
    footer = {
      "",
      "Each model goes to a file of its own, DIR/Model.ndjson or DIR/Model.csv, all",
      "as of the same moment. A server may be running; it is not disturbed.",
      "",
      "Example:",
      "  varve export shop Order --format csv --as-of 2026-03-01T00:00:00Z"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class ExportCommand implements Callable<Integer> {
  @Mixin private AppFolder app;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "Model",
      description = "The models to export; all of them when none is named.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "ndjson",
      description = "ndjson (a JSON object a line) or csv, ${DEFAULT-VALUE} by default.")
  private String format;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      defaultValue = "export",
      description = "The folder for the files, ./${DEFAULT-VALUE} by default.")
  private Path folder;

  @Option(
      names = "--as-of",
      paramLabel = "MOMENT",
      description = "The moment in the past to export: 2026-03-01T00:00:00Z or position:42.")
  private @Nullable String asOf;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Format chosen = format();
    Moment moment = moment();
    try (Database database = AppData.toRead(app)) {
      AppData.Stored stored = AppData.stored(database);
      List<Model> models = models(stored.schema());
      export(new Export(stored.access(), stored.query()), models, chosen, moment);
      return 0;
    }
  }

  private Format format() {
    return switch (format) {
      case "ndjson" -> Format.NDJSON;
      case "csv" -> Format.CSV;
      default ->
          throw new ParameterException(
              spec.commandLine(), "--format is ndjson or csv, not '%s'".formatted(format));
    };
  }

  private Moment moment() {
    if (asOf == null) {
      return Moment.NOW;
    }
    return Moment.of(asOf)
        .orElseThrow(() ->
            new ParameterException(
                spec.commandLine(),
                "--as-of is an instant such as 2026-03-01T00:00:00Z, or position:42, not '%s'"
                    .formatted(asOf)));
  }

  private List<Model> models(Schema schema) {
    if (names.isEmpty()) {
      return schema.models();
    }
    List<String> known = schema.models().stream().map(Model::name).toList();
    List<String> mistakes =
        names.stream()
            .filter(name -> !known.contains(name))
            .map(name ->
                "The stored data have no model '%s'.%s".formatted(name, Nearest.hint(name, known)))
            .toList();
    if (!mistakes.isEmpty()) {
      throw new UserMistake(mistakes);
    }
    return names.stream().distinct().map(schema::require).toList();
  }

  private void export(Export export, List<Model> models, Format chosen, Moment moment)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Moment settled = export.settle(models, moment);
    for (Model model : models) {
      Export.Exported exported = write(export, model, chosen, settled);
      out.printf("%s: %,d records%n", exported.file(), exported.records());
      out.flush();
    }
    if (settled instanceof Moment.AtPosition at) {
      out.printf("As of position %,d of the log.%n", at.position());
      out.flush();
    }
  }

  private Export.Exported write(Export export, Model model, Format chosen, Moment moment)
      throws IOException {
    try (ProgressLine line =
        new ProgressLine(spec.commandLine().getErr(), "records of " + model.name())) {
      return export.write(model, chosen, folder, moment, (_, done, all) -> line.show(done, all));
    }
  }
}
