package dev.varve.transfer;

import dev.varve.access.Access;
import dev.varve.access.Authorized;
import dev.varve.access.Caller;
import dev.varve.access.Command;
import dev.varve.access.Precondition;
import dev.varve.kernel.FieldError;
import dev.varve.schema.Entity;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Input;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.write.Outcome;
import dev.varve.write.UnitOfWork;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Some records of a file on their way into one unit of work: each becomes a command, or none when the
/// record is there as it should be.
final class ImportUnit {
  private final Schema schema;
  private final Model model;
  private final Stored stored;
  private final RowIds ids;
  private final List<Field> waiting;
  private final Refusals refusals;
  private final List<Index> uniques;

  private final List<Command> commands = new ArrayList<>();
  private final List<Long> lines = new ArrayList<>();
  private final Map<String, Optional<Entity>> before = new HashMap<>();
  private final Map<UniqueKey, String> holders = new HashMap<>();
  private long unchanged;
  private long waited;

  /// @param waiting relations that are left out where the record they refer to is not there yet
  ImportUnit(
      Schema schema,
      Model model,
      Stored stored,
      RowIds ids,
      List<Field> waiting,
      Refusals refusals) {
    this.schema = schema;
    this.model = model;
    this.stored = stored;
    this.ids = ids;
    this.waiting = waiting;
    this.refusals = refusals;
    this.uniques = model.uniques();
  }

  /// @param number of the unique index among those of the model
  private record UniqueKey(int number, List<Object> values) {}

  void add(Draft draft) {
    String id = idOf(draft);
    Draft possible = withoutWaiting(draft, id);
    Optional<Entity> seen = before.get(id);
    Optional<Entity> entity = seen == null ? stored.find(model, id) : seen;
    before.put(id, entity);
    if (seen == null && entity.isPresent() && possible.agreesWith(entity.get())) {
      unchanged++;
    } else if (seen == null && entity.isEmpty()) {
      create(possible, id);
    } else {
      command(draft, new Command.Merge(model, id, possible.given(), Precondition.NONE));
    }
  }

  private void create(Draft draft, String id) {
    List<FieldError> errors = new ArrayList<>();
    Input input = draft.forNew(errors);
    refusals.add(draft.line(), errors);
    command(draft, new Command.Create(model, id, true, input));
  }

  private void command(Draft draft, Command command) {
    commands.add(command);
    lines.add(draft.line());
  }

  /// The id that the file gives, that of the record which agrees in a unique index, or one made from the
  /// content.
  private String idOf(Draft draft) {
    List<UniqueKey> keys = uniqueKeys(draft);
    String id =
        draft.id() != null
            ? draft.id()
            : keys.stream()
                .flatMap(key -> holder(key, draft).stream())
                .findFirst()
                .orElseGet(() -> ids.next(draft.given()));
    keys.forEach(key -> holders.put(key, id));
    return id;
  }

  private List<UniqueKey> uniqueKeys(Draft draft) {
    List<UniqueKey> keys = new ArrayList<>();
    for (int i = 0; i < uniques.size(); i++) {
      Index index = uniques.get(i);
      List<Object> values = new ArrayList<>();
      for (Field field : index.fields()) {
        Object value = draft.given().has(field) ? draft.given().value(field) : null;
        if (value != null) {
          values.add(value);
        }
      }
      if (values.size() == index.fields().size()) {
        keys.add(new UniqueKey(i, values));
      }
    }
    return keys;
  }

  private Optional<String> holder(UniqueKey key, Draft draft) {
    String inUnit = holders.get(key);
    if (inUnit != null) {
      return Optional.of(inUnit);
    }
    return stored.find(model, uniques.get(key.number()), draft.given()).map(Entity::id);
  }

  private Draft withoutWaiting(Draft draft, String id) {
    List<Field> ahead =
        waiting.stream()
            .filter(field ->
                draft.given().has(field)
                    && draft.given().value(field) instanceof String target
                    && !isThere(field, target, id))
            .toList();
    if (ahead.isEmpty()) {
      return draft;
    }
    waited++;
    return draft.without(ahead);
  }

  private boolean isThere(Field field, String target, String id) {
    Model referred = schema.require(field.relation().orElseThrow().target());
    boolean inUnit = referred == model && (target.equals(id) || before.containsKey(target));
    return inUnit || stored.find(referred, target).isPresent();
  }

  /// How many records were left without a relation.
  long waited() {
    return waited;
  }

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
  Tally tally(List<Outcome.Result> results) {
    Map<String, Long> versions = new HashMap<>();
    before.forEach((id, entity) -> versions.put(id, entity.map(Entity::version).orElse(0L)));
    long created = 0;
    long updated = 0;
    for (Outcome.Result result : results) {
      Entity after = result.entity().orElseThrow();
      boolean changed = !Objects.equals(versions.put(after.id(), after.version()), after.version());
      created += result.created() ? 1 : 0;
      updated += !result.created() && changed ? 1 : 0;
    }
    long same = unchanged + results.size() - created - updated;
    return new Tally(model, unchanged + results.size(), created, updated, same);
  }
}
