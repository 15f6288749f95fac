package dev.varve.store.sql.postgresql;

import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.util.List;

/// Sees to it that one process at a time writes to a database: what another one wrote would not be in the cache of this one.
/// The connection holds it for as long as it lives.
final class SoleWriter {
  // a process that has just ended lets go in a moment
  private static final int WAIT_SECONDS = 10;
  // "VARV"
  static final int LOCK = 0x56415256;

  private SoleWriter() {}

  /// @throws SQLException with lock_not_available when another process has it
  static void require(Session session) throws SQLException {
    session.execute("SET lock_timeout = '%ds'".formatted(WAIT_SECONDS));
    session.list(
        "SELECT pg_advisory_lock(?, hashtext(current_schema()))", List.of(LOCK), row -> true);
    session.execute("RESET lock_timeout");
  }
}
