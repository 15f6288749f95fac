package dev.varve.lane.write;

import dev.varve.schema.Field;
import dev.varve.schema.record.Entity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// What became of a unit of work.
///
/// @param results one for each command, in order
public record Outcome(long position, Instant at, List<Result> results) {
  public Outcome {
    results = List.copyOf(results);
  }

  /// What became of one command.
  ///
  /// @param entity the record afterwards; absent when it was deleted
  /// @param created whether the record was not there before
  /// @param removed the record as it was, when the command removed it
  /// @param visible whether the caller may read a field of the record as it is now; of a record that is not
  ///     theirs to read they learn the id alone
  public record Result(
      Optional<Entity> entity,
      Optional<Entity> removed,
      boolean created,
      Predicate<Field> visible) {}
}
