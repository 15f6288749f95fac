package dev.varve.proof;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.random.RandomGenerator;

/// A clock that takes small random steps, now and then none or back, and that can hold up whoever asks:
/// while the writer waits for the time, units gather behind it into one group.
final class GatedClock extends Clock {
  private final RandomGenerator random;
  private Instant now = Instant.parse("2026-03-01T00:00:00Z");
  private boolean shut;
  private boolean waiting;

  GatedClock(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public synchronized Instant instant() {
    waiting = true;
    notifyAll();
    try {
      while (shut) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      waiting = false;
    }
    now = now.plus(random.nextInt(10) - 2, ChronoUnit.MICROS);
    return now;
  }

  /// Holds up whoever asks from now on.
  synchronized void shut() {
    shut = true;
  }

  /// Returns when somebody is held up.
  synchronized void awaitWaiting() throws InterruptedException {
    while (!waiting) {
      wait();
    }
  }

  synchronized void open() {
    shut = false;
    notifyAll();
  }

  synchronized void forward() {
    now = now.plus(1, ChronoUnit.SECONDS);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }
}
