package dev.varve.lane.write;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.PartError;
import dev.varve.kernel.Problem;
import dev.varve.kernel.RequestPart;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.OlderVersion;
import dev.varve.lane.access.Precondition;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.Change;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Writes an older version of a record back as a new change. A record that was deleted comes back with a version beyond
/// all that it had.
final class Restoration {
  private final WorkingState state;
  private final RecordWrite records;
  private final Instant at;

  Restoration(WorkingState state, RecordWrite records, Instant at) {
    this.state = state;
    this.records = records;
    this.at = at;
  }

  /// @throws Problem with NOT_FOUND when there is no such version, or none that the caller may read both with the
  ///     records of now and with those of then
  Outcome.Result restore(CommandRights rights, Command.Restore restore) {
    requireHistory(restore.model());
    WorkingState.Past past =
        past(restore)
            .filter(version -> rights.mayRead(version.entity()) && rights.couldRead(version))
            .orElseThrow(() -> nothingToRestore(restore));
    return state.find(restore.model(), restore.id()).isPresent()
        ? overwrite(rights, restore, past)
        : undelete(rights, restore, past);
  }

  private static void requireHistory(Model model) {
    if (!model.history()) {
      throw Problem.notFound(
          model.name() + " keeps no history (@model(history: false)), so nothing can be restored");
    }
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

  private Outcome.Result overwrite(
      CommandRights rights, Command.Restore restore, WorkingState.Past past) {
    Model model = restore.model();
    Entity old = past.entity();
    Entity before = rights.visible(restore);
    rights.require(Operation.UPDATE, before);
    restore.precondition().require(before.version());
    rights.requireSight(past, field -> !Objects.equals(before.value(field), old.value(field)));
    @Nullable Object[] values = old.values();
    values[model.createdAt().ordinal()] = before.createdAt();
    values[model.updatedAt().ordinal()] = before.updatedAt();
    values[model.version().ordinal()] = before.version();
    return records.update(rights, before, values, OptionalLong.of(old.version()));
  }

  private Outcome.Result undelete(
      CommandRights rights, Command.Restore restore, WorkingState.Past past) {
    Model model = restore.model();
    Entity old = past.entity();
    rights.requireSight(past, field -> !field.isDefault(old.value(field)));
    requireNoVersion(restore.precondition());
    @Nullable Object[] values = old.values();
    values[model.updatedAt().ordinal()] = at;
    values[model.version().ordinal()] = state.firstVersion(model, restore.id());
    Entity after = new Entity(model, values);
    rights.require(Operation.CREATE, after);
    for (Field field : model.fields()) {
      if (!field.system()) {
        rights.requireCreation(field, after);
      }
    }
    OptionalLong version = OptionalLong.of(old.version());
    return records.write(rights, new Change(model, Change.Kind.UNDELETE, null, after, version));
  }

  private static void requireNoVersion(Precondition precondition) {
    if (!(precondition instanceof Precondition.None)) {
      throw Problem.of(
          ErrorCode.PRECONDITION_FAILED,
          "The record is deleted, so it has no version to match",
          List.of(
              new PartError(
                  RequestPart.PRECONDITION,
                  "names a version, and a deleted record has none: leave it out")));
    }
  }
}
