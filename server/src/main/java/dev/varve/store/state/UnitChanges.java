package dev.varve.store.state;

import dev.varve.store.log.Change;
import dev.varve.store.log.Committed;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A unit with the records that it changed, whether it was written just now or long ago.
///
/// @param changes in order, in the terms of the schema in force; absent for what is not asked for, and for what can
///     no longer be told: a model that is gone, or one whose history was dropped
public record UnitChanges(long position, Instant at, String actor, List<Optional<Change>> changes) {
  public UnitChanges {
    changes = List.copyOf(changes);
  }

  /// About how much memory its records take.
  long bytes() {
    return changes.stream().flatMap(Optional::stream).mapToLong(Change::bytes).sum();
  }

  public static UnitChanges of(Committed unit) {
    return new UnitChanges(
        unit.position(),
        unit.at(),
        unit.actor(),
        unit.changes().stream().map(Optional::of).toList());
  }
}
