package dev.varve.face.gateway.aggregate;

import dev.varve.kernel.Problem;
import org.jspecify.annotations.Nullable;

/// What came of a part.
sealed interface PartOutcome {
  /// @param value plain, as [dev.varve.kernel.Json] reads it, and in its final shape
  record Found(@Nullable Object value) implements PartOutcome {}

  record Failed(Problem problem) implements PartOutcome {}
}
