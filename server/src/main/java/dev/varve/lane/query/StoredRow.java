package dev.varve.lane.query;

import dev.varve.schema.Field;
import dev.varve.schema.record.Entity;
import java.util.Set;
import java.util.function.Predicate;

/// A record as it was read, with what of it may be seen.
///
/// @param visible whether a field is wanted and may be read on this record
/// @param withheld the to-many relations that may not be listed on this record
record StoredRow(Entity entity, Predicate<Field> visible, Set<String> withheld) {}
