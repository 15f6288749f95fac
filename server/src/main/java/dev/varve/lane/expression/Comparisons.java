package dev.varve.lane.expression;

import dev.cel.common.ast.CelExpr;
import dev.varve.kernel.Folding;
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
    return parsed.at(
        literalPlace, () -> Literals.compare(asked, relational, unfolded(asked, literal)));
  }

  /// A literal as it stands in the expression, which has to be folded as what it is compared with is: otherwise the
  /// test would hold for no record at all.
  private static Object unfolded(Operand of, Object literal) throws ExpressionMismatch {
    Folding wanted = of.folding();
    return switch (literal) {
      case FoldedText folded -> {
        if (folded.folding() != wanted) {
          throw new ExpressionMismatch(foldBoth(of, FoldedText.function(folded.folding())));
        }
        yield folded.text();
      }
      case String text -> {
        if (!wanted.fold(text).equals(text)) {
          throw new ExpressionMismatch(
              "%s can never be '%s': write '%s'.%s()"
                  .formatted(of.text(), text, text, FoldedText.function(wanted)));
        }
        yield text;
      }
      default -> literal;
    };
  }

  private static String foldBoth(Operand unlike, String function) {
    Optional<Path> path = unlike.path();
    return path.filter(of -> of.last().foldable()).isPresent()
        ? "%s is compared with folded text: write %s.%s()"
            .formatted(unlike.text(), path.get().text(), function)
        : "%s cannot be compared with folded text".formatted(unlike.text());
  }

  private static void requireSameFolding(Operand a, Operand b) throws ExpressionMismatch {
    if (a.folding() != b.folding()) {
      boolean first = a.folding().compareTo(b.folding()) < 0;
      Operand folded = first ? b : a;
      throw new ExpressionMismatch(foldBoth(first ? a : b, FoldedText.function(folded.folding())));
    }
  }

  private static Predicate operands(Operand a, Relational relational, Operand b)
      throws ExpressionMismatch {
    Kind kind = Literals.comparable(a);
    requireSameKind(a, kind, b, Literals.comparable(b));
    requireSameFolding(a, b);
    if (relational.ordered()) {
      Literals.requireOrder(a, kind);
    }
    return a instanceof Operand.Now || a instanceof AccountField || a instanceof ApplicationField
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

  /// The literal, if it can be compared with the operand for equality.
  Object checked(CelExpr place, Operand operand, Object literal) throws ExpressionException {
    return parsed.at(
        place,
        () -> {
          Object unfolded = unfolded(operand, literal);
          Literals.compare(operand, Relational.EQUAL, unfolded);
          return unfolded;
        });
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
              case Value(Object literal) ->
                  Literals.element(field, unfolded(field, literal), expected);
              case Asked(Operand operand) -> {
                requireSameKind(
                    operand,
                    Literals.comparable(operand),
                    field,
                    Literals.comparableElement(field));
                requireSameFolding(operand, field);
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
  Operand part(CelExpr expression, Operand text, TextMatch.Function function)
      throws ExpressionException {
    return switch (sides.side(expression)) {
      case Value(Object literal) ->
          new Operand.Literal(
              parsed.at(expression, () -> Literals.text(text, function, unfolded(text, literal))));
      case Asked(Operand _) -> {
        Operand part = text(expression, function.callName());
        yield parsed.at(
            expression,
            () -> {
              requireSameFolding(text, part);
              return part;
            });
      }
    };
  }
}
