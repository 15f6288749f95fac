package dev.varve.lane.write;

import dev.varve.kernel.Problem;

/// What the write lane answers.
public sealed interface WriteResult {
  /// The unit is durably in the log.
  record Written(Outcome outcome) implements WriteResult {}

  /// A command cannot be carried out, so nothing of the unit was written.
  ///
  /// @param index of the command in the unit
  record Refused(int index, Problem problem) implements WriteResult {}

  /// The same request was answered before, under its idempotency key; nothing was written now.
  ///
  /// @param answer what [Idempotency#answer] made then
  /// @param position where the unit was written then
  record Replayed(byte[] answer, long position) implements WriteResult {}
}
