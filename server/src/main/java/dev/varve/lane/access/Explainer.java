package dev.varve.lane.access;

import dev.varve.lane.access.Explanation.Line;
import dev.varve.lane.expression.Predicates;
import dev.varve.schema.AuthRule.Allow;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.SourceLocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Says in words what rules allow to callers with the same roles.
final class Explainer {
  private static final List<Operation> OF_FIELDS =
      List.of(Operation.CREATE, Operation.READ, Operation.UPDATE);

  private final RuleBook book;
  private final CallerRoles roles;

  Explainer(RuleBook book, CallerRoles roles) {
    this.book = book;
    this.roles = roles;
  }

  /// Of the model, then of each field and list with rules of its own.
  List<Explanation> explain() {
    Model model = book.model();
    List<Explanation> explanations = new ArrayList<>();
    explanations.add(explain(model.name(), book.records(), List.of(Operation.values())));
    for (Field field : model.fields()) {
      Optional<List<Rule>> rules = book.fields().get(field.ordinal());
      rules.ifPresent(given -> explanations.add(explain(member(field.name()), given, OF_FIELDS)));
    }
    for (HasMany many : model.hasMany()) {
      book.many()
          .getOrDefault(many.name(), Optional.empty())
          .ifPresent(given ->
              explanations.add(explain(member(many.name()), given, List.of(Operation.READ))));
    }
    return explanations;
  }

  private String member(String name) {
    return book.model().name() + "." + name;
  }

  private Explanation explain(String subject, List<Rule> rules, List<Operation> operations) {
    List<Line> lines = new ArrayList<>();
    for (Operation operation : operations) {
      lines.addAll(lines(operation, rules.stream().filter(rule -> rule.isFor(operation)).toList()));
    }
    return new Explanation(subject, lines);
  }

  private List<Line> lines(Operation operation, List<Rule> rules) {
    if (rules.isEmpty()) {
      return List.of(
          new Line(operation, false, "no: no rule allows it to anybody", SourceLocation.NONE));
    }
    List<Rule> allowing = rules.stream().filter(this::allows).toList();
    boolean allowed = !allowing.isEmpty();
    return (allowed ? allowing : rules)
        .stream()
            .map(rule ->
                new Line(
                    operation,
                    allowed,
                    allowed ? allowing(rule) : "no: " + wanted(rule),
                    rule.source().location()))
            .toList();
  }

  private boolean allows(Rule rule) {
    return !rule.of(roles).equals(Predicates.never());
  }

  private static String allowing(Rule rule) {
    return switch (rule.source().allow()) {
      case Allow.Public _ -> "yes, as everybody";
      case Allow.Authenticated _ -> "yes, as whoever has signed in";
      case Allow.Role role -> "yes, with the role " + oneOf(role.names());
      case Allow.Scope scope -> "yes, as an application with the scope " + oneOf(scope.names());
      case Allow.Owner _ -> "as the owner: where %s is their id".formatted(ownerField(rule));
      case Allow.Where where -> "where " + where.expression();
    };
  }

  private static String wanted(Rule rule) {
    return switch (rule.source().allow()) {
      case Allow.Public _ -> "it is for everybody";
      case Allow.Authenticated _ -> "it takes somebody who has signed in";
      case Allow.Role role -> "it takes the role " + oneOf(role.names());
      case Allow.Scope scope -> "it takes an application with the scope " + oneOf(scope.names());
      case Allow.Owner _ -> "it takes the account that %s names".formatted(ownerField(rule));
      case Allow.Where where -> "it takes an account, for " + where.expression();
    };
  }

  private static String oneOf(Set<String> names) {
    return String.join(" or ", names);
  }

  private static String ownerField(Rule rule) {
    return rule.owner().map(Field::name).orElse("nothing");
  }
}
