package dev.varve.store.log;

import dev.varve.store.sql.ColumnKind;
import dev.varve.store.sql.RowInsert;
import dev.varve.store.sql.RowInsert.Column;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A row of the log, byte for byte.
record LogRow(
    long position,
    long atMicros,
    byte[] actor,
    byte[] requestId,
    int schemaVersion,
    byte[] events,
    byte[] hash) {
  private static final String SELECT =
      "SELECT position, at, actor, request_id, schema_version, events, hash FROM varve_log"
          + " WHERE position > ? ORDER BY position LIMIT ?";

  static final RowInsert INSERT =
      RowInsert.into(
          "varve_log",
          List.of(
              new Column("position", ColumnKind.NUMBER),
              new Column("at", ColumnKind.NUMBER),
              new Column("actor", ColumnKind.TEXT),
              new Column("request_id", ColumnKind.TEXT),
              new Column("schema_version", ColumnKind.NUMBER),
              new Column("events", ColumnKind.TEXT),
              new Column("hash", ColumnKind.BYTES)));

  /// The rows behind a position: up to `limit`, and no further once those read have so many bytes together.
  static List<LogRow> list(Session session, long position, int limit, long bytes)
      throws SQLException {
    return session.listUntil(SELECT, List.of(position, limit), LogRow::read, fills(bytes));
  }

  private static Predicate<LogRow> fills(long bytes) {
    long[] left = {bytes};
    return row -> {
      left[0] -= row.events.length;
      return left[0] <= 0;
    };
  }

  private static LogRow read(ResultSet row) throws SQLException {
    return read(row, 1);
  }

  /// @param first the column with the position
  static LogRow read(ResultSet row, int first) throws SQLException {
    return new LogRow(
        row.getLong(first),
        row.getLong(first + 1),
        bytes(row, first + 2),
        bytes(row, first + 3),
        row.getInt(first + 4),
        bytes(row, first + 5),
        bytes(row, first + 6));
  }

  /// The bytes of a column, of a text those of its UTF-8.
  static byte[] bytes(ResultSet row, int column) throws SQLException {
    byte[] bytes = row.getBytes(column);
    return bytes == null ? new byte[0] : bytes;
  }

  /// Where the log has come to with this row.
  ///
  /// @param before where it had come to
  /// @throws DamagedLogException when the row does not follow that, or is not what was written
  EventLog.Cursor follow(UnitHash unitHash, EventLog.Cursor before) {
    long expected = before.position() + 1;
    if (position != expected) {
      throw new DamagedLogException(
          "Position " + expected + " is missing; the next one found is " + position);
    }
    byte[] actual =
        unitHash.of(before.hash(), position, atMicros, schemaVersion, actor, requestId, events);
    if (!Arrays.equals(actual, hash)) {
      throw new DamagedLogException(
          "The unit at position " + position + " is not what was written: its hash does not match");
    }
    return new EventLog.Cursor(position, hash);
  }

  Unit unit() {
    return new Unit(
        position,
        SqlValues.instant(atMicros),
        text(actor),
        text(requestId),
        schemaVersion,
        Event.read(events));
  }

  Footprint footprint() {
    return new Footprint(
        position, SqlValues.instant(atMicros), schemaVersion, Event.readTargets(events));
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /// What [#INSERT] takes.
  @Nullable Object[] columns() {
    return new @Nullable Object[] {
      position, atMicros, text(actor), text(requestId), (long) schemaVersion, text(events), hash
    };
  }
}
