package dev.varve.face.gateway.aggregate;

import dev.varve.kernel.Allowance;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// How many bytes the parts of one answer may still bring. An [Allowance] belongs to one thread at a time; this lets the
/// threads of the parts take from it in turns.
final class Budget {
  private final ReentrantLock turn = new ReentrantLock();
  private final Allowance allowance = Allowance.current();
  private final int bytesMax;
  private long counted;
  private boolean closed;

  /// That of the request which this thread works for.
  Budget(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Counts bytes that a part has answered.
  ///
  /// @throws Problem UPSTREAM_FAILED when all parts together have answered too many
  void count(long bytes) {
    within(() -> {
      if (counted + bytes > bytesMax) {
        throw new Problem(
            ErrorCode.UPSTREAM_FAILED,
            "All parts together answer more than the %,d bytes that are taken".formatted(bytesMax));
      }
      return counted += bytes;
    });
  }

  /// Takes bytes of memory.
  ///
  /// @throws Problem TOO_LARGE or OVERLOADED, as the allowance does, and when nobody waits for this part any more
  void hold(long bytes) {
    within(() -> {
      if (closed) {
        throw new Problem(ErrorCode.OVERLOADED, "The request is over");
      }
      allowance.take(bytes);
      return bytes;
    });
  }

  /// Does work of the request's own thread that takes memory, too.
  <T> T within(Supplier<T> work) {
    turn.lock();
    try {
      return work.get();
    } finally {
      turn.unlock();
    }
  }

  /// From now on the request's own thread has the allowance for itself.
  void close() {
    within(() -> closed = true);
  }
}
