package dev.varve.transfer;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.Outcome;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WriteResult;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One run over all files of an import.
final class ImportRun {
  // the write lane bounds what one unit may hold in memory; what was there before counts too
  private static final long UNIT_BYTES = 16L * 1024 * 1024;

  private final Import.Lanes lanes;
  private final int unitRows;
  private final ImportProgress progress;
  private final Map<String, ImportCounts> tallies = new LinkedHashMap<>();

  ImportRun(Import.Lanes lanes, int unitRows, ImportProgress progress) {
    this.lanes = lanes;
    this.unitRows = unitRows;
    this.progress = progress;
  }

  ImportResult run(ImportPlan plan) {
    try {
      List<ImportPlan.Planned> incomplete = readAll(plan);
      fillIn(incomplete);
      return new ImportResult.Finished(List.copyOf(tallies.values()));
    } catch (Stop stop) {
      progress.stopped();
      return new ImportResult.Stopped(List.copyOf(tallies.values()), stop.problems);
    }
  }

  /// Ends the run.
  private static final class Stop extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    Stop(List<String> problems) {
      super("The import was stopped", null, false, false);
      this.problems = problems;
    }
  }

  /// Reads every file; those of which records were left without a relation, because the record that it refers
  /// to comes later.
  private List<ImportPlan.Planned> readAll(ImportPlan plan) throws Stop {
    List<ImportPlan.Planned> incomplete = new ArrayList<>();
    Map<String, RowIds> ids = new HashMap<>();
    for (ImportPlan.Planned planned : plan.files()) {
      Model model = planned.file().model();
      tallies.putIfAbsent(model.name(), ImportCounts.none(model));
      List<Field> waiting = LoadOrder.waiting(lanes.schema(), model);
      RowIds modelIds = ids.computeIfAbsent(model.name(), _ -> new RowIds(model));
      if (read(planned, waiting, modelIds, true)) {
        incomplete.add(planned);
      }
    }
    return incomplete;
  }

  /// Reads files once more, now that all records are there.
  private void fillIn(List<ImportPlan.Planned> incomplete) throws Stop {
    Map<String, RowIds> ids = new HashMap<>();
    for (ImportPlan.Planned planned : incomplete) {
      Model model = planned.file().model();
      read(planned, List.of(), ids.computeIfAbsent(model.name(), _ -> new RowIds(model)), false);
    }
  }

  /// Whether records were left without a relation.
  private boolean read(
      ImportPlan.Planned planned, List<Field> waiting, RowIds ids, boolean counting) throws Stop {
    ImportFile file = planned.file();
    progress.began(file);
    long bytes = Math.max(1, file.path().toFile().length());
    long rows = 0;
    boolean waited = false;
    try (Rows source = Rows.open(file, planned.layout(), planned.columns())) {
      while (true) {
        ImportRefusals refusals = new ImportRefusals(file.name());
        List<RecordDraft> drafts = drafts(source, file.model(), refusals);
        stopAt(refusals);
        if (drafts.isEmpty()) {
          break;
        }
        ImportUnit unit =
            new ImportUnit(lanes.schema(), file.model(), lanes.stored(), ids, waiting, refusals);
        unit.add(drafts);
        stopAt(refusals);
        ImportCounts tally = write(file, unit, refusals);
        if (counting) {
          tallies.merge(file.model().name(), tally, ImportCounts::plus);
        }
        waited |= unit.waited() > 0;
        rows += drafts.size();
        progress.advanced(file, rows, Math.min(1, source.bytesRead() / (double) bytes));
      }
    } catch (UnreadableFileException e) {
      throw new Stop(List.of(e.text(file.name())));
    } catch (IOException e) {
      throw new Stop(List.of(file.name() + ": cannot be read (" + e + ")"));
    }
    progress.ended(file, rows);
    return waited;
  }

  private static void stopAt(ImportRefusals refusals) throws Stop {
    if (!refusals.isEmpty()) {
      throw new Stop(refusals.texts());
    }
  }

  /// The records of the next unit; none at the end of the file.
  private List<RecordDraft> drafts(Rows source, Model model, ImportRefusals refusals)
      throws IOException {
    List<RecordDraft> drafts = new ArrayList<>();
    try {
      long start = source.bytesRead();
      for (int i = 0; i < unitRows && source.bytesRead() - start < UNIT_BYTES; i++) {
        SourceRow row = source.next();
        if (row == null) {
          break;
        }
        List<FieldError> errors = new ArrayList<>();
        drafts.add(RecordDraft.read(model, row, errors));
        refusals.add(row.line(), errors);
      }
    } catch (UnreadableFileException e) {
      refusals.add(e);
    }
    return drafts;
  }

  private ImportCounts write(ImportFile file, ImportUnit unit, ImportRefusals refusals)
      throws Stop {
    Optional<UnitOfWork> work = unit.work(lanes.access(), lanes.caller(), file.name());
    if (work.isEmpty()) {
      return unit.tally(List.of());
    }
    try {
      return unit.tally(results(lanes.sequencer().submit(work.get())));
    } catch (Problem problem) {
      refusals.add(unit.lines(), problem);
      throw new Stop(refusals.texts());
    }
  }

  private static List<Outcome.Result> results(WriteResult result) {
    return switch (result) {
      case WriteResult.Written(Outcome outcome) -> outcome.results();
      case WriteResult.Replayed _ -> throw new IllegalStateException("No key was given");
    };
  }
}
