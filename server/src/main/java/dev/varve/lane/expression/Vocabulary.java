package dev.varve.lane.expression;

/// The names that an expression can begin with.
public enum Vocabulary {
  /// `record`, `input`, `me` and `now`.
  RULE,
  /// The fields of the record, and `now`.
  FILTER
}
