package dev.varve;

import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.transfer.Import;
import dev.varve.transfer.ImportPlan;
import dev.varve.transfer.ImportResult;
import dev.varve.transfer.Progress;
import dev.varve.transfer.Tally;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The sample data of an application: files in `APP/seed`, named after their models.
final class SeedData {
  private static final List<String> ENDINGS = List.of(".ndjson", ".jsonl", ".csv");

  private SeedData() {}

  /// The files there are, as the import command takes them: `Model=FILE`.
  static List<String> files(Schema schema, Path app) {
    List<String> files = new ArrayList<>();
    for (Model model : schema.models()) {
      for (String ending : ENDINGS) {
        Path file = app.resolve("seed").resolve(model.name() + ending);
        if (Files.exists(file)) {
          files.add(model.name() + "=" + file);
        }
      }
    }
    return files;
  }

  /// Imports the files into an application without data.
  ///
  /// @return how many records were made
  /// @throws CommandRefused with what is wrong in the files
  static long load(Engine engine, List<String> files) {
    Schema schema = engine.schema().schema();
    ImportPlan plan =
        switch (ImportPlan.of(schema, files, List.of())) {
          case ImportPlan.Result.Ready ready -> ready.plan();
          case ImportPlan.Result.Rejected rejected -> throw new CommandRefused(rejected.mistakes());
        };
    ImportResult result =
        new Import(schema, engine.access(), engine.sequencer(), engine.query())
            .run(plan, Import.UNIT_ROWS, Progress.NONE);
    return switch (result) {
      case ImportResult.Finished finished ->
          finished.tallies().stream().mapToLong(Tally::created).sum();
      case ImportResult.Stopped stopped -> throw new CommandRefused(stopped.problems());
    };
  }
}
