package dev.varve.lane.expression;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/// `of in [values]`, or its negation. An absent value is in no list of literals.
///
/// @param values in the form of a column
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
    return expected ? column.in(values) : column.notIn(values).or(column.isNull());
  }
}
