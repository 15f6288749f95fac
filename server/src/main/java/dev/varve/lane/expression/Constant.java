package dev.varve.lane.expression;

import dev.varve.schema.record.Entity;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/// Satisfied by every record, or by none.
record Constant(boolean satisfied) implements Predicate {
  @Override
  public boolean test(Entity record, Bindings bindings) {
    return satisfied;
  }

  @Override
  public Condition condition(SqlScope scope, Bindings bindings) {
    return satisfied ? DSL.trueCondition() : DSL.falseCondition();
  }
}
