package dev.varve.node;

import dev.varve.kernel.UserMistake;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.store.sql.Database;
import dev.varve.store.state.Records;
import dev.varve.transfer.Import;
import dev.varve.transfer.ImportCounts;
import dev.varve.transfer.ImportOptions;
import dev.varve.transfer.ImportPlan;
import dev.varve.transfer.ImportProgress;
import dev.varve.transfer.ImportResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The sample data of an application: files in `APP/seed`, named after their models.
final class SampleData {
  private static final List<String> ENDINGS = List.of(".ndjson", ".jsonl", ".csv");

  private SampleData() {}

  /// Imports the files, unless one of their models has had a record already.
  ///
  /// @return how many records were made
  /// @throws UserMistake with what is wrong in the files
  static long loadOnce(Engine engine, Database database, Path app) {
    Map<Model, Path> files = files(engine.schema().schema(), app);
    Records records = new Records(database.dialect(), List.copyOf(files.keySet()));
    for (Model model : files.keySet()) {
      if (database.read(session -> records.everHadOne(session, model))) {
        return 0;
      }
    }
    return files.isEmpty() ? 0 : load(engine, files);
  }

  /// The files there are.
  private static Map<Model, Path> files(Schema schema, Path app) {
    Map<Model, Path> files = new LinkedHashMap<>();
    for (Model model : schema.models()) {
      for (String ending : ENDINGS) {
        Path file = app.resolve("seed").resolve(model.name() + ending);
        if (Files.exists(file)) {
          files.put(model, file);
        }
      }
    }
    return files;
  }

  private static long load(Engine engine, Map<Model, Path> files) {
    Schema schema = engine.schema().schema();
    ImportPlan plan =
        switch (ImportPlan.of(schema, arguments(files), ImportOptions.NONE)) {
          case ImportPlan.Result.Ready ready -> ready.plan();
          case ImportPlan.Result.Rejected rejected -> throw new UserMistake(rejected.mistakes());
        };
    ImportResult result =
        new Import(schema, engine.access(), engine.sequencer())
            .run(plan, Import.UNIT_ROWS, ImportProgress.NONE);
    return switch (result) {
      case ImportResult.Finished finished ->
          finished.tallies().stream().mapToLong(ImportCounts::created).sum();
      case ImportResult.Stopped stopped -> throw new UserMistake(stopped.problems());
    };
  }

  /// As the import command takes them: `Model=FILE`.
  private static List<String> arguments(Map<Model, Path> files) {
    return files.entrySet().stream()
        .map(entry -> entry.getKey().name() + "=" + entry.getValue())
        .toList();
  }
}
