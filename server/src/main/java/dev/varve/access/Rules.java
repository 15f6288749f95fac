package dev.varve.access;

import dev.varve.expression.Predicate;
import dev.varve.expression.Predicates;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import java.util.Map;

/// The compiled rules of a schema, as they bind a caller without credentials.
final class Rules implements Grants {
  private final Map<String, ModelRules> byModel;

  Rules(Map<String, ModelRules> byModel) {
    this.byModel = Map.copyOf(byModel);
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
  public Reach reach(Model model) {
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
