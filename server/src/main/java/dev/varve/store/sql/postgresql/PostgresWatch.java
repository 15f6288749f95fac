package dev.varve.store.sql.postgresql;

import dev.varve.store.sql.DatabaseWatch;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears the notices that every writer sends with its commit. They have no content, and one that is lost costs nothing but
/// time.
final class PostgresWatch implements DatabaseWatch {
  static final String CHANNEL = "varve";

  private static final Logger LOG = LoggerFactory.getLogger(PostgresWatch.class);

  private final Session session;
  private final PGConnection notices;

  /// @param session a connection of its own
  PostgresWatch(Session session) throws SQLException {
    this.session = session;
    this.notices = session.connection().unwrap(PGConnection.class);
    session.execute("LISTEN " + CHANNEL);
  }

  @Override
  public Session session() {
    return session;
  }

  @Override
  public void await(Duration longest) throws SQLException {
    notices.getNotifications((int) Math.max(1, longest.toMillis()));
  }

  /// Another thread may wait on it meanwhile, and is not waited for.
  @Override
  public void close() {
    try {
      session.connection().abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debug("Closing the connection that listens failed", e);
    }
  }
}
