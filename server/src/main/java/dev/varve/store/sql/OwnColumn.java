package dev.varve.store.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// A column of one of Varve's own tables.
///
/// @param keyPlace in the primary key, from 1; 0 for a column that is not part of it
public record OwnColumn(String name, ColumnKind kind, int keyPlace) {
  /// @param declared the type as a database tells it
  public static OwnColumn of(String name, String declared, int keyPlace) {
    return new OwnColumn(name, ColumnKind.of(declared), keyPlace);
  }

  /// The value in column `index` (from 1) of the current row, whichever database has it.
  public @Nullable Object read(ResultSet row, int index) throws SQLException {
    return kind.read(row, index);
  }

  public RowInsert.Column inserted() {
    return new RowInsert.Column(name, kind);
  }
}
