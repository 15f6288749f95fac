package dev.varve.store.log;

import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/// Copies a log into another database, byte for byte. Each unit is found right by its hash before it is written.
///
/// A stretch of units is one transaction, so a copy that was broken off goes on behind the last unit that the target has.
public final class LogCopy {
  // so much is held in memory, and written in one transaction
  private static final int STRETCH_UNITS = 1_000;
  private static final long STRETCH_BYTES = 4 * 1024 * 1024;

  private final Database source;
  private final Database target;
  private final HeadNote note = new HeadNote();

  public LogCopy(Database source, Database target) {
    this.source = source;
    this.target = target;
  }

  /// How far the copy has come.
  public EventLog.Cursor reached() {
    Head head = target.read(EventLog::head);
    return new EventLog.Cursor(head.position(), head.hash());
  }

  /// Whether the source has the very same unit where the copy has come to, and with it all before.
  public boolean follows(EventLog.Cursor reached) {
    return reached.position() == 0
        || source.read(session ->
            session
                .first(
                    EventLog.SELECT_HASH,
                    List.of(reached.position()),
                    row -> Arrays.equals(row.getBytes(1), reached.hash()))
                .orElse(false));
  }

  /// Copies the next stretch; where that has come to.
  ///
  /// @throws DamagedLogException when a unit of the source is missing or not what was written
  public EventLog.Cursor next(EventLog.Cursor cursor) throws SQLException {
    List<LogRow> rows =
        source.snapshot(
            session -> LogRow.list(session, cursor.position(), STRETCH_UNITS, STRETCH_BYTES));
    if (rows.isEmpty()) {
      throw new DamagedLogException(
          "The log ends at position " + cursor.position() + ", before the end it names");
    }
    UnitHash unitHash = new UnitHash();
    EventLog.Cursor reached = cursor;
    for (LogRow row : rows) {
      reached = row.follow(unitHash, reached);
    }
    write(target.writer(), rows);
    return reached;
  }

  private void write(Session session, List<LogRow> rows) throws SQLException {
    session.beginWriting();
    try {
      session.insert(LogRow.INSERT, rows.stream().map(LogRow::columns).toList());
      LogRow last = rows.getLast();
      note.write(
          session, new Head(last.position(), SqlValues.instant(last.atMicros()), last.hash()));
      session.commit();
    } catch (SQLException | RuntimeException e) {
      session.rollback(e);
      throw e;
    }
  }
}
