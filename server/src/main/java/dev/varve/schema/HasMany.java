package dev.varve.schema;

import java.util.List;
import java.util.Optional;

/// The other side of a relation: the records of `target` whose field `by` refers to this one. Nothing is
/// stored for it.
public record HasMany(
    String name,
    String target,
    String by,
    Optional<List<AuthRule>> rules,
    String description,
    SourceLocation location) {
  public HasMany {
    rules = rules.map(List::copyOf);
  }
}
