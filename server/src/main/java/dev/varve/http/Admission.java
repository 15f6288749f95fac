package dev.varve.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Bounds how many requests are handled at a time and how many wait for it.
///
/// Helidon has such a limit too; with it a refusal closes the connection, and on HTTP/2 it is not in the one
/// error shape.
final class Admission {
  private final Semaphore permits;
  private final AtomicInteger waiting = new AtomicInteger();
  private final int waitingMax;
  private final long timeoutMillis;

  Admission(int permits, int waitingMax, long timeoutMillis) {
    this.permits = new Semaphore(permits);
    this.waitingMax = waitingMax;
    this.timeoutMillis = timeoutMillis;
  }

  /// Whether the request may be handled; [#leave] must follow if so.
  boolean enter() {
    return permits.tryAcquire() || enterAfterWaiting();
  }

  private boolean enterAfterWaiting() {
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

  void leave() {
    permits.release();
  }
}
