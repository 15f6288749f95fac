package dev.varve.lane.access;

import dev.varve.schema.SourceLocation;

/// A rule of the schema file that cannot be used.
///
/// @param location in the schema file
public record RuleMistake(SourceLocation location, String message) {}
