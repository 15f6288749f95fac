package dev.varve.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rows that go to the database with the next statement of a session: a way there and back for all of them.
final class UnsentRows {
  private final Map<RowInsert, List<@Nullable Object[]>> rows = new LinkedHashMap<>();

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /// Whether there are rows for that statement already.
  boolean has(RowInsert insert) {
    return rows.containsKey(insert);
  }

  void add(RowInsert insert, List<@Nullable Object[]> added) {
    rows.put(insert, added);
  }

  void clear() {
    rows.clear();
  }

  /// The statements that send them.
  String text() {
    return String.join("; ", rows.keySet().stream().map(RowInsert::byArrays).toList());
  }

  /// Binds them to a statement that begins with [#text].
  void bind(Connection connection, PreparedStatement statement) throws SQLException {
    int parameter = 1;
    for (Map.Entry<RowInsert, List<@Nullable Object[]>> entry : rows.entrySet()) {
      parameter = entry.getKey().bindArrays(connection, statement, parameter, entry.getValue());
    }
  }
}
