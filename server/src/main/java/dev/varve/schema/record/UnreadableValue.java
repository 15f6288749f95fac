package dev.varve.schema.record;

/// What stands in for a value that could not be read: why, and what is wanted.
record UnreadableValue(String message) {}
