package dev.varve.store.sql.postgresql;

import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The process of the server that works for one connection. When the way to it is cut without a word it goes on for hours, and keeps
/// what it has locked, unless it is ended over another connection.
///
/// @param started in seconds: the server gives a number anew in time
record Backend(int pid, String started) {
  private static final String STARTED = "extract(epoch FROM backend_start)::text";

  static Optional<Backend> of(Session session) throws SQLException {
    return session.first(
        "SELECT pid, %s FROM pg_stat_activity WHERE pid = pg_backend_pid()".formatted(STARTED),
        List.of(),
        row -> new Backend(row.getInt(1), row.getString(2)));
  }

  /// Ends it, if it is still there, over the session of another one of the same user.
  void end(Session session) throws SQLException {
    session.list(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ? AND %s = ?"
            .formatted(STARTED),
        List.of(pid, started),
        row -> row.getBoolean(1));
  }
}
