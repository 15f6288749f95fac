package dev.varve.lane.access;

import dev.varve.lane.expression.ExpressionException;
import dev.varve.lane.expression.Expressions;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.lane.expression.Vocabulary;
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
import java.util.Optional;

/// Compiles the rules of a schema and collects everything that is wrong with them.
final class RuleCompiler {
  private static final Comparator<RuleMistake> BY_PLACE =
      Comparator.<RuleMistake>comparingInt(mistake -> mistake.location().line())
          .thenComparingInt(mistake -> mistake.location().column());

  private final Schema schema;
  private final List<RuleMistake> mistakes = new ArrayList<>();
  private final OwnerFields ownerFields;

  RuleCompiler(Schema schema) {
    this.schema = schema;
    this.ownerFields = new OwnerFields(schema, mistakes);
  }

  RulesResult compile() {
    Map<String, RuleBook> byModel = new HashMap<>();
    for (Model model : schema.models()) {
      byModel.put(model.name(), book(model));
    }
    if (mistakes.isEmpty()) {
      return new RulesResult.Compiled(new Access(byModel));
    }
    return new RulesResult.Rejected(mistakes.stream().sorted(BY_PLACE).toList());
  }

  private RuleBook book(Model model) {
    List<Optional<List<Rule>>> fields = new ArrayList<>();
    for (Field field : model.fields()) {
      fields.add(field.rules().map(rules -> compile(model, rules)));
    }
    Map<String, Optional<List<Rule>>> many = new HashMap<>();
    for (HasMany relation : model.hasMany()) {
      many.put(relation.name(), relation.rules().map(rules -> compile(model, rules)));
    }
    return new RuleBook(model, compile(model, model.rules()), fields, many);
  }

  private List<Rule> compile(Model model, List<AuthRule> rules) {
    return rules.stream().map(rule -> compile(model, rule)).toList();
  }

  private Rule compile(Model model, AuthRule rule) {
    return switch (rule.allow()) {
      case Allow.Public _, Allow.Authenticated _, Allow.Role _, Allow.Scope _ ->
          new Rule(rule, Predicates.always(), Optional.empty());
      case Allow.Owner owner -> compile(model, rule, owner);
      case Allow.Where where -> new Rule(rule, compile(model, rule, where), Optional.empty());
    };
  }

  private Rule compile(Model model, AuthRule rule, Allow.Owner owner) {
    Optional<Field> field = ownerFields.find(model, rule, owner);
    Predicate predicate =
        field
            .map(found -> Predicates.names(model, found, schema.account()))
            .orElseGet(Predicates::never);
    return new Rule(rule, predicate, field);
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
