package dev.varve.lane.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.store.log.LogEpochs;
import dev.varve.store.log.UnitInstants;
import dev.varve.store.sql.Database;
import java.time.Instant;

/// Resolves instants to positions so that the answer never changes: it first makes sure, with the write
/// lane, that nothing can be committed at that instant any more.
public final class SettledAsOf implements AsOf {
  // one request asks about its instant more than once, and people ask about the same one again
  private static final int KNOWN_MAX = 1_024;

  private final Cache<Instant, Long> known = Caffeine.newBuilder().maximumSize(KNOWN_MAX).build();
  private final AsOf.ByLog log;
  private final Floor floor;

  /// Keeps units from being committed in the past.
  @FunctionalInterface
  public interface Floor {
    /// Returns when no unit can be committed at `instant` or before any more.
    void settle(Instant instant) throws InterruptedException;
  }

  public SettledAsOf(Database database, LogEpochs epochs, Floor floor) {
    this.log = new AsOf.ByLog(database, epochs, new UnitInstants());
    this.floor = floor;
  }

  @Override
  public LogEpochs epochs() {
    return log.epochs();
  }

  /// Forgets what is in memory, of a log that may have lost its end.
  public void forget() {
    known.invalidateAll();
    log.instants().forget();
  }

  @Override
  public long positionAt(Instant instant) {
    Long position = known.getIfPresent(instant);
    if (position == null) {
      position = resolve(instant);
      known.put(instant, position);
    }
    return position;
  }

  private long resolve(Instant instant) {
    try {
      floor.settle(instant);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Problem(ErrorCode.OVERLOADED, "The read was broken off: try again");
    }
    return log.positionAt(instant);
  }
}
