package dev.varve.expression;

import dev.varve.schema.Entity;
import org.jooq.Condition;

/// A condition on records of one model, with the same answer in memory and in SQL.
///
/// What cannot be decided (an absent value in an order comparison, a related record that is not there)
/// counts as not satisfied, also under negation.
public interface Predicate {
  /// Whether `record` satisfies it.
  boolean test(Entity record, Bindings bindings);

  /// The same as a condition on the rows of a table.
  Condition condition(SqlScope scope, Bindings bindings);
}
