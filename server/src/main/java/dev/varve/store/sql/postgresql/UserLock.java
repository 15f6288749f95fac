package dev.varve.store.sql.postgresql;

import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.util.List;

/// Tells apart who uses a database beside others, as nodes and commands do, and who needs it alone, as a rebuild does. The
/// connection holds it for as long as it lives.
final class UserLock {
  // a process that has just ended lets go in a moment
  private static final int WAIT_SECONDS = 10;
  // "VARV"
  static final int LOCK = 0x56415256;

  private UserLock() {}

  /// @param alone whether nobody else may use the database meanwhile
  /// @throws SQLException with lock_not_available when another process is in the way
  static void take(Session session, boolean alone) throws SQLException {
    session.execute("SET lock_timeout = '%ds'".formatted(WAIT_SECONDS));
    session.list(
        "SELECT pg_advisory_lock%s(?, hashtext(current_schema()))"
            .formatted(alone ? "" : "_shared"),
        List.of(LOCK),
        row -> true);
    session.execute("RESET lock_timeout");
  }
}
