package dev.varve.store.log;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Instant;

/// Finds the position that an instant names.
///
/// Instants never go back from one position to the next, so this is a search by halves. It always steps by powers
/// of two from the start of the log, so that most of its steps are the same for every instant; those are kept in
/// memory, which is safe because what is in the log does not change.
public final class UnitInstants {
  // the steps between are few, and there are too many of them to keep
  private static final int KEPT_EVERY = 64;
  private static final int KEPT_MAX = 65_536;

  private final Cache<Long, Long> kept = Caffeine.newBuilder().maximumSize(KEPT_MAX).build();

  /// The last position written at or before an instant; 0 when there is none.
  public long positionAt(Session session, Instant instant) throws SQLException {
    Head head = EventLog.head(session);
    if (!head.at().isAfter(instant)) {
      return head.position();
    }
    long micros = SqlValues.micros(instant);
    long position = 0;
    for (long step = Long.highestOneBit(head.position()); step > 0; step >>= 1) {
      long next = position + step;
      if (next <= head.position() && atMicros(session, next) <= micros) {
        position = next;
      }
    }
    return position;
  }

  /// Forgets what is in memory, of a log that may have lost its end.
  public void forget() {
    kept.invalidateAll();
  }

  private long atMicros(Session session, long position) throws SQLException {
    if (position % KEPT_EVERY != 0) {
      return EventLog.atMicros(session, position);
    }
    Long known = kept.getIfPresent(position);
    if (known == null) {
      known = EventLog.atMicros(session, position);
      kept.put(position, known);
    }
    return known;
  }
}
