package dev.varve.lane.write;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.Change;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Writes a record as it will be into the unit: the last step of every command that leaves one.
final class RecordWrite {
  private final Integrity integrity;
  private final Changes changes;
  private final Instant at;

  RecordWrite(Schema schema, WorkingState state, Changes changes, Instant at) {
    this.integrity = new Integrity(schema, state);
    this.changes = changes;
    this.at = at;
  }

  /// Gives a record other values, and the next version; nothing is written when they are the same.
  ///
  /// @param values by ordinal, with `updatedAt` and `version` as they were before
  /// @param restoredVersion the older version that they are of, when a restore brings them back
  /// @throws Problem with FORBIDDEN or RULE_VIOLATION and the fields that the caller cannot change so, or as
  ///     [Integrity#require] does
  Outcome.Result update(
      CommandRights rights,
      Entity before,
      @Nullable Object[] values,
      OptionalLong restoredVersion) {
    Model model = before.model();
    if (new Entity(model, values).equals(before)) {
      return result(rights, before, false);
    }
    values[model.updatedAt().ordinal()] = at;
    values[model.version().ordinal()] = before.version() + 1;
    Entity after = new Entity(model, values);
    rights.requireOutcome(before, after);
    requireChangeable(rights, before, after);
    return write(rights, new Change(model, Change.Kind.UPDATE, before, after, restoredVersion));
  }

  private static void requireChangeable(CommandRights rights, Entity before, Entity after) {
    Model model = before.model();
    List<FieldError> fixed = new ArrayList<>();
    for (Field field : model.fields()) {
      if (!field.system() && !Objects.equals(before.value(field), after.value(field))) {
        rights.requireUpdate(field, before, after);
        if (field.immutable()) {
          fixed.add(
              new FieldError(field.name(), "is immutable: it keeps the value it was created with"));
        } else if (rights.keepsOwner(model, field)) {
          fixed.add(
              new FieldError(field.name(), "names the owner, who stays the same: leave it out"));
        }
      }
    }
    if (!fixed.isEmpty()) {
      throw new Problem(
          ErrorCode.RULE_VIOLATION, "The change breaks a rule of " + model.name(), fixed);
    }
  }

  /// @param change that leaves a record
  /// @throws Problem as [Integrity#require] does, or with TOO_LARGE when the unit grows beyond its bounds
  Outcome.Result write(CommandRights rights, Change change) {
    integrity.require(rights, change.before(), change.entity());
    changes.add(change);
    return result(rights, change.entity(), change.before() == null);
  }

  private static Outcome.Result result(CommandRights rights, Entity after, boolean created) {
    return new Outcome.Result(
        Optional.of(after), Optional.empty(), created, rights.visibleFields(after));
  }
}
