package dev.varve.kernel;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/// A clock by which time passes with what happens, however fast the machine is: from the moment at which it is made, when
/// a test moves it and, if it ticks, each time that it is read.
public final class SteppedClock extends Clock {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.now().truncatedTo(ChronoUnit.MILLIS));
  private final Duration tick;

  private SteppedClock(Duration tick) {
    this.tick = tick;
  }

  /// One that stands until it is moved.
  public static SteppedClock standing() {
    return new SteppedClock(Duration.ZERO);
  }

  /// One that goes on by a millisecond each time that it is read.
  public static SteppedClock ticking() {
    return new SteppedClock(Duration.ofMillis(1));
  }

  public void move(Duration by) {
    now.updateAndGet(before -> before.plus(by));
  }

  @Override
  public Instant instant() {
    return Objects.requireNonNull(now.updateAndGet(before -> before.plus(tick)));
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
