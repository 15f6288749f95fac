package dev.varve.face.gateway.resilience;

import java.util.concurrent.atomic.AtomicInteger;

/// How many requests may be on their way once more at a time: a share of all that wait for an answer. When a service fails, it gets
/// little more to do by it, whatever each request would like.
public final class RetryBudget {
  // a service that is asked seldom may have a few, or it would have none (Envoy's floor)
  private static final int FLOOR = 3;
  private static final int ALL_PERCENT = 100;

  private final int percent;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger taken = new AtomicInteger();

  public RetryBudget(int percent) {
    this.percent = percent;
  }

  /// A request waits for an answer from now on, until [#answered].
  public void sent() {
    waiting.incrementAndGet();
  }

  public void answered() {
    waiting.decrementAndGet();
  }

  /// Takes a place for one more attempt, which is given back with [#giveBack].
  ///
  /// @return whether there was one
  public boolean take() {
    int allowed = Math.max(FLOOR, (int) ((long) waiting.get() * percent / ALL_PERCENT));
    int now = taken.get();
    while (now < allowed) {
      if (taken.compareAndSet(now, now + 1)) {
        return true;
      }
      now = taken.get();
    }
    return false;
  }

  public void giveBack() {
    taken.decrementAndGet();
  }

  /// How many places are taken.
  public int taken() {
    return taken.get();
  }
}
