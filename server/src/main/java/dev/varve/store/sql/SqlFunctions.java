package dev.varve.store.sql;

import dev.varve.kernel.Folding;
import dev.varve.schema.Field;
import dev.varve.schema.FieldType;
import dev.varve.schema.ScalarType;
import java.util.List;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.DataType;
import org.jooq.impl.CustomCondition;
import org.jooq.impl.CustomField;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/// SQL over lists and values, which are kept as JSON text. How it reads depends on the database that it is made for, so it
/// is written when the text of a query is.
public final class SqlFunctions {
  private static final String ELEMENT = "element";

  private SqlFunctions() {}

  /// A member of a value, in the form that it would have in a column of its own.
  ///
  /// @param members the way into the value, from the outside in; not empty
  public static org.jooq.Field<?> member(org.jooq.Field<?> value, List<Field> members) {
    Field last = members.getLast();
    DataType<?> dataType = SqlType.of(last).dataType();
    return said(dataType, dialect -> member(dialect, value, members, last, dataType));
  }

  private static org.jooq.Field<?> member(
      StoreDialect dialect,
      org.jooq.Field<?> value,
      List<Field> members,
      Field last,
      DataType<?> dataType) {
    org.jooq.Field<?> json =
        dialect.member(value, names(members), extracted(last.type(), dataType));
    return last.list() ? json : columnForm(dialect, last.type(), json);
  }

  /// A list or value within a value, as JSON text; the value itself when there are no members.
  public static org.jooq.Field<String> json(org.jooq.Field<?> value, List<Field> members) {
    return members.isEmpty()
        ? value.coerce(String.class)
        : said(
            SQLDataType.CLOB, dialect -> dialect.member(value, names(members), SQLDataType.CLOB));
  }

  /// How many elements a list has; null when it is absent.
  public static org.jooq.Field<Integer> elementCount(org.jooq.Field<String> list) {
    return said(SQLDataType.INTEGER, dialect -> dialect.elementCount(list));
  }

  /// Whether one of the elements of a list is `wanted`; false when one of both is absent.
  public static Condition hasElement(
      org.jooq.Field<String> list, Field field, org.jooq.Field<Object> wanted) {
    DataType<?> type = extracted(field.type(), SqlType.ofElement(field).dataType());
    return CustomCondition.of(context -> {
      StoreDialect dialect = StoreDialect.of(context.configuration());
      org.jooq.Field<?> element = columnForm(dialect, field.type(), dialect.element(ELEMENT, type));
      context.visit(
          DSL.exists(
              DSL.selectOne()
                  .from(dialect.elements(list, ELEMENT))
                  .where(element.coerce(Object.class).eq(wanted))));
    });
  }

  /// A text folded as it is in memory; null when it is absent. No index can answer it.
  public static org.jooq.Field<String> folded(org.jooq.Field<?> text, Folding folding) {
    return folding == Folding.EXACT
        ? text.coerce(String.class)
        : said(SQLDataType.CLOB, dialect -> dialect.folded(text, folding));
  }

  /// What a dialect says for it.
  private static <T> org.jooq.Field<T> said(
      DataType<T> type, Function<StoreDialect, org.jooq.Field<?>> words) {
    return CustomField.of(
        DSL.name("said"),
        type,
        context -> context.visit(words.apply(StoreDialect.of(context.configuration()))));
  }

  private static List<String> names(List<Field> members) {
    return members.stream().map(Field::name).toList();
  }

  /// The type of what JSON holds: decimals and instants are text there.
  private static DataType<?> extracted(FieldType type, DataType<?> inColumn) {
    return type == ScalarType.DECIMAL || type == ScalarType.DATE_TIME ? SQLDataType.CLOB : inColumn;
  }

  private static org.jooq.Field<?> columnForm(
      StoreDialect dialect, FieldType type, org.jooq.Field<?> json) {
    if (type == ScalarType.DECIMAL) {
      return unscaled(json.coerce(String.class));
    }
    return type == ScalarType.DATE_TIME ? micros(dialect, json.coerce(String.class)) : json;
  }

  /// `19.90` is 1990: the text has all digits of the scale.
  private static org.jooq.Field<Long> unscaled(org.jooq.Field<String> decimal) {
    return DSL.replace(decimal, DSL.inline("."), DSL.inline("")).cast(SQLDataType.BIGINT);
  }

  /// The fraction has no, three or six digits (`dev.varve.kernel.Rfc3339`).
  private static org.jooq.Field<Long> micros(StoreDialect dialect, org.jooq.Field<String> instant) {
    org.jooq.Field<Long> seconds =
        dialect.epochSeconds(DSL.substring(instant, DSL.inline(1), DSL.inline(19)));
    org.jooq.Field<String> fraction =
        DSL.replace(DSL.substring(instant, DSL.inline(21)), DSL.inline("Z"), DSL.inline(""));
    org.jooq.Field<Long> micros =
        DSL.substring(DSL.concat(fraction, DSL.inline("000000")), DSL.inline(1), DSL.inline(6))
            .cast(SQLDataType.BIGINT);
    return seconds.mul(DSL.inline(1_000_000L)).plus(micros);
  }
}
