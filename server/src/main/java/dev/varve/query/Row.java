package dev.varve.query;

import dev.varve.schema.Entity;
import dev.varve.schema.Field;
import java.util.Set;
import java.util.function.Predicate;

/// A record as it was read, with what of it may be seen.
///
/// @param visible whether a field is wanted and may be read on this record
/// @param withheld the to-many relations that may not be listed on this record
record Row(Entity entity, Predicate<Field> visible, Set<String> withheld) {}
