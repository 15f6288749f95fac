package dev.varve.lane.expression;

import dev.varve.schema.Model;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// Compiles one test of a filter that comes in parts: a path, an operator and a value. Its negation is not the
/// opposite: what cannot be decided satisfies neither.
record FieldTest(
    Paths paths, Model model, List<String> names, Operator operator, boolean expected) {
  Predicate compile(Object value) throws ExpressionMismatch {
    Path path = path();
    return switch (operator.test()) {
      case EQ -> compare(path, Relational.EQUAL, value);
      case NE -> compare(path, Relational.NOT_EQUAL, value);
      case GT -> compare(path, Relational.GREATER, value);
      case GTE -> compare(path, Relational.AT_LEAST, value);
      case LT -> compare(path, Relational.LESS, value);
      case LTE -> compare(path, Relational.AT_MOST, value);
      case IN -> among(path, (List<?>) value);
      case CONTAINS ->
          path.last().list() && operator.equals(Operator.CONTAINS)
              ? Literals.element(path, literal(value), expected)
              : Shorthand.match(path, operator, TextMatch.Function.CONTAINS, value, expected);
      case STARTS_WITH ->
          Shorthand.match(path, operator, TextMatch.Function.STARTS_WITH, value, expected);
      case ENDS_WITH ->
          Shorthand.match(path, operator, TextMatch.Function.ENDS_WITH, value, expected);
      case IS_NULL -> new Presence(path, value.equals(false) == expected);
    };
  }

  private Path path() throws ExpressionMismatch {
    Path path = paths.first(new Path.Root(model, Path.Origin.RECORD, ""), names.getFirst());
    for (String name : names.subList(1, names.size())) {
      path = paths.next(path, name);
    }
    return path.reduced();
  }

  private Predicate compare(Path path, Relational relational, Object value)
      throws ExpressionMismatch {
    Operand of = Shorthand.single(path, operator);
    return Literals.compare(of, expected ? relational : relational.negated(), literal(value));
  }

  private Predicate among(Path path, List<?> values) throws ExpressionMismatch {
    Operand of = Shorthand.single(path, operator);
    List<Object> literals = new ArrayList<>();
    for (Object value : values) {
      literals.add(literal(value));
    }
    if (literals.size() > Shorthand.ELEMENTS_MAX) {
      throw new ExpressionMismatch(
          "has %d values: at most %d are supported"
              .formatted(literals.size(), Shorthand.ELEMENTS_MAX));
    }
    return Literals.among(of, literals, expected);
  }

  private static Object literal(Object value) throws ExpressionMismatch {
    return switch (value) {
      case Double number when !Double.isFinite(number) ->
          throw new ExpressionMismatch("the number is too large for a Float");
      case Long number -> BigDecimal.valueOf(number);
      case Integer number -> BigDecimal.valueOf(number);
      case Double number -> BigDecimal.valueOf(number);
      default -> value;
    };
  }
}
