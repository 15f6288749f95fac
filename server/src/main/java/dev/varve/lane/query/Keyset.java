package dev.varve.lane.query;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Read;
import dev.varve.lane.expression.SqlScope;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.TextForm;
import dev.varve.store.sql.BoundValues;
import dev.varve.store.sql.SqlValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Param;
import org.jooq.SortField;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/// The total order of a list, and the part of the list behind a place in it.
///
/// Absent values count as smallest. The id comes last, in the direction of the field before it, so that
/// one index serves the whole order. A page goes on behind the values of the record before it instead of
/// counting records, so that it costs the same however far it lies.
final class Keyset {
  private final List<Part> parts = new ArrayList<>();

  /// One column of the order.
  private record Part(TextForm form, org.jooq.Field<Object> column, boolean descending) {
    boolean nullable() {
      return form.field().nullable();
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
    boolean descending = false;
    for (Read.Sort sort : sorts) {
      descending = sort.descending();
      parts.add(new Part(sort.form(), column(scope, sort.form()), descending));
      if (sort.form().equals(TextForm.exact(scope.model().id()))) {
        // no two records share an id: what comes behind it decides nothing
        return;
      }
    }
    TextForm id = TextForm.exact(scope.model().id());
    parts.add(new Part(id, column(scope, id), descending));
  }

  @SuppressWarnings("unchecked") // compared with values of its own column only
  private static org.jooq.Field<Object> column(SqlScope scope, TextForm form) {
    return (org.jooq.Field<Object>) scope.column(form);
  }

  /// The values of a place in a list: those to sort by, as columns have them, then the id.
  static List<Optional<BoundValues.Place>> places(
      Model model, List<Read.Sort> sorts, Read.Key key, BoundValues parameters) {
    if (key.values().size() != sorts.size()) {
      throw otherList();
    }
    List<Optional<BoundValues.Place>> places = new ArrayList<>();
    for (int i = 0; i < sorts.size(); i++) {
      Field field = sorts.get(i).field();
      places.add(
          Optional.ofNullable(toSql(sorts.get(i).form(), key.values().get(i)))
              .map(parameters::add));
      if (field.equals(model.id())) {
        return places;
      }
    }
    places.add(Optional.of(parameters.add(key.id())));
    return places;
  }

  /// The list behind a place, or all of it: stretches that follow one another. Each is one range of an
  /// index that has the columns of the order.
  ///
  /// Behind `(a, b, id)` of an order by three columns that are never null and run the same way, that is one comparison of
  /// rows, `(x, y, id) > (?, ?, ?)` (SQL:2016, part 2, section 8.2). Else it is one stretch for each column from the last:
  /// `x = ? AND y = ? AND id > ?`, then `x = ? AND y > ?`, then `x > ?`; where a descending column may be null, the nulls,
  /// which come last, are a stretch of their own.
  ///
  /// @param places the values of the record before, in the order of the columns, as [#places] gives them; an absent one is
  ///     null. Empty for the whole list
  List<Stretch> behind(Optional<List<Optional<BoundValues.Place>>> places) {
    if (places.isEmpty()) {
      return List.of(new Stretch(DSL.noCondition(), order(0)));
    }
    List<@Nullable Param<Object>> values = new ArrayList<>();
    places.get().forEach(place -> values.add(place.map(BoundValues.Place::param).orElse(null)));
    return isOneRange() ? List.of(new Stretch(rowBehind(values), order(0))) : stretches(values);
  }

  /// The whole order.
  List<SortField<?>> order() {
    return order(0);
  }

  private List<SortField<?>> order(int from) {
    return parts.subList(from, parts.size()).stream().<SortField<?>>map(Part::order).toList();
  }

  private static @Nullable Object toSql(TextForm form, @Nullable Object value) {
    try {
      return SqlValues.toSql(form, value);
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

  private Condition rowBehind(List<@Nullable Param<Object>> values) {
    if (parts.size() == 1) {
      return beyond(parts.getFirst(), values.getFirst());
    }
    var columns = DSL.row(parts.stream().map(Part::column).toList());
    var place = DSL.row(values);
    return parts.getFirst().descending() ? columns.lt(place) : columns.gt(place);
  }

  /// First the rows that agree in all columns but the last, then in all but the last two, and so on.
  private List<Stretch> stretches(List<@Nullable Param<Object>> values) {
    List<Stretch> stretches = new ArrayList<>();
    for (int i = parts.size() - 1; i >= 0; i--) {
      Part part = parts.get(i);
      Param<Object> value = values.get(i);
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

  private Condition same(List<@Nullable Param<Object>> values, int count) {
    Condition same = DSL.noCondition();
    for (int i = 0; i < count; i++) {
      org.jooq.Field<Object> column = parts.get(i).column();
      Param<Object> value = values.get(i);
      same = same.and(value == null ? column.isNull() : column.eq(value));
    }
    return same;
  }

  private static Condition beyond(Part part, @Nullable Param<Object> value) {
    if (value == null) {
      return part.column().isNotNull();
    }
    return part.descending() ? part.column().lt(value) : part.column().gt(value);
  }
}
