package dev.varve.store.sql;

import java.sql.SQLException;
import java.time.Duration;

/// A connection that hears of what other processes commit to a shared database. Used by one thread.
public interface DatabaseWatch extends AutoCloseable {
  /// Where to look for what it was.
  Session session();

  /// Returns once something may have been committed, and after that time at the latest: what is heard only shortens the wait.
  void await(Duration longest) throws SQLException;

  /// Called by any thread, while another waits, too.
  @Override
  void close();
}
