package dev.varve.lane.expression;

import dev.varve.schema.Field;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import java.util.List;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/// `has(input.field)`: whether the caller gave the field, be it as null.
record InputPresence(Path of, boolean expected) implements Leaf {
  @Override
  public List<Operand> operands() {
    return List.of(of);
  }

  @Override
  public boolean test(Entity record, Bindings bindings) {
    return bindings.input().filter(input -> given(input) == expected).isPresent();
  }

  private boolean given(Input input) {
    Field field = of.field();
    return input.has(field);
  }

  @Override
  public boolean holds(@Nullable Object[] values) {
    throw new IllegalStateException("Whether " + of.text() + " was given is not in its value");
  }

  @Override
  public Condition on(List<org.jooq.Field<Object>> columns, SemiJoins joins) {
    throw new IllegalStateException("A condition on rows cannot ask for the input: " + of.text());
  }
}
