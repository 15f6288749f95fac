package dev.varve.lane.expression;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Compiles the conditions of one expression: what combines conditions, and the tests that are calls.
///
/// Negation is pushed down to the tests (`expected` false), because a test that cannot be decided fails
/// whether it is negated or not.
final class Compiler {
  // each becomes a comparison in SQL; a person writes a dozen
  private static final int NODES_MAX = 200;
  private static final int ELEMENTS_MAX = 500;

  private final ParsedExpression parsed;
  private final NameResolution names;
  private final OperandCompiler sides;
  private final Comparisons comparisons;
  private int nodes;

  Compiler(Schema schema, Model model, Vocabulary vocabulary, ParsedExpression parsed) {
    this.parsed = parsed;
    this.names = new NameResolution(new Paths(schema), model, vocabulary, parsed);
    this.sides = new OperandCompiler(names, parsed);
    this.comparisons = new Comparisons(sides, parsed);
  }

  Predicate compile() throws ExpressionException {
    return condition(parsed.root(), true);
  }

  private Predicate condition(CelExpr expression, boolean expected) throws ExpressionException {
    nodes++;
    if (nodes > NODES_MAX) {
      throw parsed.error(
          expression, "The expression has more than %d conditions".formatted(NODES_MAX));
    }
    return switch (expression.getKind()) {
      case CONSTANT -> constant(expression, expected);
      case IDENT, SELECT -> bare(expression, expected);
      case CALL -> call(expression, expected);
      case NOT_SET, LIST, STRUCT, MAP, COMPREHENSION -> throw noCondition(expression);
    };
  }

  private ExpressionException noCondition(CelExpr expression) {
    return parsed.error(expression, "A condition is wanted here, such as a comparison");
  }

  private Predicate constant(CelExpr expression, boolean expected) throws ExpressionException {
    CelConstant constant = expression.constant();
    if (constant.getKind() != CelConstant.Kind.BOOLEAN_VALUE) {
      throw noCondition(expression);
    }
    return new Constant(constant.booleanValue() == expected);
  }

  /// A Boolean on its own; absent, it is neither true nor false.
  private Predicate bare(CelExpr expression, boolean expected) throws ExpressionException {
    Operand operand = sides.operand(expression);
    Kind kind = comparisons.comparable(expression, operand);
    if (kind != Kind.BOOLEAN) {
      throw parsed.error(
          expression,
          "%s is %s, not a condition: compare it with %s"
              .formatted(
                  operand.text(),
                  Literals.withArticle(Literals.typeName(operand, kind)),
                  kind.partner()));
    }
    return new Comparison(operand, Relational.EQUAL, new Operand.Literal(expected));
  }

  private Predicate call(CelExpr expression, boolean expected) throws ExpressionException {
    CelCall call = expression.call();
    Optional<Relational> relational = Relational.of(call.function());
    if (relational.isPresent()) {
      return compare(expression, expected ? relational.get() : relational.get().negated());
    }
    Optional<TextMatch.Function> function = TextMatch.Function.of(call.function());
    if (function.isPresent()) {
      return textMatch(expression, function.get(), expected);
    }
    return switch (call.function()) {
      case "_&&_" -> expected ? new And(parts(call, true)) : new Or(parts(call, false));
      case "_||_" -> expected ? new Or(parts(call, true)) : new And(parts(call, false));
      case "!_" -> condition(call.args().getFirst(), !expected);
      case "_?_:_" ->
          new Choice(
              condition(call.args().get(0), true),
              condition(call.args().get(0), false),
              condition(call.args().get(1), expected),
              condition(call.args().get(2), expected));
      case "@in" -> in(call, expected);
      case "has" -> has(expression, expected);
      default -> {
        sides.side(expression); // has the better message when it is no value either
        throw noCondition(expression);
      }
    };
  }

  private List<Predicate> parts(CelCall call, boolean expected) throws ExpressionException {
    List<Predicate> parts = new ArrayList<>();
    for (CelExpr argument : call.args()) {
      parts.add(condition(argument, expected));
    }
    return parts;
  }

  private Predicate compare(CelExpr expression, Relational relational) throws ExpressionException {
    CelExpr left = expression.call().args().get(0);
    CelExpr right = expression.call().args().get(1);
    if (isNull(left) || isNull(right)) {
      return presence(expression, isNull(left) ? right : left, relational);
    }
    if (isBoolean(right) && isCondition(left)) {
      return truth(expression, left, right, relational);
    }
    if (isBoolean(left) && isCondition(right)) {
      return truth(expression, right, left, relational);
    }
    return comparisons.compare(expression, left, relational, right);
  }

