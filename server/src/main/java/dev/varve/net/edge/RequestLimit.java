package dev.varve.net.edge;

import dev.varve.kernel.Allowance;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// Bounds how many requests are handled at a time, how many wait for it, and what they hold in memory.
///
/// Helidon has such a limit too; with it a refusal closes the connection, and on HTTP/2 it is not in the one
/// error shape.
public final class RequestLimit {
  private final Semaphore permits;
  private final int permitsMax;
  private final AtomicInteger waiting = new AtomicInteger();
  private final int waitingMax;
  private final long timeoutMillis;
  private final Allowance.Pool memory;

  RequestLimit(int permits, int waitingMax, long timeoutMillis, Allowance.Pool memory) {
    this.memory = memory;
    this.permits = new Semaphore(permits);
    this.permitsMax = permits;
    this.waitingMax = waitingMax;
    this.timeoutMillis = timeoutMillis;
  }

  /// Does some work in its turn.
  ///
  /// @throws Problem OVERLOADED when too many are waiting, or it has waited too long
  public <T> T admit(Supplier<T> work) {
    if (!permits.tryAcquire() && !acquireAfterWaiting()) {
      throw new Problem(ErrorCode.OVERLOADED, "Too many requests at a time. Try again in a moment");
    }
    try {
      return count(work);
    } finally {
      permits.release();
    }
  }

  /// Does some work that nobody waits for in a turn, such as telling of a change, within the bound on memory alone.
  ///
  /// @throws Problem TOO_LARGE or OVERLOADED when it takes too much
  public <T> T count(Supplier<T> work) {
    try (Allowance allowance = memory.open()) {
      return allowance.within(work);
    }
  }

  /// How many are handled now.
  int underWay() {
    return permitsMax - permits.availablePermits();
  }

  /// How many wait for their turn.
  int waiting() {
    return Math.min(waiting.get(), waitingMax);
  }

  private boolean acquireAfterWaiting() {
    if (waiting.incrementAndGet() > waitingMax) {
      waiting.decrementAndGet();
      return false;
    }
    try {
      return permits.tryAcquire(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      waiting.decrementAndGet();
    }
  }
}
