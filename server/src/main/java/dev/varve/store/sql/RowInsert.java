package dev.varve.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The statement that adds rows to a table, made once, in both forms that databases take many rows in:
///
/// ```
/// INSERT INTO orders ("id", "total") VALUES (?, ?)                                        once for each row
/// INSERT INTO orders ("id", "total") SELECT * FROM unnest(?::text[], ?::int8[])           once for all
/// ```
///
/// The second is one text for any number of rows, so that PostgreSQL plans it once, and its values travel as a few arrays.
public final class RowInsert {
  private final List<Column> columns;
  private final String byRow;
  private final String byArrays;

  /// @param name without quotation marks
  public record Column(String name, ColumnKind kind) {}

  private RowInsert(String table, List<Column> columns, String conflict) {
    this.columns = List.copyOf(columns);
    String into =
        "INSERT INTO %s (%s) "
            .formatted(table, joined(columns, column -> '"' + column.name() + '"'));
    this.byRow = into + "VALUES (%s)".formatted(joined(columns, _ -> "?")) + conflict;
    this.byArrays =
        into
            + "SELECT * FROM unnest(%s)"
                .formatted(joined(columns, column -> column.kind().arrayParameter()))
            + conflict;
  }

  private static String joined(List<Column> columns, Function<Column, String> word) {
    return columns.stream().map(word).collect(Collectors.joining(", "));
  }

  /// @param table as it stands in a statement
  public static RowInsert into(String table, List<Column> columns) {
    return new RowInsert(table, columns, "");
  }

  /// The same, of rows that take the place of those with the same key.
  public static RowInsert inPlaceOf(String table, List<Column> columns, List<String> key) {
    String others =
        columns.stream()
            .map(Column::name)
            .filter(name -> !key.contains(name))
            .map(name -> "\"%s\" = excluded.\"%s\"".formatted(name, name))
            .collect(Collectors.joining(", "));
    return new RowInsert(
        table,
        columns,
        " ON CONFLICT (%s) DO UPDATE SET %s".formatted(String.join(", ", key), others));
  }

  String byRow() {
    return byRow;
  }

  String byArrays() {
    return byArrays;
  }

  /// Binds rows one by one, and runs them as a batch.
  void runByRow(PreparedStatement statement, List<@Nullable Object[]> rows) throws SQLException {
    for (@Nullable Object[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        Session.bind(statement, i + 1, row[i]);
      }
      statement.addBatch();
    }
    statement.executeBatch();
  }

  /// Binds rows as arrays; the next parameter.
  ///
  /// @param parameter the first one
  int bindArrays(
      Connection connection,
      PreparedStatement statement,
      int parameter,
      List<@Nullable Object[]> rows)
      throws SQLException {
    for (int i = 0; i < columns.size(); i++) {
      statement.setArray(parameter + i, columns.get(i).kind().array(connection, rows, i));
    }
    return parameter + columns.size();
  }
}
