package dev.varve.store.log;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// Keeps answers about the past from changing: once somebody has read the state as of an instant, no
/// unit is committed at that instant or before it any more.
///
/// The lock guards two fields and is never held across I/O.
public final class InstantFloor {
  // a group takes a moment, unless the database is gone before it has said what became of it
  private static final long WAIT_MILLIS_MAX = 30_000;

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
  ///
  /// @throws Problem when what became of a unit at that moment is not known for too long
  public synchronized void settle(Instant instant) throws InterruptedException {
    if (instant.isAfter(floor)) {
      floor = instant;
    }
    long start = System.nanoTime();
    while (inFlight != null && !inFlight.isAfter(instant)) {
      long leftMillis = WAIT_MILLIS_MAX - (System.nanoTime() - start) / 1_000_000;
      if (leftMillis <= 0) {
        throw new Problem(
            ErrorCode.STORAGE_UNAVAILABLE,
            "What was written at that moment is not known yet: ask again in a moment");
      }
      wait(leftMillis);
    }
  }
}
