package dev.varve.lane.query;

import dev.varve.schema.Field;
import dev.varve.schema.record.Entity;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A record as it was read, with what of it may be seen.
///
/// @param visible whether a field is wanted and may be read on this record
/// @param withheld the to-many relations that may not be listed on this record
/// @param json its rendered JSON, where that is at hand and every field is visible; not to be changed
record StoredRow(
    Entity entity, Predicate<Field> visible, Set<String> withheld, byte @Nullable [] json) {
  /// About how much memory it takes.
  int bytes() {
    return json == null ? entity.bytes() : json.length;
  }
}
