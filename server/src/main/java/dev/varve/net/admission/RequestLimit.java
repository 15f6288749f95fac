package dev.varve.net.admission;

import dev.varve.kernel.Allowance;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// Bounds how many requests are handled at a time, how many wait for it, and what they hold in memory: those of one
/// network, and all together.
///
/// Helidon has such a limit too; with it a refusal closes the connection, and on HTTP/2 it is not in the one
/// error shape.
public final class RequestLimit {
  private static final long RETRY_SECONDS = 1;

  private final Semaphore permits;
  private final int permitsMax;
  private final AtomicInteger waiting = new AtomicInteger();
  private final int waitingMax;
  private final long timeoutNanos;

  public RequestLimit(int permits, int waitingMax, long timeoutMillis) {
    this.permits = new Semaphore(permits);
    this.permitsMax = permits;
    this.waitingMax = waitingMax;
    this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
  }

  /// What becomes of a request that wants to be handled.
  public sealed interface Turn permits Place, Refused {}

  /// It is, until this is closed, once, by any thread.
  public final class Place implements Turn, AutoCloseable {
    private final NetworkShares.Share share;

    private Place(NetworkShares.Share share) {
      this.share = share;
    }

    @Override
    public void close() {
      permits.release();
      share.requests().release();
    }
  }

  /// It is not: too many are waiting, or it has waited too long.
  public enum Refused implements Turn {
    /// For others of its own network.
    BY_ITS_NETWORK,
    BY_ALL
  }

  /// Does some work in its turn.
  ///
  /// @param share of the network that asks for it
  /// @throws Problem OVERLOADED when too many are waiting, or it has waited too long; TOO_MANY_REQUESTS when those are
  ///     requests of its own network
  public <T> T admit(NetworkShares.Share share, Supplier<T> work) {
    return switch (enter(share)) {
      case Place place -> {
        try (place) {
          yield count(share, work);
        }
      }
      case Refused.BY_ITS_NETWORK ->
          throw Problem.tooMany(
              "Too many requests of one network at a time. Try again in a moment", RETRY_SECONDS);
      case Refused.BY_ALL ->
          throw new Problem(
              ErrorCode.OVERLOADED, "Too many requests at a time. Try again in a moment");
    };
  }

  /// Waits for a turn, in the share of its network first: however many that sends, others find a place.
  public Turn enter(NetworkShares.Share share) {
    long endNanos = System.nanoTime() + timeoutNanos;
    if (!acquire(share.requests(), share.waiting(), share.waitingMax(), endNanos)) {
      return Refused.BY_ITS_NETWORK;
    }
    if (!acquire(permits, waiting, waitingMax, endNanos)) {
      share.requests().release();
      return Refused.BY_ALL;
    }
    return new Place(share);
  }

  /// Does some work that nobody waits for in a turn, such as telling of a change, within the bound on memory alone.
  ///
  /// @throws Problem TOO_LARGE or OVERLOADED when it takes too much
  public <T> T count(NetworkShares.Share share, Supplier<T> work) {
    try (Allowance allowance = share.memory().open()) {
      return allowance.within(work);
    }
  }

  /// How many are handled now.
  public int underWay() {
    return permitsMax - permits.availablePermits();
  }

  /// How many wait for their turn.
  public int waiting() {
    return Math.min(waiting.get(), waitingMax);
  }

  private static boolean acquire(
      Semaphore places, AtomicInteger queue, int queueMax, long endNanos) {
    return places.tryAcquire() || acquireAfterWaiting(places, queue, queueMax, endNanos);
  }

  private static boolean acquireAfterWaiting(
      Semaphore places, AtomicInteger queue, int queueMax, long endNanos) {
    if (queue.incrementAndGet() > queueMax) {
      queue.decrementAndGet();
      return false;
    }
    try {
      return places.tryAcquire(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      queue.decrementAndGet();
    }
  }
}
