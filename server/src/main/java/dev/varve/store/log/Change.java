package dev.varve.store.log;

import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What one operation did to one record.
///
/// @param before the record before, null where there was none
/// @param after the record after, null where it was deleted
/// @param restoredVersion the older version that was written back, if that is what happened
public record Change(
    Model model,
    Kind kind,
    @Nullable Entity before,
    @Nullable Entity after,
    OptionalLong restoredVersion) {

  /// What happened to the record.
  public enum Kind {
    CREATE,
    UPDATE,
    DELETE,
    /// A deleted record came back, with its id and the time of its creation.
    UNDELETE
  }

  public static Change create(Entity after) {
    return new Change(after.model(), Kind.CREATE, null, after, OptionalLong.empty());
  }

  public static Change update(Entity before, Entity after) {
    return new Change(after.model(), Kind.UPDATE, before, after, OptionalLong.empty());
  }

  public static Change delete(Entity before) {
    return new Change(before.model(), Kind.DELETE, before, null, OptionalLong.empty());
  }

  /// The record, as it is afterwards or, when it was deleted, as it was before.
  public Entity entity() {
    return after != null ? after : Objects.requireNonNull(before);
  }

  public String id() {
    return entity().id();
  }

  /// About how much memory its records take, in bytes.
  public long bytes() {
    return (before == null ? 0L : before.bytes()) + (after == null ? 0L : after.bytes());
  }

  /// The version this change made: for a deletion one more than the record had.
  public long version() {
    return after != null ? after.version() : Objects.requireNonNull(before).version() + 1;
  }
}