  private static boolean isNull(CelExpr expression) {
    return expression.getKind() == CelExpr.ExprKind.Kind.CONSTANT
        && expression.constant().getKind() == CelConstant.Kind.NULL_VALUE;
  }

  private static boolean isBoolean(CelExpr expression) {
    return expression.getKind() == CelExpr.ExprKind.Kind.CONSTANT
        && expression.constant().getKind() == CelConstant.Kind.BOOLEAN_VALUE;
  }

  /// Whether the call has the answer true or false.
  static boolean isCondition(CelExpr expression) {
    if (expression.getKind() != CelExpr.ExprKind.Kind.CALL) {
      return false;
    }
    String function = expression.call().function();
    return Relational.of(function).isPresent()
        || TextMatch.Function.of(function).isPresent()
        || List.of("_&&_", "_||_", "!_", "_?_:_", "@in", "has").contains(function);
  }

  private Predicate presence(CelExpr expression, CelExpr other, Relational relational)
      throws ExpressionException {
    if (relational.ordered()) {
      throw parsed.error(expression, "null has no order: use == null or != null");
    }
    return presence(sides.operand(other), relational == Relational.NOT_EQUAL);
  }

  private static Predicate presence(Operand operand, boolean expected) {
    return new Presence(
        switch (operand) {
          case AccountField me -> me.orAbsent();
          case ApplicationField me -> me.orAbsent();
          case Operand.Folded _,
              Operand.Literal _,
              Operand.Now _,
              Operand.Parameter _,
              Operand.Size _,
              Path _ ->
              operand;
        },
        expected);
  }

  private Predicate truth(
      CelExpr expression, CelExpr condition, CelExpr truth, Relational relational)
      throws ExpressionException {
    if (relational.ordered()) {
      throw parsed.error(expression, "A condition has no order: use ==, != or !");
    }
    return condition(
        condition, truth.constant().booleanValue() == (relational == Relational.EQUAL));
  }

  private Predicate in(CelCall call, boolean expected) throws ExpressionException {
    CelExpr element = call.args().get(0);
    CelExpr list = call.args().get(1);
    return list.getKind() == CelExpr.ExprKind.Kind.LIST
        ? inLiteral(element, list, expected)
        : comparisons.among(element, list, expected);
  }

  private Predicate inLiteral(CelExpr element, CelExpr list, boolean expected)
      throws ExpressionException {
    List<CelExpr> candidates = list.list().elements();
    if (candidates.size() > ELEMENTS_MAX) {
      throw parsed.error(list, "A list has at most %d elements".formatted(ELEMENTS_MAX));
    }
    Operand operand = sides.operand(element);
    comparisons.comparable(element, operand);
    List<Object> literals = new ArrayList<>();
    List<Predicate> alternatives = new ArrayList<>();
    for (CelExpr candidate : candidates) {
      if (isNull(candidate)) {
        alternatives.add(presence(operand, !expected));
      } else if (sides.side(candidate) instanceof OperandCompiler.Value(Object literal)) {
        literals.add(comparisons.checked(candidate, operand, literal));
      } else {
        nodes++;
        alternatives.add(
            comparisons.compare(
                candidate, element, expected ? Relational.EQUAL : Relational.NOT_EQUAL, candidate));
      }
    }
    if (!literals.isEmpty() || alternatives.isEmpty()) {
      alternatives.add(comparisons.membership(list, operand, literals, expected));
    }
    return expected ? new Or(alternatives) : new And(alternatives);
  }

  private Predicate has(CelExpr expression, boolean expected) throws ExpressionException {
    CelCall call = expression.call();
    if (call.target().isPresent() || call.args().size() != 1) {
      throw parsed.error(
          expression, "has takes one field, as in has(%s)".formatted(names.sample()));
    }
    Operand operand = sides.operand(call.args().getFirst());
    return operand instanceof Path path
            && path.usesInput()
            && path.hops().isEmpty()
            && path.members().isEmpty()
        ? new InputPresence(path, expected)
        : presence(operand, expected);
  }

  private Predicate textMatch(CelExpr expression, TextMatch.Function function, boolean expected)
      throws ExpressionException {
    CelCall call = expression.call();
    if (call.target().isEmpty() || call.args().size() != 1) {
      throw parsed.error(
          expression,
          "%s is asked of a text, as in %s.%s('a')"
              .formatted(call.function(), names.sample(), call.function()));
    }
    Operand text = comparisons.text(call.target().get(), call.function());
    Operand part = comparisons.part(call.args().getFirst(), text, function);
    return new TextMatch(text, function, part, expected);
  }
}
