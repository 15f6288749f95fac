package dev.varve.store.sql.postgresql;

import dev.varve.store.sql.Indexing;
import dev.varve.store.sql.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/// `CREATE INDEX CONCURRENTLY`. It waits for every transaction that began before it, so nobody may wait for it in one: the turn
/// is asked for and never waited for.
final class PostgresIndexing implements Indexing {
  static final PostgresIndexing INSTANCE = new PostgresIndexing();

  // "VARI"
  static final int LOCK = 0x56415249;
  private static final String PROGRAM_LIMIT_EXCEEDED = "54000";
  private static final String QUERY_CANCELED = "57014";
  private static final String CREATE = "create index ";

  // who has the turn and does nothing with it has stopped
  private static final String UNBOUNDED =
      "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_session_timeout = '60s'";

  private PostgresIndexing() {}

  @Override
  public Session open(DataSource source) throws SQLException {
    Connection connection = source.getConnection();
    try (Statement statement = connection.createStatement()) {
      connection.setNetworkTimeout(Runnable::run, 0);
      statement.execute(PostgresConnections.NOTICES_LOSS);
      statement.execute(UNBOUNDED);
      return new Session(connection, PostgresDialect.INSTANCE);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public Set<String> whole(Session session) throws SQLException {
    return new HashSet<>(
        session.list(
            "SELECT c.relname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid"
                + " WHERE i.indisvalid AND c.relnamespace = current_schema()::regnamespace",
            List.of(),
            row -> row.getString(1)));
  }

  @Override
  public boolean begin(Session session) throws SQLException {
    return session
        .first(
            "SELECT pg_try_advisory_lock(?, hashtext(current_schema()))",
            List.of(LOCK),
            row -> row.getBoolean(1))
        .orElse(false);
  }

  @Override
  public void end(Session session) throws SQLException {
    session.list(
        "SELECT pg_advisory_unlock(?, hashtext(current_schema()))", List.of(LOCK), row -> true);
  }

  @Override
  public void make(Session session, String createIndex) throws SQLException {
    if (!createIndex.regionMatches(true, 0, CREATE, 0, CREATE.length())) {
      throw new IllegalArgumentException(
          "Not an index that is made beside writers: " + createIndex);
    }
    session.execute("CREATE INDEX CONCURRENTLY " + createIndex.substring(CREATE.length()));
  }

  @Override
  public void drop(Session session, String name) throws SQLException {
    session.execute(
        "DROP INDEX CONCURRENTLY IF EXISTS \"%s\"".formatted(name.replace("\"", "\"\"")));
  }

  @Override
  public void interrupt(Session session) throws SQLException {
    session.list(
        "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            + " AND classid::bigint = ? AND objid::bigint = hashtext(current_schema())::bigint & 4294967295",
        List.of((long) LOCK),
        row -> true);
  }

  @Override
  public boolean isTooLong(SQLException e) {
    return PROGRAM_LIMIT_EXCEEDED.equals(e.getSQLState());
  }

  @Override
  public boolean isInterrupted(SQLException e) {
    return QUERY_CANCELED.equals(e.getSQLState());
  }
}
