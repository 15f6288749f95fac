package dev.varve.lane.expression;

import dev.varve.schema.record.Entity;
import java.util.List;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/// One test of one or two values. Each says side by side what it means in memory and in SQL.
sealed interface Leaf extends Predicate
    permits Comparison,
        DecidedComparison,
        InputPresence,
        Membership,
        Presence,
        TextMatch,
        ValueAmong {
  /// What it looks at; one or two.
  List<Operand> operands();

  /// @param values of the operands, in their order; null where absent
  boolean holds(@Nullable Object[] values);

  /// @param columns of the operands, in their order
  Condition on(List<org.jooq.Field<Object>> columns, SemiJoins joins);

  @Override
  default boolean test(Entity record, Bindings bindings) {
    List<Operand> operands = operands();
    @Nullable Object[] values = new Object[operands.size()];
    for (int i = 0; i < values.length; i++) {
      Object value = operands.get(i).value(record, bindings);
      if (value instanceof Operand.Unreachable) {
        return false;
      }
      values[i] = value;
    }
    return holds(values);
  }

  @Override
  default Condition condition(SqlScope scope, Bindings bindings) {
    return AccountTests.isOne(this)
        ? AccountTests.bound(this, bindings).condition(scope, bindings)
        : SemiJoins.condition(this, scope, bindings);
  }
}
