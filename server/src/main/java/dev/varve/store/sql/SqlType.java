package dev.varve.store.sql;

import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.FieldType;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import org.jooq.DataType;
import org.jooq.impl.SQLDataType;

/// How a field's values are kept in a column.
@SuppressWarnings("ImmutableEnumChecker") // jOOQ data types do not change
public enum SqlType {
  /// Text as it is.
  TEXT(SQLDataType.CLOB, ColumnKind.TEXT),
  /// Whole numbers; a Decimal as its unscaled value, so that it is exact, ordered and can be summed.
  INTEGER(SQLDataType.BIGINT, ColumnKind.NUMBER),
  /// Microseconds since 1970-01-01T00:00:00Z.
  INSTANT(SQLDataType.BIGINT, ColumnKind.NUMBER),
  /// `2026-01-31`, which sorts as text.
  DATE(SQLDataType.CLOB, ColumnKind.TEXT),
  DOUBLE(SQLDataType.DOUBLE, ColumnKind.DOUBLE),
  BOOLEAN(SQLDataType.BOOLEAN, ColumnKind.BOOLEAN),
  /// Lists, values and JSON as compact JSON text.
  JSON(SQLDataType.CLOB, ColumnKind.TEXT);

  private final DataType<?> dataType;
  private final ColumnKind kind;

  SqlType(DataType<?> dataType, ColumnKind kind) {
    this.dataType = dataType;
    this.kind = kind;
  }

  DataType<?> dataType() {
    return dataType;
  }

  /// What is bound for a value.
  public ColumnKind kind() {
    return kind;
  }

  /// The column type of a field.
  public static SqlType of(Field field) {
    return field.list() ? JSON : of(field.type());
  }

  /// The type that a column would have for one element of a list.
  static SqlType ofElement(Field list) {
    return of(list.type());
  }

  private static SqlType of(FieldType type) {
    return switch (type) {
      case EnumType _, RelationType _ -> TEXT;
      case ValueType _ -> JSON;
      case ScalarType scalar ->
          switch (scalar) {
            case ID, STRING, UUID, EMAIL, URL -> TEXT;
            case INT, LONG, DECIMAL -> INTEGER;
            case DATE_TIME -> INSTANT;
            case DATE -> DATE;
            case FLOAT -> DOUBLE;
            case BOOLEAN -> BOOLEAN;
            case JSON -> JSON;
          };
    };
  }
}
