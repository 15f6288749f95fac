package dev.varve.schema;

import java.util.Set;

/// One entry of `@auth(rules: [...])`: whom it allows what. Rules of one list are alternatives.
public record AuthRule(Allow allow, Set<Operation> operations, SourceLocation location) {
  public AuthRule {
    operations = Set.copyOf(operations);
  }

  /// Whom a rule allows.
  public sealed interface Allow {
    /// Everybody.
    record Public() implements Allow {}

    /// Whoever asks, for records on which the expression holds.
    ///
    /// @param location where the expression's first character stands in the schema file
    record Where(String expression, SourceLocation location) implements Allow {}
  }
}
