package dev.varve.access;

import dev.varve.expression.ExpressionException;
import dev.varve.expression.Expressions;
import dev.varve.expression.Predicate;
import dev.varve.expression.Predicates;
import dev.varve.expression.Vocabulary;
import dev.varve.schema.AuthRule;
import dev.varve.schema.AuthRule.Allow;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.Schema;
import dev.varve.schema.SourceLocation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Compiles the rules of a schema and collects everything that is wrong with them.
final class RuleCompiler {
  private static final Comparator<RuleMistake> BY_PLACE =
      Comparator.<RuleMistake>comparingInt(mistake -> mistake.location().line())
          .thenComparingInt(mistake -> mistake.location().column());

  private final Schema schema;
  private final List<RuleMistake> mistakes = new ArrayList<>();

  RuleCompiler(Schema schema) {
    this.schema = schema;
  }

  RulesResult compile() {
    Map<String, ModelRules> byModel = new HashMap<>();
    for (Model model : schema.models()) {
      byModel.put(model.name(), rules(model));
    }
    if (mistakes.isEmpty()) {
      return new RulesResult.Compiled(new Access(new Rules(byModel)));
    }
    return new RulesResult.Rejected(mistakes.stream().sorted(BY_PLACE).toList());
  }

  private ModelRules rules(Model model) {
    List<RuleSet> fields = new ArrayList<>();
    for (Field field : model.fields()) {
      fields.add(field.rules().map(rules -> ruleSet(model, rules)).orElse(RuleSet.OPEN));
    }
    Map<String, Predicate> many = new HashMap<>();
    for (HasMany relation : model.hasMany()) {
      RuleSet rules = relation.rules().map(given -> ruleSet(model, given)).orElse(RuleSet.OPEN);
      many.put(relation.name(), rules.of(Operation.READ));
    }
    return ModelRules.of(model, ruleSet(model, model.rules()), fields, many);
  }

  /// A rule with what it compiled to.
  private record Compiled(Set<Operation> operations, Predicate predicate) {}

  private RuleSet ruleSet(Model model, List<AuthRule> rules) {
    List<Compiled> compiled =
        rules.stream().map(rule -> new Compiled(rule.operations(), compile(model, rule))).toList();
    return new RuleSet(operation ->
        Predicates.or(
            compiled.stream()
                .filter(rule -> rule.operations().contains(operation))
                .map(Compiled::predicate)
                .toList()));
  }

  private Predicate compile(Model model, AuthRule rule) {
    return switch (rule.allow()) {
      case Allow.Public _ -> Predicates.always();
      case Allow.Authenticated _, Allow.Owner _, Allow.Role _ -> Predicates.never();
      case Allow.Where where -> compile(model, rule, where);
    };
  }

  private Predicate compile(Model model, AuthRule rule, Allow.Where where) {
    try {
      Predicate predicate = Expressions.compile(schema, model, where.expression(), Vocabulary.RULE);
      if (predicate.usesInput() && readsOrDeletes(rule)) {
        mistakes.add(
            new RuleMistake(
                where.location(),
                "This rule uses 'input', which READ and DELETE do not have. Write operations:"
                    + " [CREATE, UPDATE] beside it, and a rule of its own for reading."));
      }
      return predicate;
    } catch (ExpressionException e) {
      mistakes.add(new RuleMistake(within(where.location(), e), e.text()));
      return Predicates.never();
    }
  }

  private static boolean readsOrDeletes(AuthRule rule) {
    return rule.operations().contains(Operation.READ)
        || rule.operations().contains(Operation.DELETE);
  }

  private static SourceLocation within(SourceLocation start, ExpressionException e) {
    return e.line() == 1
        ? new SourceLocation(start.line(), start.column() + e.column() - 1)
        : new SourceLocation(start.line() + e.line() - 1, e.column());
  }
}
