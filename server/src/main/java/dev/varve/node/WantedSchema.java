package dev.varve.node;

import dev.varve.lane.access.Access;
import dev.varve.schema.Schema;
import dev.varve.store.state.EarlierFile;

/// A schema that is to be served, and its rules.
///
/// @param earlier what becomes of it where it was applied before, and others after it
public record WantedSchema(Schema schema, Access access, EarlierFile earlier) {}
