package dev.varve.schema;

/// What stands in for a value that could not be read: why, and what is wanted.
record Refusal(String message) {}
