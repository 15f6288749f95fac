package dev.varve.transfer;

import dev.varve.kernel.FieldError;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.write.Outcome;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Some records of a file on their way into one unit of work: each becomes a command, or none when the
/// record is there as it should be.
final class ImportUnit {
  private final Schema schema;
  private final Model model;
  private final StoredRecords stored;
  private final RowIds ids;
  private final List<Field> waiting;
  private final ImportRefusals refusals;
  private final List<Index> uniques;

  private final List<Command> commands = new ArrayList<>();
  private final List<Long> lines = new ArrayList<>();
  // what was there before the unit, by the ids of its records
  private Map<String, Entity> before = Map.of();
  // the ids that commands of this unit are about
  private final Set<String> touched = new LinkedHashSet<>();
  private long unchanged;
  private long waited;

  /// @param waiting relations that are left out where the record they refer to is not there yet
  ImportUnit(
      Schema schema,
      Model model,
      StoredRecords stored,
      RowIds ids,
      List<Field> waiting,
      ImportRefusals refusals) {
    this.schema = schema;
    this.model = model;
    this.stored = stored;
    this.ids = ids;
    this.waiting = waiting;
    this.refusals = refusals;
    this.uniques = model.uniques();
  }

  /// Values of a unique index.
  ///
  /// @param number of the index among the unique ones of the model
  private record UniqueKey(int number, List<Object> values) {}

  /// Finds out what is to be done for each record, in order.
  void add(List<RecordDraft> drafts) {
    List<String> draftIds = idsOf(drafts);
    before = stored.find(model, new LinkedHashSet<>(draftIds));
    for (int i = 0; i < drafts.size(); i++) {
      add(drafts.get(i), draftIds.get(i));
    }
  }

  private void add(RecordDraft draft, String id) {
    RecordDraft possible = withoutWaiting(draft, id);
    Entity entity = before.get(id);
    if (touched.contains(id)) {
      command(draft, new Command.Merge(model, id, possible.given(), Precondition.NONE));
    } else if (entity == null) {
      create(possible, id);
    } else if (possible.agreesWith(entity)) {
      unchanged++;
    } else {
      command(draft, new Command.Merge(model, id, possible.given(), Precondition.NONE));
    }
  }

  private void create(RecordDraft draft, String id) {
    List<FieldError> errors = new ArrayList<>();
    Input input = draft.forNew(errors);
    refusals.add(draft.line(), errors);
    command(draft, new Command.Create(model, id, true, input));
  }

  private void command(RecordDraft draft, Command command) {
    commands.add(command);
    lines.add(draft.line());
    touched.add(command.id());
  }

  /// For each record the id that the file gives, that of the record which agrees in a unique index, or one
  /// made from the content.
  private List<String> idsOf(List<RecordDraft> drafts) {
    Map<UniqueKey, String> holders = holders(drafts);
    List<String> draftIds = new ArrayList<>(drafts.size());
    for (RecordDraft draft : drafts) {
      List<UniqueKey> keys = uniqueKeys(draft.given());
      String id =
          draft.id() != null
              ? draft.id()
              : keys.stream()
                  .map(holders::get)
                  .filter(Objects::nonNull)
                  .findFirst()
                  .orElseGet(() -> ids.next(draft.given()));
      keys.forEach(key -> holders.put(key, id));
      draftIds.add(id);
    }
    return draftIds;
  }

  /// The ids of the records that hold what is unique in those without an id.
  private Map<UniqueKey, String> holders(List<RecordDraft> drafts) {
    Map<UniqueKey, String> holders = new HashMap<>();
    for (int i = 0; i < uniques.size(); i++) {
      Set<List<Object>> wanted = new LinkedHashSet<>();
      for (RecordDraft draft : drafts) {
        UniqueKey key = draft.id() == null ? uniqueKey(i, draft.given()::value) : null;
        if (key != null) {
          wanted.add(key.values());
        }
      }
      for (Entity entity : stored.find(model, uniques.get(i), wanted)) {
        holders.put(uniqueKey(i, entity::value), entity.id());
      }
    }
    return holders;
  }

  private List<UniqueKey> uniqueKeys(Input given) {
    List<UniqueKey> keys = new ArrayList<>(uniques.size());
    for (int i = 0; i < uniques.size(); i++) {
      UniqueKey key = uniqueKey(i, given::value);
      if (key != null) {
        keys.add(key);
      }
    }
    return keys;
  }

  @FunctionalInterface
  private interface Values {
    @Nullable Object of(Field field);
  }

  /// Null when a value is absent, so that the record is in nobody's way.
  private @Nullable UniqueKey uniqueKey(int number, Values values) {
    List<Object> key = new ArrayList<>();
    for (Field field : uniques.get(number).fields()) {
      Object value = values.of(field);
      if (value == null) {
        return null;
      }
      key.add(value);
    }
    return new UniqueKey(number, key);
  }

  private RecordDraft withoutWaiting(RecordDraft draft, String id) {
    List<Field> ahead =
        waiting.stream()
            .filter(field ->
                draft.given().value(field) instanceof String target && !isThere(field, target, id))
            .toList();
    if (ahead.isEmpty()) {
      return draft;
    }
    waited++;
    return draft.without(ahead);
  }

  private boolean isThere(Field field, String target, String id) {
    Model referred = schema.require(field.relation().orElseThrow().target());
    boolean inUnit = referred == model && (target.equals(id) || touched.contains(target));
    return inUnit || stored.has(referred, target);
  }

  /// How many records were left without a relation.
  long waited() {
    return waited;
  }

  /// Of each command the line where its record is.
  List<Long> lines() {
    return lines;
  }

  /// The unit of work; absent when nothing is to be changed.
  Optional<UnitOfWork> work(Access access, Caller caller, String file) {
    if (commands.isEmpty()) {
      return Optional.empty();
    }
    List<Authorized<Command>> authorized =
        commands.stream().map(command -> access.authorize(caller, command)).toList();
    String origin = "%s:%d-%d".formatted(file, lines.getFirst(), lines.getLast());
    return Optional.of(new UnitOfWork(authorized, origin, Optional.empty()));
  }

  /// What became of the records, when the unit is written.
  ImportCounts tally(List<Outcome.Result> results) {
    Map<String, Long> versions = new HashMap<>();
    before.forEach((id, entity) -> versions.put(id, entity.version()));
    long created = 0;
    long updated = 0;
    for (Outcome.Result result : results) {
      Entity after = result.entity().orElseThrow();
      boolean changed = !Objects.equals(versions.put(after.id(), after.version()), after.version());
      created += result.created() ? 1 : 0;
      updated += !result.created() && changed ? 1 : 0;
    }
    long same = unchanged + results.size() - created - updated;
    return new ImportCounts(model, unchanged + results.size(), created, updated, same);
  }
}
