package dev.varve.lane.write;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.PartError;
import dev.varve.kernel.Problem;
import dev.varve.kernel.RequestPart;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.OlderVersion;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.expression.Bindings;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.RelationType;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import dev.varve.store.log.Change;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Decides one unit of work: every command in order, each on the state that those before it left.
final class Decision {
  private final Schema schema;
  private final WorkingState state;
  private final Instant at;
  private final Changes changes;

  Decision(Schema schema, WorkingState state, Instant at) {
    this.schema = schema;
    this.state = state;
    this.at = at;
    this.changes = new Changes(state);
  }

  /// What the unit changes, in order.
  List<Change> changes() {
    return changes.all();
  }

  /// About how much memory the changed records take.
  long bytes() {
    return changes.bytes();
  }

  /// Takes from now on what follows from the changes so far.
  void startConsequences() {
    changes.makeRoom();
  }

  /// Decides one more command of the unit.
  ///
  /// @throws Problem when it is refused
  Outcome.Result decide(Authorized<Command> command) {
    return switch (command.request()) {
      case Command.Create create -> create(command, create);
      case Command.Replace replace ->
          update(command, replace.precondition(), replace.input(), true);
      case Command.Merge merge -> update(command, merge.precondition(), merge.input(), false);
      case Command.Delete delete -> delete(command, delete);
      case Command.Restore restore -> restore(command, restore);
    };
  }

  private Outcome.Result create(Authorized<Command> command, Command.Create create) {
    Model model = create.model();
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    create.input().forEach((field, value) -> values[field.ordinal()] = value);
    values[model.id().ordinal()] = create.id();
    values[model.createdAt().ordinal()] = at;
    values[model.updatedAt().ordinal()] = at;
    values[model.version().ordinal()] =
        create.idGiven() ? state.firstVersion(model, create.id()) : 1L;
    Entity after = new Entity(model, values);
    Bindings bindings = bindings(command, Optional.of(create.input()));
    require(command, Operation.CREATE, after, bindings);
    for (Field field : model.fields()) {
      if (create.input().has(field)) {
        requireCreation(command, field, after, bindings);
      }
    }
    requireFreeId(command, create);
    return write(command, Change.create(after));
  }

  /// Defaults are nobody's choice, and whoever creates a record may name themselves as its owner.
  private static void requireCreation(
      Authorized<Command> command, Field field, Entity after, Bindings bindings) {
    boolean oneself =
        command.grants().ownersThatStay(after.model()).contains(field)
            && isAccount(command, after.value(field));
    if (!isDefault(field, after) && !oneself) {
      requireField(command, Operation.CREATE, field, after, bindings);
    }
  }

  private static boolean isAccount(Authorized<Command> command, @Nullable Object id) {
    return command.caller().account().filter(account -> account.id().equals(id)).isPresent();
  }

  /// Asked last, because who may not create a record need not learn which ones there are. The id of a deleted record
  /// is free for those who could read that record: others would come by what refers to it in the past.
  private void requireFreeId(Authorized<Command> command, Command.Create create) {
    Model model = create.model();
    if (!create.idGiven()) {
      return;
    }
    boolean taken =
        state.find(model, create.id()).isPresent()
            || state
                .lastVersion(model, create.id())
                .filter(last -> !couldRead(command, last))
                .isPresent();
    if (taken) {
      throw new Problem(
          ErrorCode.ALREADY_EXISTS,
          "A " + model.name() + " with this id exists already",
          List.of(new FieldError(Model.ID, "is taken: choose another, or leave it out")));
    }
  }

  private static boolean isDefault(Field field, Entity entity) {
    return Objects.equals(entity.value(field), field.defaultValue().orElse(null));
  }

  private Outcome.Result update(
      Authorized<Command> command, Precondition precondition, Input input, boolean replace) {
    Model model = input.model();
    Entity before = visible(command);
    Bindings bindings = bindings(command, Optional.of(input));
    require(command, Operation.UPDATE, before, bindings);
    requireSight(command, before, input, replace, bindings);
    check(precondition, before);
    @Nullable Object[] values = RecordEdit.of(before, input);
    if (replace) {
      keepUnseen(command, before, values, bindings);
    }
    return update(command, before, values, bindings, OptionalLong.empty(), model);
  }

