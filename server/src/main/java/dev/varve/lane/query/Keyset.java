package dev.varve.lane.query;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Read;
import dev.varve.lane.expression.SqlScope;
import dev.varve.schema.Field;
import dev.varve.schema.record.Entity;
import dev.varve.store.sql.SqlValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.SortField;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/// The total order of a list, and the part of the list behind a place in it.
///
/// Absent values count as smallest. The id comes last, in the direction of the field before it, so that
/// one index serves the whole order. A page goes on behind the values of the record before it instead of
/// counting records, so that it costs the same however far it lies.
final class Keyset {
  private final List<Read.Sort> sorts;
  private final List<Part> parts = new ArrayList<>();

  /// One column of the order.
  private record Part(Field field, org.jooq.Field<Object> column, boolean descending) {
    boolean nullable() {
      return !field.required() && !field.system();
    }

    SortField<?> order() {
      SortField<?> order = descending ? column.desc() : column.asc();
      if (!nullable()) {
        return order;
      }
      return descending ? order.nullsLast() : order.nullsFirst();
    }
  }

  /// A stretch of a list: rows that satisfy the condition, in this order.
  record Stretch(Condition condition, List<SortField<?>> order) {}

  Keyset(SqlScope scope, List<Read.Sort> sorts) {
    this.sorts = sorts;
    boolean descending = false;
    for (Read.Sort sort : sorts) {
      descending = sort.descending();
      parts.add(new Part(sort.field(), column(scope, sort.field()), descending));
      if (sort.field().equals(scope.model().id())) {
        // no two records share an id: what comes behind it decides nothing
        return;
      }
    }
    parts.add(new Part(scope.model().id(), column(scope, scope.model().id()), descending));
  }

  @SuppressWarnings("unchecked") // compared with values of its own column only
  private static org.jooq.Field<Object> column(SqlScope scope, Field field) {
    return (org.jooq.Field<Object>) scope.column(field);
  }

  /// The place of a record in the list.
  Read.Key key(Entity entity) {
    return Cursor.key(sorts, entity);
  }

  /// The list behind a place, or all of it: stretches that follow one another. Each is one range of an
  /// index that has the columns of the order.
  List<Stretch> behind(Optional<Read.Key> place) {
    if (place.isEmpty()) {
      return List.of(new Stretch(DSL.noCondition(), order(0)));
    }
    if (place.get().values().size() != sorts.size()) {
      throw otherList();
    }
    List<@Nullable Object> values = values(place.get());
    return isOneRange() ? List.of(new Stretch(rowBehind(values), order(0))) : stretches(values);
  }

  /// The whole order.
  List<SortField<?>> order() {
    return order(0);
  }

  private List<SortField<?>> order(int from) {
    return parts.subList(from, parts.size()).stream().<SortField<?>>map(Part::order).toList();
  }

  private List<@Nullable Object> values(Read.Key place) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      values.add(
          i < sorts.size() ? toSql(parts.get(i).field(), place.values().get(i)) : place.id());
    }
    return values;
  }

  private static @Nullable Object toSql(Field field, @Nullable Object value) {
    try {
      return SqlValues.toSql(field, value);
    } catch (ArithmeticException e) {
      throw otherList();
    }
  }

  private static Problem otherList() {
    return new Problem(
        ErrorCode.INVALID_CURSOR,
        "The cursor is not of this list: start again from the first page");
  }

  private boolean isOneRange() {
    return parts.stream()
        .allMatch(part -> !part.nullable() && part.descending() == parts.getFirst().descending());
  }

  private Condition rowBehind(List<@Nullable Object> values) {
    if (parts.size() == 1) {
      return beyond(parts.getFirst(), values.getFirst());
    }
    var columns = DSL.row(parts.stream().map(Part::column).toList());
    var place = DSL.row(values.stream().map(Keyset::bound).toList());
    return parts.getFirst().descending() ? columns.lt(place) : columns.gt(place);
  }

  private static org.jooq.Field<Object> bound(@Nullable Object value) {
    return DSL.val(value);
  }

  /// First the rows that agree in all columns but the last, then in all but the last two, and so on.
  private List<Stretch> stretches(List<@Nullable Object> values) {
    List<Stretch> stretches = new ArrayList<>();
    for (int i = parts.size() - 1; i >= 0; i--) {
      Part part = parts.get(i);
      Object value = values.get(i);
      Condition same = same(values, i);
      if (!(part.descending() && value == null)) {
        stretches.add(new Stretch(same.and(beyond(part, value)), order(i)));
      }
      if (part.descending() && part.nullable() && value != null) {
        stretches.add(new Stretch(same.and(part.column().isNull()), order(i + 1)));
      }
    }
    return stretches;
  }

  private Condition same(List<@Nullable Object> values, int count) {
    Condition same = DSL.noCondition();
    for (int i = 0; i < count; i++) {
      org.jooq.Field<Object> column = parts.get(i).column();
      Object value = values.get(i);
      same = same.and(value == null ? column.isNull() : column.eq(value));
    }
    return same;
  }

  private static Condition beyond(Part part, @Nullable Object value) {
    if (value == null) {
      return part.column().isNotNull();
    }
    return part.descending() ? part.column().lt(value) : part.column().gt(value);
  }
}
