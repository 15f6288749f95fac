package dev.varve.bench;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows of a table as they are, taken into memory and put into another.
final class CopiedRows {
  private CopiedRows() {}

  /// @param select takes the range of positions, the first of which is left out
  static List<@Nullable Object[]> read(PreparedStatement select, long from, long to)
      throws SQLException {
    select.setLong(1, from);
    select.setLong(2, to);
    List<@Nullable Object[]> rows = new ArrayList<>();
    try (ResultSet found = select.executeQuery()) {
      int columns = found.getMetaData().getColumnCount();
      while (found.next()) {
        @Nullable Object[] row = new @Nullable Object[columns];
        for (int i = 0; i < columns; i++) {
          row[i] = found.getObject(i + 1);
        }
        rows.add(row);
      }
    }
    if (rows.size() != to - from) {
      throw new IllegalStateException(
          "Expected a row for each of the units %d to %d and found %d"
              .formatted(from + 1, to, rows.size()));
    }
    return rows;
  }

  /// Puts all of them in with one batch.
  static void insert(PreparedStatement insert, List<@Nullable Object[]> rows) throws SQLException {
    for (@Nullable Object[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        insert.setObject(i + 1, row[i]);
      }
      insert.addBatch();
    }
    insert.executeBatch();
  }
}