  private Outcome.Result update(
      Authorized<Command> command,
      Entity before,
      @Nullable Object[] values,
      Bindings bindings,
      OptionalLong restoredVersion,
      Model model) {
    if (new Entity(model, values).equals(before)) {
      return result(command, before, false);
    }
    values[model.updatedAt().ordinal()] = at;
    values[model.version().ordinal()] = before.version() + 1;
    Entity after = new Entity(model, values);
    if (!command.grants().transferable(model).test(before, bindings)) {
      require(command, Operation.UPDATE, after, bindings);
    }
    List<FieldError> immutable = new ArrayList<>();
    for (Field field : model.fields()) {
      if (!field.system() && !Objects.equals(before.value(field), after.value(field))) {
        requireField(command, Operation.UPDATE, field, before, bindings);
        requireField(command, Operation.UPDATE, field, after, bindings);
        if (field.immutable()) {
          immutable.add(
              new FieldError(field.name(), "is immutable: it keeps the value it was created with"));
        } else if (command.grants().ownersThatStay(model).contains(field)) {
          immutable.add(
              new FieldError(field.name(), "names the owner, who stays the same: leave it out"));
        }
      }
    }
    if (!immutable.isEmpty()) {
      throw new Problem(
          ErrorCode.RULE_VIOLATION, "The change breaks a rule of " + model.name(), immutable);
    }
    return write(command, new Change(model, Change.Kind.UPDATE, before, after, restoredVersion));
  }

  /// To send back the value of a field changes nothing, and is permitted to all who may change the record;
  /// but where the field is hidden from them, that would tell whether they guessed its value.
  private static void requireSight(
      Authorized<Command> command, Entity before, Input input, boolean replace, Bindings bindings) {
    if (command.grants().readsAllFields(before.model())) {
      return;
    }
    for (Field field : before.model().fields()) {
      boolean given =
          input.has(field)
              && !field.system()
              && !(replace
                  && Objects.equals(input.value(field), field.defaultValue().orElse(null)));
      if (given && !isSeen(command, field, before, bindings)) {
        requireField(command, Operation.UPDATE, field, before, bindings);
        if (field.readonly() || field.immutable()) {
          throw notYours(before.model(), field);
        }
      }
    }
  }

  private static boolean isSeen(
      Authorized<Command> command, Field field, Entity entity, Bindings bindings) {
    return command.grants().field(entity.model(), field, Operation.READ).test(entity, bindings);
  }

  /// A replacement leaves out what its author could not see; that is no wish to clear it.
  private static void keepUnseen(
      Authorized<Command> command, Entity before, @Nullable Object[] values, Bindings bindings) {
    if (command.grants().readsAllFields(before.model())) {
      return;
    }
    for (Field field : before.model().fields()) {
      boolean cleared = Objects.equals(values[field.ordinal()], field.defaultValue().orElse(null));
      if (cleared && !isSeen(command, field, before, bindings)) {
        values[field.ordinal()] = before.value(field);
      }
    }
  }

  private Outcome.Result delete(Authorized<Command> command, Command.Delete delete) {
    Entity before = visible(command);
    require(command, Operation.DELETE, before, bindings(command, Optional.empty()));
    check(delete.precondition(), before);
    Predicate<Field> visible = visibleFields(command, before);
    new Removal(schema, state, changes, at).remove(before);
    return new Outcome.Result(Optional.empty(), Optional.of(before), false, visible);
  }

  private Outcome.Result restore(Authorized<Command> command, Command.Restore restore) {
    Model model = restore.model();
    if (!model.history()) {
      throw Problem.notFound(
          model.name() + " keeps no history (@model(history: false)), so nothing can be restored");
    }
    WorkingState.Past past =
        past(restore)
            .filter(version -> mayRead(command, version.entity()) && couldRead(command, version))
            .orElseThrow(() -> nothingToRestore(restore));
    OptionalLong version = OptionalLong.of(past.entity().version());
    Optional<Entity> current = state.find(model, restore.id());
    Bindings bindings = bindings(command, Optional.empty());
    @Nullable Object[] values = past.entity().values();
    if (current.isEmpty()) {
      requireSight(command, past, field -> !isDefault(field, past.entity()));
      return undelete(command, restore, values, bindings, version);
    }
    Entity before = visible(command);
    require(command, Operation.UPDATE, before, bindings);
    check(restore.precondition(), before);
    requireSight(
        command, past, field -> !Objects.equals(before.value(field), past.entity().value(field)));
    values[model.createdAt().ordinal()] = before.createdAt();
    values[model.updatedAt().ordinal()] = before.updatedAt();
    values[model.version().ordinal()] = before.version();
    return update(command, before, values, bindings, version, model);
  }

