package dev.varve.lane.access;

import java.util.List;

/// What became of the rules of a schema.
public sealed interface RulesResult {
  /// All rules can be used.
  record Compiled(Access access) implements RulesResult {}

  /// Some rules cannot be used.
  ///
  /// @param mistakes all of them, by place
  record Rejected(List<RuleMistake> mistakes) implements RulesResult {
    public Rejected {
      mistakes = List.copyOf(mistakes);
    }
  }
}
