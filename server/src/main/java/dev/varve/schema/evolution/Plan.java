package dev.varve.schema.evolution;

import dev.varve.schema.SourceLocation;
import java.util.List;

/// What a new schema file would do to the stored data, and what of it is refused.
///
/// @param changes in the order in which they are to be applied
/// @param refusals by place; with one of them nothing is applied
public record Plan(List<SchemaChange> changes, List<Refusal> refusals) {
  public Plan {
    changes = List.copyOf(changes);
    refusals = List.copyOf(refusals);
  }

  /// What would lose or misread stored data.
  ///
  /// @param location in the new file; [SourceLocation#NONE] of what it no longer has
  /// @param message names the model or field, and the way out
  public record Refusal(SourceLocation location, String message) {}

  /// Whether it may be applied.
  public boolean safe() {
    return refusals.isEmpty();
  }
}
