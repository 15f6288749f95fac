package dev.varve.face.rest;

import dev.varve.kernel.Nearest;
import dev.varve.kernel.Problem;
import dev.varve.lane.expression.ExpressionException;
import dev.varve.lane.expression.Expressions;
import dev.varve.lane.expression.Operator;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.lane.expression.Vocabulary;
import dev.varve.net.http.QueryString;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.RestNames;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// `filter=total >= 100 && user.email.endsWith('@example.com')`, and the shorthand for simple conditions:
/// `status=PAID`, `total[gte]=100`, `shipTo.city[in]=Bern,Basel`. All of them have to hold.
public final class FilterParameters {
  public static final String FILTER = RestNames.FILTER;
  // each is a condition in the statement
  private static final int SHORTHANDS_MAX = 50;

  private final Schema schema;
  private final Model model;
  private final ParameterErrors errors;
  private final List<Predicate> conditions = new ArrayList<>();

  private FilterParameters(Schema schema, Model model, ParameterErrors errors) {
    this.schema = schema;
    this.model = model;
    this.errors = errors;
  }

  /// Takes `filter` and all parameters that are left.
  static Optional<Predicate> take(Schema schema, Model model, Parameters parameters) {
    FilterParameters filters = new FilterParameters(schema, model, parameters.errors());
    parameters.take(FILTER).ifPresent(filters::expression);
    Map<String, List<String>> shorthands = new LinkedHashMap<>();
    for (QueryString.Parameter parameter : parameters.rest()) {
      shorthands.computeIfAbsent(parameter.name(), _ -> new ArrayList<>()).add(parameter.value());
    }
    if (shorthands.size() > SHORTHANDS_MAX) {
      parameters
          .errors()
          .add(FILTER, "is given as more than %d parameters".formatted(SHORTHANDS_MAX));
    } else {
      shorthands.forEach(filters::shorthand);
    }
    return filters.conditions.isEmpty()
        ? Optional.empty()
        : Optional.of(Predicates.and(filters.conditions));
  }

  private void expression(String source) {
    try {
      conditions.add(Expressions.compile(schema, model, source, Vocabulary.FILTER));
    } catch (ExpressionException e) {
      String place =
          e.line() == 1
              ? "at column " + e.column()
              : "at line %d, column %d".formatted(e.line(), e.column());
      errors.add(FILTER, place + ": " + e.text());
    }
  }

  private void shorthand(String name, List<String> texts) {
    int bracket = name.indexOf('[');
    boolean operatorGiven = bracket > 0 && name.endsWith("]");
    String path = operatorGiven ? name.substring(0, bracket) : name;
    if (!startsWithField(path)) {
      errors.add(name, Parameters.unknown(path, known()));
      return;
    }
    String word = operatorGiven ? name.substring(bracket + 1, name.length() - 1) : "eq";
    Optional<Operator> operator = Operator.of(word);
    if (operator.isEmpty()) {
      errors.add(name, unknownOperator(word));
      return;
    }
    try {
      conditions.add(Predicates.compare(schema, model, path, operator.get(), texts));
    } catch (Problem problem) {
      errors.add(name, problem);
    }
  }

  private boolean startsWithField(String path) {
    int dot = path.indexOf('.');
    String first = dot < 0 ? path : path.substring(0, dot);
    return model.fieldOrNull(first) != null || model.hasMany(first).isPresent();
  }

  private List<String> known() {
    return Stream.concat(
            RestNames.LIST_PARAMETERS.stream(), model.fields().stream().map(Field::name))
        .toList();
  }

  private static String unknownOperator(String word) {
    String hint = Nearest.hint(word, Operator.words());
    return "'%s' is not an operator%s"
        .formatted(
            word,
            hint.isEmpty() ? "; there are " + String.join(", ", Operator.words()) : "." + hint);
  }
}
