package dev.varve.transfer;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.write.Outcome;
import dev.varve.lane.write.WriteContext;
import dev.varve.lane.write.WriterTask;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.record.Entity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Some records of a file that are written as one: each is created, updated, or left alone when it is there as it
/// should be. What is there is looked up on the writer's thread, so units may be on their way together.
final class ImportUnit implements WriterTask<ImportUnit.Result> {
  private final Import.Lane lane;
  private final ImportFile file;
  private final Model model;
  private final List<RecordDraft> drafts;
  private final List<String> ids;
  private final List<Field> waiting;
  private ImportRefusals refusals;

  /// @param drafts one or more
  /// @param ids makes ids for records that have none in the file
  /// @param waiting relations that are left out where the record they refer to is not there yet
  ImportUnit(
      Import.Lane lane,
      ImportFile file,
      List<RecordDraft> drafts,
      RowIds ids,
      List<Field> waiting) {
    this.lane = lane;
    this.file = file;
    this.model = file.model();
    this.drafts = List.copyOf(drafts);
    this.ids =
        drafts.stream()
            .map(draft -> draft.id() != null ? draft.id() : ids.next(draft.given()))
            .toList();
    this.waiting = List.copyOf(waiting);
    this.refusals = new ImportRefusals(file.name());
  }

  /// What became of the records.
  ///
  /// @param waited whether some were left without a relation
  record Result(ImportCounts tally, boolean waited) {}

  int size() {
    return drafts.size();
  }

  /// Where the records are, for the log: `Track.csv:2-501`.
  String origin() {
    return "%s:%d-%d".formatted(file.name(), drafts.getFirst().line(), drafts.getLast().line());
  }

  /// Why nothing of it was written.
  List<String> problems(Problem problem) {
    if (refusals.isEmpty()) {
      refusals.add(drafts.getFirst().line(), problem);
    }
    return refusals.texts();
  }

  @Override
  public Result run(WriteContext write) {
    refusals = new ImportRefusals(file.name());
    load(write);
    Counts counts = new Counts();
    for (int i = 0; i < drafts.size(); i++) {
      write(write, drafts.get(i), ids.get(i), counts);
    }
    if (!refusals.isEmpty()) {
      throw new Problem(ErrorCode.VALIDATION_ERROR, "Records of the unit were refused");
    }
    return new Result(counts.tally(), counts.waited);
  }

  /// How many records it was done to so far.
  private final class Counts {
    private long created;
    private long updated;
    private boolean waited;

    ImportCounts tally() {
      return new ImportCounts(
          model, drafts.size(), created, updated, drafts.size() - created - updated);
    }
  }

  private void load(WriteContext write) {
    write.load(model, ids);
    for (Field field : model.fields()) {
      if (field.type() instanceof RelationType relation) {
        List<String> targets = new ArrayList<>();
        for (RecordDraft draft : drafts) {
          if (draft.given().value(field) instanceof String target) {
            targets.add(target);
          }
        }
        write.load(lane.schema().require(relation.target()), targets);
      }
    }
  }

  private void write(WriteContext write, RecordDraft draft, String ownId, Counts counts) {
    String id = draft.id() != null ? draft.id() : holder(write, draft).orElse(ownId);
    List<Field> ahead = ahead(write, draft, id);
    counts.waited |= !ahead.isEmpty();
    RecordDraft possible = ahead.isEmpty() ? draft : draft.without(ahead);
    Optional<Entity> there = write.find(model, id);
    if (there.isPresent() && possible.agreesWith(there.get())) {
      return;
    }
    Command command = there.isPresent() ? merge(possible, id) : create(possible, id);
    if (!refusals.isEmpty()) {
      // nothing of the unit is kept, but all that is wrong with it is said
      return;
    }
    try {
      Outcome.Result result = write.apply(lane.access().authorize(lane.caller(), command));
      counts.created += result.created() ? 1 : 0;
      counts.updated += !result.created() && isChanged(there, result) ? 1 : 0;
    } catch (Problem problem) {
      refusals.add(draft.line(), problem);
    }
  }

  private Command merge(RecordDraft draft, String id) {
    return new Command.Merge(model, id, draft.given(), Precondition.NONE);
  }

  private Command create(RecordDraft draft, String id) {
    List<FieldError> errors = new ArrayList<>();
    Command command = new Command.Create(model, id, true, draft.forNew(errors));
    refusals.add(draft.line(), errors);
    return command;
  }

  private static boolean isChanged(Optional<Entity> before, Outcome.Result result) {
    return before.orElseThrow().version() != result.entity().orElseThrow().version();
  }

  /// The record that holds what is unique in one without an id.
  private Optional<String> holder(WriteContext write, RecordDraft draft) {
    List<Index> uniques = model.uniques();
    if (uniques.isEmpty()) {
      return Optional.empty();
    }
    Entity given = draft.entity();
    return uniques.stream().flatMap(unique -> write.holder(unique, given).stream()).findFirst();
  }

  /// The relations to records that are not there yet.
  private List<Field> ahead(WriteContext write, RecordDraft draft, String id) {
    return waiting.isEmpty()
        ? List.of()
        : waiting.stream()
            .filter(field ->
                draft.given().value(field) instanceof String target
                    && !isThere(write, field, target, id))
            .toList();
  }

  private boolean isThere(WriteContext write, Field field, String target, String id) {
    Model referred = lane.schema().require(field.relation().orElseThrow().target());
    boolean itself = referred == model && target.equals(id);
    return itself || write.find(referred, target).isPresent();
  }
}
