package dev.varve.store.follow;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Whether what a node has in memory may be believed: it may while somebody has looked, a moment ago, for what others have
/// committed. So nothing that was changed elsewhere lives on here for longer than that, whatever is lost on the way.
public final class LogFreshness {
  private final long nanosMax;
  private volatile long lookedNanos = System.nanoTime();
  // of the latest doubt that no look has done away with
  private volatile @Nullable Long doubtedNanos;

  private LogFreshness(long nanosMax) {
    this.nanosMax = nanosMax;
  }

  /// Where nobody else writes: as long as nobody doubts it.
  public static LogFreshness always() {
    return new LogFreshness(Long.MAX_VALUE);
  }

  /// Where others write too: as long as the last look that was completed began no longer ago than that.
  public static LogFreshness within(Duration longest) {
    return new LogFreshness(longest.toNanos());
  }

  /// Whether it may. Asked with every read.
  public boolean isCurrent() {
    return doubtedNanos == null
        && (nanosMax == Long.MAX_VALUE || System.nanoTime() - lookedNanos < nanosMax);
  }

  /// Whether there was a doubt that no look has done away with.
  boolean isDoubted() {
    return doubtedNanos != null;
  }

  /// For how long it may after a look.
  public Duration longest() {
    return Duration.ofNanos(nanosMax);
  }

  /// How long ago the last look began that was completed; nothing where nobody else writes.
  public Duration age() {
    return nanosMax == Long.MAX_VALUE
        ? Duration.ZERO
        : Duration.ofNanos(System.nanoTime() - lookedNanos);
  }

  synchronized void looked(long startNanos) {
    lookedNanos = startNanos;
    Long doubted = doubtedNanos;
    if (doubted != null && startNanos - doubted >= 0) {
      doubtedNanos = null;
    }
  }

  /// Something was committed that memory does not have: nothing in it may be believed until somebody has looked who begins after
  /// this.
  synchronized void doubt() {
    doubtedNanos = System.nanoTime();
  }
}
