package dev.varve.store.sql.postgresql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.ds.PGSimpleDataSource;

/// Connections for a pool, which has a thread that makes them: while the server is away it is asked again and again, so that there
/// is a connection as soon as the server is back. A pool that is told of each failure waits longer after each, up to ten seconds.
final class PersistentSource extends PGSimpleDataSource {
  private static final long serialVersionUID = 1L;
  private static final Duration PAUSE = Duration.ofMillis(100);

  /// @throws SQLException when the server refuses it for another reason, or the pool is closed
  @Override
  public Connection getConnection() throws SQLException {
    while (true) {
      try {
        return super.getConnection();
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
