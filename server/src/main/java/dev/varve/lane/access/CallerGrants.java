package dev.varve.lane.access;

import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// The compiled rules of a schema, as they bind callers with the same roles.
final class CallerGrants implements Grants {
  private final Map<String, RuleBook> books;
  private final CallerRoles roles;
  private final Map<String, ModelRules> byModel = new HashMap<>();

  CallerGrants(Map<String, RuleBook> books, CallerRoles roles) {
    this.books = books;
    this.roles = roles;
    books.forEach((name, book) -> byModel.put(name, book.of(roles)));
  }

  @Override
  public Predicate records(Model model, Operation operation) {
    return of(model).records().of(operation);
  }

  @Override
  public Predicate field(Model model, Field field, Operation operation) {
    return of(model).field(field, operation);
  }

  @Override
  public Predicate many(Model model, HasMany many) {
    Predicate rule = of(model).many().get(many.name());
    return rule == null ? Predicates.never() : rule;
  }

  @Override
  public boolean readsAllFields(Model model) {
    return of(model).readsAllFields();
  }

  @Override
  public boolean readsMany(Model model, String manyName) {
    Predicate rule = of(model).many().get(manyName);
    return rule != null && !rule.equals(Predicates.never());
  }

  @Override
  public Set<Field> ownersThatStay(Model model) {
    return of(model).owners();
  }

  @Override
  public Predicate transferable(Model model) {
    return of(model).transferable();
  }

  @Override
  public boolean signInHelps(Model model, Operation operation) {
    RuleBook book = books.get(model.name());
    return !roles.known() && book != null && book.isForTheKnown(operation);
  }

  @Override
  public RuleDependencies reach(Model model) {
    return of(model).reach();
  }

  private ModelRules of(Model model) {
    ModelRules rules = byModel.get(model.name());
    if (rules == null) {
      throw new IllegalArgumentException("No model named " + model.name());
    }
    return rules;
  }
}
