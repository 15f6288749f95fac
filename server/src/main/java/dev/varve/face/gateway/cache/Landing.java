package dev.varve.face.gateway.cache;

import dev.varve.kernel.Problem;

/// What those get who have waited for the answer to another request.
sealed interface Landing {
  /// It may be theirs, too; each looks whether it is.
  record Shared(KeptAnswer answer) implements Landing {}

  /// It is nobody's but the other's: each has to ask.
  record Apart() implements Landing {}

  /// The service failed, and is not asked by each of them again.
  record Failed(Problem problem) implements Landing {}
}
