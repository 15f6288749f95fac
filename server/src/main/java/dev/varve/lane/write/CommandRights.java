package dev.varve.lane.write;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Grants;
import dev.varve.lane.expression.Bindings;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What the caller of one command may see and do, asked of the state that the commands before it left.
///
/// What is refused is refused with FORBIDDEN, or UNAUTHENTICATED where signing in might help; a record that the caller
/// may not read is not there for it.
final class CommandRights {
  private final Grants grants;
  private final Caller caller;
  private final WorkingState state;
  private final Bindings bindings;

  /// @param at the instant of the unit, which rules call `now`
  CommandRights(Authorized<Command> command, WorkingState state, Instant at) {
    this.grants = command.grants();
    this.caller = command.caller();
    this.state = state;
    this.bindings = new Bindings(at, input(command.request()), caller.account(), state::find);
  }

  private static Optional<Input> input(Command command) {
    return switch (command) {
      case Command.Create create -> Optional.of(create.input());
      case Command.Replace replace -> Optional.of(replace.input());
      case Command.Merge merge -> Optional.of(merge.input());
      case Command.Delete _, Command.Restore _ -> Optional.empty();
    };
  }

  /// The record that a command names.
  ///
  /// @throws Problem with NOT_FOUND when there is none that the caller may read
  Entity visible(Command command) {
    Model model = command.model();
    String id = command.id();
    return state
        .find(model, id)
        .filter(this::mayRead)
        .orElseThrow(() -> Problem.notFound("No %s has the id '%s'".formatted(model.name(), id)));
  }

  boolean mayRead(Entity entity) {
    return grants.records(entity.model(), Operation.READ).test(entity, bindings);
  }

  /// Whether the caller may read a version as its history shows it: with the records around it of that moment.
  boolean couldRead(WorkingState.Past past) {
    Entity old = past.entity();
    return grants.records(old.model(), Operation.READ).test(old, then(past));
  }

  private Bindings then(WorkingState.Past past) {
    return new Bindings(bindings.now(), Optional.empty(), caller.account(), past.related());
  }

  private boolean isSeen(Field field, Entity entity, Bindings around) {
    return grants.field(entity.model(), field, Operation.READ).test(entity, around);
  }

  boolean isCaller(@Nullable Object accountId) {
    return caller.account().filter(account -> account.id().equals(accountId)).isPresent();
  }

  /// Which fields of a record the answer shows, as of here and now: later the records that a rule looks at may be others.
  Predicate<Field> visibleFields(Entity entity) {
    Model model = entity.model();
    if (!mayRead(entity)) {
      return field -> field.equals(model.id());
    }
    if (grants.readsAllFields(model)) {
      return field -> true;
    }
    BitSet visible = new BitSet();
    for (Field field : model.fields()) {
      visible.set(field.ordinal(), isSeen(field, entity, bindings));
    }
    return field -> visible.get(field.ordinal());
  }

  void require(Operation operation, Entity entity) {
    Model model = entity.model();
    if (!grants.records(model, operation).test(entity, bindings)) {
      String what = operation.name().toLowerCase(Locale.ROOT) + " this " + model.name();
      throw grants.signInHelps(model, operation)
          ? new Problem(
              ErrorCode.UNAUTHENTICATED,
              "Nobody is signed in, and you are not permitted to %s without: sign in, and send the access token as Authorization: Bearer TOKEN"
                  .formatted(what))
          : new Problem(
              ErrorCode.FORBIDDEN,
              "You are not permitted to " + what,
              operation == Operation.CREATE ? otherOwners(entity) : List.of());
    }
  }

  /// The fields in which whoever creates a record named somebody else as its owner.
  private List<FieldError> otherOwners(Entity entity) {
    return grants.ownersThatStay(entity.model()).stream()
        .filter(field -> caller.account().isPresent())
        .filter(field -> !field.system() && !isCaller(entity.value(field)))
        .map(field ->
            new FieldError(field.name(), "names somebody else: leave it out to be the owner"))
        .toList();
  }

  /// Defaults are nobody's choice, and whoever creates a record may name themselves as its owner.
  void requireCreation(Field field, Entity after) {
    boolean oneself =
        grants.ownersThatStay(after.model()).contains(field) && isCaller(after.value(field));
    if (!field.isDefault(after.value(field)) && !oneself) {
      requireField(Operation.CREATE, field, after);
    }
  }

  /// A record that changes hands is judged as it was, unless the caller may not give it away.
  void requireOutcome(Entity before, Entity after) {
    if (!grants.transferable(after.model()).test(before, bindings)) {
      require(Operation.UPDATE, after);
    }
  }

  /// A field is changed only by whoever may write it on the record as it was and as it will be.
  void requireUpdate(Field field, Entity before, Entity after) {
    requireField(Operation.UPDATE, field, before);
    requireField(Operation.UPDATE, field, after);
  }

  /// Whether a field names the owner of a record, who stays the owner for this caller.
  boolean keepsOwner(Model model, Field field) {
    return grants.ownersThatStay(model).contains(field);
  }

  private void requireField(Operation operation, Field field, Entity entity) {
    if (!grants.field(entity.model(), field, operation).test(entity, bindings)) {
      throw notYours(entity.model(), field);
    }
  }

  private static Problem notYours(Model model, Field field) {
    return new Problem(
        ErrorCode.FORBIDDEN,
        "You are not permitted to set a field of this " + model.name(),
        List.of(new FieldError(field.name(), "is not yours to set: leave it out")));
  }

  /// To send back the value of a field changes nothing, and is permitted to all who may change the record;
  /// but where the field is hidden from them, that would tell whether they guessed its value.
  ///
  /// @param replace whether the input stands for the whole record, so that a default in it is no wish
  void requireSight(Entity before, Input input, boolean replace) {
    if (grants.readsAllFields(before.model())) {
      return;
    }
    for (Field field : before.model().fields()) {
      boolean given =
          input.has(field) && !field.system() && !(replace && field.isDefault(input.value(field)));
      if (given && !isSeen(field, before, bindings)) {
        requireField(Operation.UPDATE, field, before);
        if (field.readonly() || field.immutable()) {
          throw notYours(before.model(), field);
        }
      }
    }
  }

  /// What a restore brings back must be seen by its author, by the records of now and by those of then.
  ///
  /// @param brought the fields that it changes
  void requireSight(WorkingState.Past past, Predicate<Field> brought) {
    Entity old = past.entity();
    if (grants.readsAllFields(old.model())) {
      return;
    }
    Bindings then = then(past);
    for (Field field : old.model().fields()) {
      boolean seen = isSeen(field, old, bindings) && isSeen(field, old, then);
      if (!field.system() && brought.test(field) && !seen) {
        throw notYours(old.model(), field);
      }
    }
  }

  /// A replacement leaves out what its author could not see; that is no wish to clear it.
  ///
  /// @param values of the record as it will be, by ordinal: hidden ones are put back
  void keepUnseen(Entity before, @Nullable Object[] values) {
    if (grants.readsAllFields(before.model())) {
      return;
    }
    for (Field field : before.model().fields()) {
      if (field.isDefault(values[field.ordinal()]) && !isSeen(field, before, bindings)) {
        values[field.ordinal()] = before.value(field);
      }
    }
  }
}
