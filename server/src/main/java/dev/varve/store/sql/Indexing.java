package dev.varve.store.sql;

import java.sql.SQLException;
import java.util.Set;
import javax.sql.DataSource;

/// How indexes are made on tables that are written to meanwhile. Of all processes one does at a time: whoever has the turn.
///
/// An index whose making was broken off stays behind under its name. Queries do not use it, writes keep it up.
public interface Indexing {
  /// A connection for it, on which nothing has a bound in time.
  Session open(DataSource source) throws SQLException;

  /// The names of the indexes that are whole, which queries use.
  Set<String> whole(Session session) throws SQLException;

  /// Takes the turn, unless another process has it. It ends with the connection at the latest.
  boolean begin(Session session) throws SQLException;

  /// Gives the turn back.
  void end(Session session) throws SQLException;

  /// Makes an index, of which nothing is there under that name.
  ///
  /// @param createIndex the statement that would make it with the table locked
  void make(Session session, String createIndex) throws SQLException;

  /// Takes away what is left of an index.
  void drop(Session session, String name) throws SQLException;

  /// Breaks off what any process is making, because its table is about to be altered.
  void interrupt(Session session) throws SQLException;

  /// Whether an index cannot be made because of a row that is too long for it.
  boolean isTooLong(SQLException e);

  /// Whether a statement failed because of [#interrupt].
  boolean isInterrupted(SQLException e);
}
