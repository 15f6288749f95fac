package dev.varve.lane.write;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Precondition;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import dev.varve.store.log.Change;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Decides one unit of work: every command in order, each on the state that those before it left.
///
/// | step | where |
/// |---|---|
/// | may the caller see and do it | [CommandRights] |
/// | what the record becomes | here, [RecordEdit], [Restoration], [Removal] |
/// | does it fit the other records | [Integrity] |
/// | it is a change of the unit | [RecordWrite], [Changes] |
final class Decision {
  private final Schema schema;
  private final WorkingState state;
  private final Instant at;
  private final Changes changes;
  private final RecordWrite records;

  Decision(Schema schema, WorkingState state, Instant at) {
    this.schema = schema;
    this.state = state;
    this.at = at;
    this.changes = new Changes(state);
    this.records = new RecordWrite(schema, state, changes, at);
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
  void startTrigger() {
    changes.makeRoom();
  }

  /// Decides one more command of the unit.
  ///
  /// @throws Problem when it is refused
  Outcome.Result decide(Authorized<Command> command) {
    CommandRights rights = new CommandRights(command, state, at);
    return switch (command.request()) {
      case Command.Create create -> create(rights, create);
      case Command.Replace replace ->
          update(rights, replace, replace.precondition(), replace.input(), true);
      case Command.Merge merge -> update(rights, merge, merge.precondition(), merge.input(), false);
      case Command.Delete delete -> delete(rights, delete);
      case Command.Restore restore -> new Restoration(state, records, at).restore(rights, restore);
    };
  }

  private Outcome.Result create(CommandRights rights, Command.Create create) {
    Entity after = created(create);
    rights.require(Operation.CREATE, after);
    for (Field field : create.model().fields()) {
      if (create.input().has(field)) {
        rights.requireCreation(field, after);
      }
    }
    requireFreeId(rights, create);
    return records.write(rights, Change.create(after));
  }

  private Entity created(Command.Create create) {
    Model model = create.model();
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    create.input().forEach((field, value) -> values[field.ordinal()] = value);
    values[model.id().ordinal()] = create.id();
    values[model.createdAt().ordinal()] = at;
    values[model.updatedAt().ordinal()] = at;
    values[model.version().ordinal()] =
        create.idGiven() ? state.firstVersion(model, create.id()) : 1L;
    return new Entity(model, values);
  }

  /// Asked last, because who may not create a record need not learn which ones there are. The id of a deleted record
  /// is free for those who could read that record: others would come by what refers to it in the past.
  private void requireFreeId(CommandRights rights, Command.Create create) {
    Model model = create.model();
    if (!create.idGiven()) {
      return;
    }
    boolean taken =
        state.find(model, create.id()).isPresent()
            || state
                .lastVersion(model, create.id())
                .filter(last -> !rights.couldRead(last))
                .isPresent();
    if (taken) {
      throw new Problem(
          ErrorCode.ALREADY_EXISTS,
          "A " + model.name() + " with this id exists already",
          List.of(new FieldError(Model.ID, "is taken: choose another, or leave it out")));
    }
  }

  private Outcome.Result update(
      CommandRights rights,
      Command command,
      Precondition precondition,
      Input input,
      boolean replace) {
    Entity before = rights.visible(command);
    rights.require(Operation.UPDATE, before);
    rights.requireSight(before, input, replace);
    precondition.require(before.version());
    @Nullable Object[] values = RecordEdit.of(before, input);
    if (replace) {
      rights.keepUnseen(before, values);
    }
    return records.update(rights, before, values, OptionalLong.empty());
  }

  private Outcome.Result delete(CommandRights rights, Command.Delete delete) {
    Entity before = rights.visible(delete);
    rights.require(Operation.DELETE, before);
    delete.precondition().require(before.version());
    Predicate<Field> visible = rights.visibleFields(before);
    new Removal(schema, state, changes, at).remove(before);
    return new Outcome.Result(Optional.empty(), Optional.of(before), false, visible);
  }
}
