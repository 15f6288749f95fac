package dev.varve.store.log;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// Keeps answers about the past from changing: once somebody has read the state as of an instant, no
/// unit is committed at that instant or before it any more.
///
/// The lock guards two fields and is never held across I/O.
public final class InstantFloor {
  private Instant floor = Instant.EPOCH;
  private @Nullable Instant inFlight;

  /// The instant of the group that starts now: `wanted`, or later when that has been read about already.
  public synchronized Instant begin(Instant wanted) {
    // the log keeps microseconds, while somebody may have asked about a finer instant
    Instant at =
        wanted.isAfter(floor)
            ? wanted
            : floor.truncatedTo(ChronoUnit.MICROS).plus(1, ChronoUnit.MICROS);
    inFlight = at;
    return at;
  }

  /// The group has ended, one way or the other.
  public synchronized void finished() {
    inFlight = null;
    notifyAll();
  }

  /// Returns when no unit can be committed at `instant` or before any more.
  public synchronized void settle(Instant instant) throws InterruptedException {
    if (instant.isAfter(floor)) {
      floor = instant;
    }
    while (inFlight != null && !inFlight.isAfter(instant)) {
      wait();
    }
  }
}
