package dev.varve.store.sql;

import dev.varve.kernel.Json;
import dev.varve.schema.Field;
import dev.varve.schema.ScalarType;
import dev.varve.schema.TextForm;
import dev.varve.schema.record.JsonValues;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// Values of fields to and from their columns.
public final class SqlValues {
  private SqlValues() {}

  /// What to bind for a value: `String`, `Long`, `Double` or `Boolean`.
  public static @Nullable Object toSql(Field field, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (SqlType.of(field)) {
      case TEXT, DOUBLE, BOOLEAN -> value;
      case INTEGER -> value instanceof BigDecimal decimal ? unscaled(field, decimal) : value;
      case INSTANT -> micros((Instant) value);
      case DATE -> value.toString();
      case JSON ->
          new String(
              Json.bytes(generator -> JsonValues.write(generator, field, value)),
              StandardCharsets.UTF_8);
    };
  }

  /// What to bind for a value in the form that an index has it in.
  public static @Nullable Object toSql(TextForm form, @Nullable Object value) {
    Object bound = toSql(form.field(), value);
    return form.isFolded() && bound instanceof String text ? form.folding().fold(text) : bound;
  }

  private static Long unscaled(Field field, BigDecimal decimal) {
    return decimal.setScale(field.scale()).unscaledValue().longValueExact();
  }

  /// The value of a field in column `index` (from 1) of the current row.
  public static @Nullable Object fromSql(Field field, ResultSet row, int index)
      throws SQLException {
    return switch (SqlType.of(field)) {
      case TEXT -> row.getString(index);
      case INTEGER -> {
        long number = row.getLong(index);
        yield row.wasNull()
            ? null
            : field.type() == ScalarType.DECIMAL
                ? (Object) BigDecimal.valueOf(number, field.scale())
                : (Object) number;
      }
      case INSTANT -> {
        long micros = row.getLong(index);
        yield row.wasNull() ? null : instant(micros);
      }
      case DATE -> {
        String date = row.getString(index);
        yield date == null ? null : LocalDate.parse(date);
      }
      case DOUBLE -> {
        double number = row.getDouble(index);
        yield row.wasNull() ? null : (Object) number;
      }
      case BOOLEAN -> {
        boolean bool = row.getBoolean(index);
        yield row.wasNull() ? null : (Object) bool;
      }
      case JSON -> {
        String json = row.getString(index);
        yield json == null
            ? null
            : JsonValues.read(field, Json.read(json.getBytes(StandardCharsets.UTF_8)));
      }
    };
  }

  /// What is stored in column `index` (from 1) of the current row, in the form in which it was bound: the same from every
  /// database.
  public static @Nullable Object stored(SqlType type, ResultSet row, int index)
      throws SQLException {
    return type.kind().read(row, index);
  }

  /// Microseconds since 1970-01-01T00:00:00Z.
  public static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  public static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