  private Optional<WorkingState.Past> past(Command.Restore restore) {
    return switch (restore.version()) {
      case OlderVersion.Numbered(long number) ->
          state.version(restore.model(), restore.id(), number);
      case OlderVersion.AtPosition(long position) ->
          state.versionAt(restore.model(), restore.id(), position);
    };
  }

  private static Problem nothingToRestore(Command.Restore restore) {
    String version =
        switch (restore.version()) {
          case OlderVersion.Numbered(long number) -> "version " + number;
          case OlderVersion.AtPosition(long position) -> "version as of position " + position;
        };
    return Problem.notFound(
        "%s '%s' has no %s that can be restored"
            .formatted(restore.model().name(), restore.id(), version));
  }

  /// Whether the caller may read a version as its history shows it: with the records around it of that moment.
  private boolean couldRead(Authorized<Command> command, WorkingState.Past past) {
    return command
        .grants()
        .records(past.entity().model(), Operation.READ)
        .test(past.entity(), bindings(command, past));
  }

  /// What a restore brings back must be seen by its author, by the records of now and by those of then.
  private void requireSight(
      Authorized<Command> command, WorkingState.Past past, Predicate<Field> brought) {
    Entity old = past.entity();
    if (command.grants().readsAllFields(old.model())) {
      return;
    }
    Bindings now = bindings(command, Optional.empty());
    Bindings then = bindings(command, past);
    for (Field field : old.model().fields()) {
      boolean seen = isSeen(command, field, old, now) && isSeen(command, field, old, then);
      if (!field.system() && brought.test(field) && !seen) {
        throw notYours(old.model(), field);
      }
    }
  }

  private Outcome.Result undelete(
      Authorized<Command> command,
      Command.Restore restore,
      @Nullable Object[] values,
      Bindings bindings,
      OptionalLong version) {
    if (!(restore.precondition() instanceof Precondition.None)) {
      throw Problem.of(
          ErrorCode.PRECONDITION_FAILED,
          "The record is deleted, so it has no version to match",
          List.of(
              new PartError(
                  RequestPart.PRECONDITION,
                  "names a version, and a deleted record has none: leave it out")));
    }
    Model model = restore.model();
    values[model.updatedAt().ordinal()] = at;
    values[model.version().ordinal()] = state.firstVersion(model, restore.id());
    Entity after = new Entity(model, values);
    require(command, Operation.CREATE, after, bindings);
    for (Field field : model.fields()) {
      if (!field.system()) {
        requireCreation(command, field, after, bindings);
      }
    }
    return write(command, new Change(model, Change.Kind.UNDELETE, null, after, version));
  }

  private Outcome.Result write(Authorized<Command> command, Change change) {
    Entity after = change.entity();
    requireReferences(command, change.before(), after);
    requireUnique(after);
    changes.add(change);
    return result(command, after, change.before() == null);
  }

  private Outcome.Result result(Authorized<Command> command, Entity after, boolean created) {
    return new Outcome.Result(
        Optional.of(after), Optional.empty(), created, visibleFields(command, after));
  }

  private Predicate<Field> visibleFields(Authorized<Command> command, Entity after) {
    Model model = after.model();
    if (!mayRead(command, after)) {
      return field -> field.equals(model.id());
    }
    if (command.grants().readsAllFields(model)) {
      return field -> true;
    }
    // decided here and now: later the records that a rule looks at may be others
    Bindings bindings = bindings(command, Optional.empty());
    BitSet visible = new BitSet();
    for (Field field : model.fields()) {
      visible.set(
          field.ordinal(),
          command.grants().field(model, field, Operation.READ).test(after, bindings));
    }
    return field -> visible.get(field.ordinal());
  }

  private void requireReferences(
      Authorized<Command> command, @Nullable Entity before, Entity after) {
    List<FieldError> missing = new ArrayList<>();
    for (Field field : after.model().fields()) {
      if (field.type() instanceof RelationType relation
          && after.value(field) instanceof String id
          && !(before != null && id.equals(before.value(field)))
          && !refers(command, after, relation, id)) {
        missing.add(
            new FieldError(field.name(), "no %s has the id '%s'".formatted(relation.target(), id)));
      }
    }
    if (!missing.isEmpty()) {
      throw new Problem(
          ErrorCode.REFERENCE_NOT_FOUND, "A record that is referred to does not exist", missing);
    }
  }

