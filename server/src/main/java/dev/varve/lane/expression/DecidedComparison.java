package dev.varve.lane.expression;

import java.util.List;
import org.jooq.Condition;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/// A comparison with a literal that no value of the type can equal, such as `quantity == 1.5`: the same
/// for every record that the operand can be reached from.
record DecidedComparison(Operand of, boolean satisfied) implements Leaf {
  @Override
  public List<Operand> operands() {
    return List.of(of);
  }

  @Override
  public boolean holds(@Nullable Object[] values) {
    return satisfied;
  }

  @Override
  public Condition on(List<org.jooq.Field<Object>> columns, SemiJoins joins) {
    return satisfied ? DSL.trueCondition() : DSL.falseCondition();
  }
}
