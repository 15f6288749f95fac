package dev.varve.lane.expression;

import dev.varve.store.sql.BoundValues;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/// `of in [values]`, or its negation. An absent value is in no list of literals.
///
/// @param values in the form of a column, or places for them
record Membership(Operand of, Set<Object> values, boolean expected) implements Leaf {
  Membership {
    values = Collections.unmodifiableSet(new LinkedHashSet<>(values));
  }

  @Override
  public List<Operand> operands() {
    return List.of(of);
  }

  @Override
  public boolean holds(@Nullable Object[] found) {
    Object value = found[0];
    return (value != null && values.contains(value)) == expected;
  }

  @Override
  public Condition on(List<org.jooq.Field<Object>> columns, SemiJoins joins) {
    org.jooq.Field<Object> column = columns.getFirst();
    List<org.jooq.Field<Object>> listed = values.stream().map(Membership::column).toList();
    return expected ? column.in(listed) : column.notIn(listed).or(column.isNull());
  }

  private static org.jooq.Field<Object> column(Object value) {
    return value instanceof BoundValues.Place place ? place.param() : DSL.val(value);
  }
}
