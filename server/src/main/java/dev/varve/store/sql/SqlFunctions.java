package dev.varve.store.sql;

import dev.varve.schema.Field;
import dev.varve.schema.FieldType;
import dev.varve.schema.ScalarType;
import java.util.List;
import java.util.stream.Collectors;
import org.jooq.Condition;
import org.jooq.DataType;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/// SQL over lists and values, which are kept as JSON text; what SQLite says in its own words.
public final class SqlFunctions {
  private static final String ELEMENT = "element";

  private SqlFunctions() {}

  /// A member of a value, in the form that it would have in a column of its own.
  ///
  /// @param members the way into the value, from the outside in; not empty
  public static org.jooq.Field<?> member(org.jooq.Field<?> value, List<Field> members) {
    Field last = members.getLast();
    DataType<?> dataType = SqlType.of(last).dataType();
    org.jooq.Field<?> json =
        DSL.function("json_extract", extracted(last.type(), dataType), value, path(members));
    return last.list() ? json : columnForm(last.type(), json);
  }

  /// A list or value within a value, as JSON text; the value itself when there are no members.
  public static org.jooq.Field<String> json(org.jooq.Field<?> value, List<Field> members) {
    return members.isEmpty()
        ? value.coerce(String.class)
        : DSL.function("json_extract", SQLDataType.CLOB, value, path(members));
  }

  /// How many elements a list has; null when it is absent.
  public static org.jooq.Field<Integer> elementCount(org.jooq.Field<String> list) {
    return DSL.function("json_array_length", SQLDataType.INTEGER, list);
  }

  /// Whether one of the elements of a list is `wanted`; false when one of both is absent.
  public static Condition hasElement(
      org.jooq.Field<String> list, Field field, org.jooq.Field<Object> wanted) {
    org.jooq.Field<?> element =
        DSL.field(
            DSL.name(ELEMENT, "value"),
            extracted(field.type(), SqlType.ofElement(field).dataType()));
    return DSL.exists(
        DSL.selectOne()
            .from(DSL.table("json_each({0})", list).as(DSL.name(ELEMENT)))
            .where(columnForm(field.type(), element).coerce(Object.class).eq(wanted)));
  }

  // from the schema, not from a caller: inlined, so that an index on it can be found
  private static org.jooq.Field<String> path(List<Field> members) {
    return DSL.inline(
        members.stream()
            .map(member -> "\"" + member.name() + "\"")
            .collect(Collectors.joining(".", "$.", "")));
  }

  /// The type of what JSON holds: decimals and instants are text there.
  private static DataType<?> extracted(FieldType type, DataType<?> inColumn) {
    return type == ScalarType.DECIMAL || type == ScalarType.DATE_TIME ? SQLDataType.CLOB : inColumn;
  }

  private static org.jooq.Field<?> columnForm(FieldType type, org.jooq.Field<?> json) {
    if (type == ScalarType.DECIMAL) {
      return unscaled(json.coerce(String.class));
    }
    return type == ScalarType.DATE_TIME ? micros(json.coerce(String.class)) : json;
  }

  /// `19.90` is 1990: the text has all digits of the scale.
  private static org.jooq.Field<Long> unscaled(org.jooq.Field<String> decimal) {
    return DSL.replace(decimal, DSL.inline("."), DSL.inline("")).cast(SQLDataType.BIGINT);
  }

  /// The fraction has no, three or six digits (`dev.varve.kernel.Rfc3339`).
  private static org.jooq.Field<Long> micros(org.jooq.Field<String> instant) {
    org.jooq.Field<Long> seconds =
        DSL.function(
            "unixepoch", SQLDataType.BIGINT, DSL.substring(instant, DSL.inline(1), DSL.inline(19)));
    org.jooq.Field<String> fraction =
        DSL.replace(DSL.substring(instant, DSL.inline(21)), DSL.inline("Z"), DSL.inline(""));
    org.jooq.Field<Long> micros =
        DSL.substring(DSL.concat(fraction, DSL.inline("000000")), DSL.inline(1), DSL.inline(6))
            .cast(SQLDataType.BIGINT);
    return seconds.mul(DSL.inline(1_000_000L)).plus(micros);
  }
}
