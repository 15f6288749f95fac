package dev.varve.store.sql;

import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// What a column holds, whichever database has it: values are `String`, `Long`, `Double`, `Boolean` or `byte[]`.
@SuppressWarnings("ImmutableEnumChecker") // what makes an array does not change
public enum ColumnKind {
  TEXT("text", String[]::new),
  NUMBER("int8", Long[]::new),
  DOUBLE("float8", Double[]::new),
  BOOLEAN("bool", Boolean[]::new),
  BYTES("bytea", byte[][]::new);

  private final String element;
  private final IntFunction<@Nullable Object[]> newArray;

  /// @param element what arrays of it are made of
  ColumnKind(String element, IntFunction<@Nullable Object[]> newArray) {
    this.element = element;
    this.newArray = newArray;
  }

  /// The kind of a column of Varve's own tables: the scripts that make them know no more types than these.
  ///
  /// @param declared the type as a database tells it
  static ColumnKind of(String declared) {
    return switch (declared.toLowerCase(Locale.ROOT)) {
      case "text" -> TEXT;
      case "bigint", "integer" -> NUMBER;
      case "boolean" -> BOOLEAN;
      case "blob", "bytea" -> BYTES;
      default ->
          throw new IllegalStateException("Varve's own tables have no columns of " + declared);
    };
  }

  /// The value in column `index` (from 1) of the current row.
  @Nullable Object read(ResultSet row, int index) throws SQLException {
    Object value =
        switch (this) {
          case TEXT -> row.getString(index);
          case NUMBER -> row.getLong(index);
          case DOUBLE -> row.getDouble(index);
          case BOOLEAN -> row.getBoolean(index);
          case BYTES -> row.getBytes(index);
        };
    return row.wasNull() ? null : value;
  }

  /// The parameter of a statement that takes an array, in words that PostgreSQL takes.
  String arrayParameter() {
    return "?::" + element + "[]";
  }

  /// What one column has in some rows, one behind the other.
  Array array(Connection connection, List<@Nullable Object[]> rows, int column)
      throws SQLException {
    @Nullable Object[] values = newArray.apply(rows.size());
    for (int i = 0; i < values.length; i++) {
      values[i] = rows.get(i)[column];
    }
    return connection.createArrayOf(element, values);
  }
}