  private boolean refers(
      Authorized<Command> command, Entity after, RelationType relation, String id) {
    Model target = schema.require(relation.target());
    if (target.name().equals(after.model().name()) && id.equals(after.id())) {
      return true;
    }
    if (target.account() && isAccount(command, id)) {
      return state.find(target, id).isPresent();
    }
    // a record that the caller may not know of is not there
    return state.find(target, id).filter(entity -> mayRead(command, entity)).isPresent();
  }

  private void requireUnique(Entity after) {
    for (Index index : after.model().uniques()) {
      if (state.holder(index, after).filter(holder -> !holder.equals(after.id())).isPresent()) {
        String fields = String.join(", ", index.fieldNames());
        throw new Problem(
            ErrorCode.ALREADY_EXISTS,
            "A %s with this %s exists already".formatted(after.model().name(), fields),
            index.fieldNames().stream()
                .map(name ->
                    new FieldError(
                        name,
                        index.fields().size() == 1
                            ? "is taken"
                            : "is taken together with the other fields of " + fields))
                .toList());
      }
    }
  }

  private Entity visible(Authorized<Command> command) {
    Model model = command.request().model();
    String id = command.request().id();
    return state
        .find(model, id)
        .filter(entity -> mayRead(command, entity))
        .orElseThrow(() -> Problem.notFound("No %s has the id '%s'".formatted(model.name(), id)));
  }

  private boolean mayRead(Authorized<Command> command, Entity entity) {
    return command
        .grants()
        .records(entity.model(), Operation.READ)
        .test(entity, bindings(command, Optional.empty()));
  }

  private static void require(
      Authorized<Command> command, Operation operation, Entity entity, Bindings bindings) {
    Model model = entity.model();
    if (!command.grants().records(model, operation).test(entity, bindings)) {
      String what = operation.name().toLowerCase(java.util.Locale.ROOT) + " this " + model.name();
      throw command.grants().signInHelps(model, operation)
          ? new Problem(
              ErrorCode.UNAUTHENTICATED,
              "Nobody is signed in, and you are not permitted to %s without: sign in, and send the access token as Authorization: Bearer TOKEN"
                  .formatted(what))
          : new Problem(
              ErrorCode.FORBIDDEN,
              "You are not permitted to " + what,
              operation == Operation.CREATE ? otherOwners(command, entity) : List.of());
    }
  }

  /// The fields in which whoever creates a record named somebody else as its owner.
  private static List<FieldError> otherOwners(Authorized<Command> command, Entity entity) {
    return command.grants().ownersThatStay(entity.model()).stream()
        .filter(field -> command.caller().account().isPresent())
        .filter(field -> !field.system() && !isAccount(command, entity.value(field)))
        .map(field ->
            new FieldError(field.name(), "names somebody else: leave it out to be the owner"))
        .toList();
  }

  private static void requireField(
      Authorized<Command> command,
      Operation operation,
      Field field,
      Entity entity,
      Bindings bindings) {
    if (!command.grants().field(entity.model(), field, operation).test(entity, bindings)) {
      throw notYours(entity.model(), field);
    }
  }

  private static Problem notYours(Model model, Field field) {
    return new Problem(
        ErrorCode.FORBIDDEN,
        "You are not permitted to set a field of this " + model.name(),
        List.of(new FieldError(field.name(), "is not yours to set: leave it out")));
  }

  private static void check(Precondition precondition, Entity before) {
    if (precondition instanceof Precondition.Versions expected
        && !expected.versions().contains(before.version())) {
      throw new Problem(
          ErrorCode.PRECONDITION_FAILED,
          "The record is at version %d, which is not the one expected: read it again and decide anew"
              .formatted(before.version()));
    }
  }

  private Bindings bindings(Authorized<Command> command, Optional<Input> input) {
    return new Bindings(at, input, command.caller().account(), state::find);
  }

  private Bindings bindings(Authorized<Command> command, WorkingState.Past past) {
    return new Bindings(at, Optional.empty(), command.caller().account(), past.related());
  }
}
