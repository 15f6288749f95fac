package dev.varve.transfer;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.Series;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One run over all files of an import.
final class ImportRun {
  // the write lane bounds what one unit may hold in memory; what was there before counts too
  private static final long UNIT_BYTES = 16L * 1024 * 1024;

  // what waits is committed as one, which writes fewer pages twice; until then it is in memory
  private static final int UNDERWAY_MAX = 40;
  private static final long UNDERWAY_BYTES = UNIT_BYTES;

  private final Import.Lane lane;
  private final int unitRows;
  private final ImportProgress progress;
  private final Map<String, ImportCounts> tallies = new LinkedHashMap<>();

  ImportRun(Import.Lane lane, int unitRows, ImportProgress progress) {
    this.lane = lane;
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
      List<Field> waiting = LoadOrder.waiting(lane.schema(), model);
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
    Underway underway = new Underway(file, counting);
    try (Rows source = Rows.open(file, planned.layout(), planned.columns())) {
      while (true) {
        long start = source.bytesRead();
        ImportRefusals refusals = new ImportRefusals(file.name());
        List<RecordDraft> drafts = drafts(source, file.model(), refusals);
        if (!refusals.isEmpty()) {
          underway.finish();
          throw new Stop(refusals.texts());
        }
        if (drafts.isEmpty()) {
          break;
        }
        ImportUnit unit = new ImportUnit(lane, file, drafts, ids, waiting);
        underway.send(unit, source.bytesRead() - start, source.bytesRead());
      }
      underway.finish();
    } catch (IOException e) {
      underway.finish();
      throw new Stop(List.of(unreadable(file, e)));
    }
    progress.ended(file, underway.rows);
    return underway.waited;
  }

  private static String unreadable(ImportFile file, IOException e) {
    return e instanceof UnreadableFileException unreadable
        ? unreadable.text(file.name())
        : file.name() + ": cannot be read (" + e + ")";
  }

  /// Units of a file that were sent and have no answer yet. While the writer commits them together, the next ones
  /// are read.
  private final class Underway {
    private final ImportFile file;
    private final boolean counting;
    private final long fileBytes;
    private final Series series = lane.sequencer().series();
    private final Deque<Part> parts = new ArrayDeque<>();
    private long bytes;
    private long rows;
    private boolean waited;

    /// @param bytes of the file that its records took
    /// @param end where in the file they ended
    private record Part(
        ImportUnit unit, Series.Sent<ImportUnit.Result> sent, long bytes, long end) {}

    Underway(ImportFile file, boolean counting) {
      this.file = file;
      this.counting = counting;
      this.fileBytes = Math.max(1, file.path().toFile().length());
    }

    void send(ImportUnit unit, long unitBytes, long end) throws Stop {
      parts.add(
          new Part(unit, series.send(lane.caller().actor(), unit.origin(), unit), unitBytes, end));
      bytes += unitBytes;
      while (parts.size() > UNDERWAY_MAX || bytes > UNDERWAY_BYTES) {
        finishFirst();
      }
    }

    void finish() throws Stop {
      while (!parts.isEmpty()) {
        finishFirst();
      }
    }

    private void finishFirst() throws Stop {
      Part part = parts.removeFirst();
      bytes -= part.bytes();
      try {
        written(part.unit(), part.sent().await(), part.end());
      } catch (Problem problem) {
        List<String> problems = part.unit().problems(problem);
        // none of them is kept, and the log stands still when they have their answers
        parts.forEach(Underway::awaitRefusal);
        parts.clear();
        throw new Stop(problems);
      }
    }

    private static void awaitRefusal(Part part) {
      try {
        part.sent().await();
      } catch (Problem _) {
        // what it says was said of the unit before
      }
    }

    private void written(ImportUnit unit, ImportUnit.Result result, long end) {
      if (counting) {
        tallies.merge(file.model().name(), result.tally(), ImportCounts::plus);
      }
      waited |= result.waited();
      rows += unit.size();
      progress.advanced(file, rows, Math.min(1, end / (double) fileBytes));
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
}
