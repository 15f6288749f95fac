package dev.varve.lane.access;

import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import java.util.Set;

/// Allows everything, as to whoever holds the machine.
final class OperatorGrants implements Grants {
  @Override
  public Predicate records(Model model, Operation operation) {
    return Predicates.always();
  }

  @Override
  public Predicate field(Model model, Field field, Operation operation) {
    return Predicates.always();
  }

  @Override
  public Predicate many(Model model, HasMany many) {
    return Predicates.always();
  }

  @Override
  public boolean readsAllFields(Model model) {
    return true;
  }

  @Override
  public boolean readsMany(Model model, String manyName) {
    return true;
  }

  @Override
  public Set<Field> ownersThatStay(Model model) {
    return Set.of();
  }

  @Override
  public Predicate transferable(Model model) {
    return Predicates.always();
  }

  @Override
  public boolean signInHelps(Model model, Operation operation) {
    return false;
  }

  @Override
  public RuleDependencies reach(Model model) {
    return new RuleDependencies(Set.of(model), false, false, RuleDependencies.Viewpoints.EVERYBODY);
  }
}
