package dev.varve.lane.expression;

import dev.cel.common.ast.CelExpr;
import dev.varve.lane.expression.OperandCompiler.Asked;
import dev.varve.lane.expression.OperandCompiler.Side;
import dev.varve.lane.expression.OperandCompiler.Value;
import dev.varve.schema.EnumType;
import dev.varve.schema.FieldType;
import java.util.List;
import java.util.Optional;

/// Compiles the tests of one expression from their sides, checked by type.
final class Comparisons {
  private final OperandCompiler sides;
  private final ParsedExpression parsed;

  Comparisons(OperandCompiler sides, ParsedExpression parsed) {
    this.sides = sides;
    this.parsed = parsed;
  }

  Kind comparable(CelExpr expression, Operand operand) throws ExpressionException {
    return parsed.at(expression, () -> Literals.comparable(operand));
  }

  /// `left relational right`, of which at most one is a literal.
  Predicate compare(CelExpr expression, CelExpr left, Relational relational, CelExpr right)
      throws ExpressionException {
    Side a = sides.side(left);
    Side b = sides.side(right);
    return switch (a) {
      case Asked(Operand asked) ->
          switch (b) {
            case Value(Object literal) -> withLiteral(left, asked, relational, right, literal);
            case Asked(Operand other) -> {
              comparable(left, asked);
              comparable(right, other);
              yield parsed.at(expression, () -> operands(asked, relational, other));
            }
          };
      case Value(Object literal) ->
          switch (b) {
            case Asked(Operand asked) ->
                withLiteral(right, asked, relational.flipped(), left, literal);
            case Value _ ->
                throw parsed.error(expression, "Both sides are literals: one has to be a field");
          };
    };
  }

  private Predicate withLiteral(
      CelExpr place, Operand asked, Relational relational, CelExpr literalPlace, Object literal)
      throws ExpressionException {
    comparable(place, asked);
    return parsed.at(literalPlace, () -> Literals.compare(asked, relational, literal));
  }

  private static Predicate operands(Operand a, Relational relational, Operand b)
      throws ExpressionMismatch {
    Kind kind = Literals.comparable(a);
    requireSameKind(a, kind, b, Literals.comparable(b));
    if (relational.ordered()) {
      Literals.requireOrder(a, kind);
    }
    return a instanceof Operand.Now || a instanceof AccountField
        ? new Comparison(b, relational.flipped(), a)
        : new Comparison(a, relational, b);
  }

  private static void requireSameKind(Operand a, Kind kindOfA, Operand b, Kind kindOfB)
      throws ExpressionMismatch {
    if (kindOfA != kindOfB || !sameEnum(a, b)) {
      throw new ExpressionMismatch(
          "%s is %s and %s is %s: only values of one type can be compared"
              .formatted(
                  a.text(),
                  Literals.withArticle(Literals.typeName(a, kindOfA)),
                  b.text(),
                  Literals.withArticle(Literals.typeName(b, kindOfB))));
    }
    if (kindOfA == Kind.DECIMAL && scale(a) != scale(b)) {
      throw new ExpressionMismatch(
          "%s has scale %d and %s has scale %d: only decimals of one scale can be compared"
              .formatted(a.text(), scale(a), b.text(), scale(b)));
    }
  }

  private static boolean sameEnum(Operand a, Operand b) {
    return enumName(a).equals(enumName(b));
  }

  private static Optional<String> enumName(Operand operand) {
    return operand
        .path()
        .map(path -> path.last().type())
        .filter(EnumType.class::isInstance)
        .map(FieldType::schemaName);
  }

  private static int scale(Operand operand) {
    return operand.path().map(path -> path.last().scale()).orElse(0);
  }

  /// Whether the literal can be compared with the operand for equality.
  void check(CelExpr place, Operand operand, Object literal) throws ExpressionException {
    parsed.at(place, () -> Literals.compare(operand, Relational.EQUAL, literal));
  }

  Predicate membership(CelExpr place, Operand of, List<Object> literals, boolean expected)
      throws ExpressionException {
    return parsed.at(place, () -> Literals.among(of, literals, expected));
  }

  /// `element in list`, where the list is a field.
  Predicate among(CelExpr element, CelExpr list, boolean expected) throws ExpressionException {
    if (!(sides.side(list) instanceof Asked(Operand field)) || !isList(field)) {
      throw parsed.error(
          list, "in needs a list on its right: ['A', 'B'] or a field that is a list");
    }
    Side side = sides.side(element);
    return parsed.at(
        element,
        () ->
            switch (side) {
              case Value(Object literal) -> Literals.element(field, literal, expected);
              case Asked(Operand operand) -> {
                requireSameKind(
                    operand,
                    Literals.comparable(operand),
                    field,
                    Literals.comparableElement(field));
                yield new ValueAmong(operand, field, expected);
              }
            });
  }

  private static boolean isList(Operand operand) {
    return operand.path().filter(path -> path.last().list()).isPresent();
  }

  /// What a text function is asked of.
  Operand text(CelExpr expression, String function) throws ExpressionException {
    Operand operand = sides.operand(expression);
    if (isList(operand)) {
      throw parsed.error(
          expression,
          "%s is a list: ask for one element with x in %s"
              .formatted(operand.text(), operand.text()));
    }
    Kind kind = comparable(expression, operand);
    if (kind != Kind.TEXT && kind != Kind.ENUM) {
      throw parsed.error(
          expression,
          "%s is %s, not text: %s cannot be asked of it"
              .formatted(
                  operand.text(),
                  Literals.withArticle(Literals.typeName(operand, kind)),
                  function));
    }
    return operand;
  }

  /// What a text function looks for.
  Operand part(CelExpr expression, Operand text, String function) throws ExpressionException {
    return switch (sides.side(expression)) {
      case Value(Object literal) ->
          new Operand.Literal(parsed.at(expression, () -> Literals.text(text, literal)));
      case Asked(Operand _) -> text(expression, function);
    };
  }
}
