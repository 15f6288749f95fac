package dev.varve.store.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A column of one of Varve's own tables.
///
/// @param keyPlace in the primary key, from 1; 0 for a column that is not part of it
public record OwnColumn(String name, Kind kind, int keyPlace) {
  /// What it holds, whichever database has it: the scripts that make the tables know no more than these.
  public enum Kind {
    TEXT(Types.VARCHAR),
    NUMBER(Types.BIGINT),
    BOOLEAN(Types.BOOLEAN),
    BYTES(Types.BINARY);

    private final int jdbcType;

    Kind(int jdbcType) {
      this.jdbcType = jdbcType;
    }

    /// @param declared the type as a database tells it
    static Kind of(String declared) {
      return switch (declared.toLowerCase(Locale.ROOT)) {
        case "text" -> TEXT;
        case "bigint", "integer" -> NUMBER;
        case "boolean" -> BOOLEAN;
        case "blob", "bytea" -> BYTES;
        default ->
            throw new IllegalStateException("Varve's own tables have no columns of " + declared);
      };
    }
  }

  /// @param declared the type as a database tells it
  public static OwnColumn of(String name, String declared, int keyPlace) {
    return new OwnColumn(name, Kind.of(declared), keyPlace);
  }

  /// The value in column `index` (from 1) of the current row: a `String`, `Long`, `Boolean` or `byte[]`, whichever database has it.
  public @Nullable Object read(ResultSet row, int index) throws SQLException {
    Object value =
        switch (kind) {
          case TEXT -> row.getString(index);
          case NUMBER -> row.getLong(index);
          case BOOLEAN -> row.getBoolean(index);
          case BYTES -> row.getBytes(index);
        };
    return row.wasNull() ? null : value;
  }

  /// Binds a value that was read.
  public void bind(PreparedStatement statement, int index, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      statement.setNull(index, kind.jdbcType);
    } else {
      Session.bind(statement, index, value);
    }
  }
}
