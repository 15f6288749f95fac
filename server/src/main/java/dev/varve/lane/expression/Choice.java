package dev.varve.lane.expression;

import dev.varve.schema.record.Entity;
import org.jooq.Condition;

/// `condition ? then : otherwise`; not satisfied when the condition cannot be decided.
///
/// @param when the condition
/// @param whenNot its negation: not the opposite of `when`, as both fail when undecided
record Choice(Predicate when, Predicate whenNot, Predicate then, Predicate otherwise)
    implements Predicate {
  @Override
  public boolean test(Entity record, Bindings bindings) {
    return when.test(record, bindings)
        ? then.test(record, bindings)
        : whenNot.test(record, bindings) && otherwise.test(record, bindings);
  }

  @Override
  public Condition condition(SqlScope scope, Bindings bindings) {
    Condition chosen = when.condition(scope, bindings).and(then.condition(scope, bindings));
    return chosen.or(whenNot.condition(scope, bindings).and(otherwise.condition(scope, bindings)));
  }
}
