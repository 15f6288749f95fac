package dev.varve.query;

import dev.varve.kernel.Problem;
import dev.varve.schema.Entity;

/// How much one answer may still take: it is read and rendered in memory.
final class Allowance {
  static final long BYTES_MAX = 32L * 1024 * 1024;

  private long bytes = BYTES_MAX;

  /// Takes what was read into the answer.
  ///
  /// @throws Problem with INVALID_PARAMETER when it is too much
  Row take(Row row) {
    take(row.entity());
    return row;
  }

  /// Takes a record.
  void take(Entity entity) {
    bytes -= entity.bytes();
    if (bytes < 0) {
      throw tooLarge();
    }
  }

  /// Takes back what does not come into the answer after all.
  void giveBack(Entity entity) {
    bytes += entity.bytes();
  }

  /// @throws Problem with INVALID_PARAMETER when an answer shows too much
  static void requireFits(long shownBytes) {
    if (shownBytes > BYTES_MAX) {
      throw tooLarge();
    }
  }

  private static Problem tooLarge() {
    return Problem.parameter(
        "limit",
        "gives an answer of more than %d MiB; ask for fewer records, or for fewer fields"
            .formatted(BYTES_MAX / (1024 * 1024)));
  }
}
