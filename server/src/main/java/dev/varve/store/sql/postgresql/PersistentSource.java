package dev.varve.store.sql.postgresql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.ds.PGSimpleDataSource;

/// Connections for a pool, which has a thread that makes them: while the server is away it is asked again and again, so that there
/// is a connection as soon as the server is back. A pool that is told of each failure waits longer after each, up to ten seconds.
final class PersistentSource extends PGSimpleDataSource {
  private static final long serialVersionUID = 1L;
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final AtomicLong renewals = new AtomicLong();

  /// From now on connections lead to the server that takes writes now. Those that were given out are for the pool to give up.
  void renew() {
    renewals.incrementAndGet();
  }

  /// @throws SQLException when the server refuses it for another reason, or the pool is closed
  @Override
  public Connection getConnection() throws SQLException {
    while (true) {
      try {
        long begun = renewals.get();
        Connection made = super.getConnection();
        if (renewals.get() == begun) {
          return made;
        }
        // the pool does not have it yet, and would not give it up
        made.close();
      } catch (SQLException e) {
        if (!PostgresDialect.INSTANCE.isLost(e)) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
        // the pool is closed
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
    }
  }
}
