package dev.varve.lane.access;

import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import java.util.Set;

/// The rules for somebody who makes their own account: the account itself they may make, of its fields and of what it
/// refers to they may do what the rules say.
///
/// @param account the model of accounts
record SignUpGrants(Grants rules, Model account) implements Grants {
  @Override
  public Predicate records(Model model, Operation operation) {
    return model.name().equals(account.name())
        ? Predicates.always()
        : rules.records(model, operation);
  }

  @Override
  public Predicate field(Model model, Field field, Operation operation) {
    return rules.field(model, field, operation);
  }

  @Override
  public Predicate many(Model model, HasMany many) {
    return rules.many(model, many);
  }

  @Override
  public boolean readsAllFields(Model model) {
    return rules.readsAllFields(model);
  }

  @Override
  public boolean readsMany(Model model, String manyName) {
    return rules.readsMany(model, manyName);
  }

  @Override
  public RuleDependencies reach(Model model) {
    return rules.reach(model);
  }

  @Override
  public boolean signInHelps(Model model, Operation operation) {
    return rules.signInHelps(model, operation);
  }

  @Override
  public Set<Field> ownersThatStay(Model model) {
    return rules.ownersThatStay(model);
  }

  @Override
  public Predicate transferable(Model model) {
    return rules.transferable(model);
  }
}
