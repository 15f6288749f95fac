package dev.varve.lane.expression;

import java.util.List;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/// `of != null`, or `of == null` when not `expected`.
record Presence(Operand of, boolean expected) implements Leaf {
  @Override
  public List<Operand> operands() {
    return List.of(of);
  }

  @Override
  public boolean holds(@Nullable Object[] values) {
    return (values[0] != null) == expected;
  }

  @Override
  public Condition on(List<org.jooq.Field<Object>> columns, SemiJoins joins) {
    org.jooq.Field<Object> column = columns.getFirst();
    return expected ? column.isNotNull() : column.isNull();
  }
}
