package dev.varve.lane.expression;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.varve.kernel.Folding;
import dev.varve.kernel.Nearest;
import dev.varve.kernel.Rfc3339;
import dev.varve.store.sql.SqlValues;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Compiles the values of one expression, which stand on the sides of its comparisons.
final class OperandCompiler {
  private static final List<String> FUNCTIONS =
      List.of(
          "contains",
          "startsWith",
          "endsWith",
          "foldCase",
          "foldAccents",
          "size",
          "has",
          "timestamp",
          "duration");

  // a hundred thousand years: added to any moment that a clock shows, it still fits 64 bits
  private static final long MICROS_MAX = 3_155_760_000_000_000_000L;

  private final NameResolution names;
  private final ParsedExpression parsed;

  OperandCompiler(NameResolution names, ParsedExpression parsed) {
    this.names = names;
    this.parsed = parsed;
  }

  /// One side of a comparison.
  sealed interface Side {}

  /// @param literal as [Literals] takes them, or a [FoldedText]
  record Value(Object literal) implements Side {}

  record Asked(Operand operand) implements Side {}

  /// A field, `now` or a size: what is not a literal.
  Operand operand(CelExpr expression) throws ExpressionException {
    return switch (side(expression)) {
      case Asked(Operand operand) -> operand;
      case Value _ -> throw parsed.error(expression, "A field is wanted here, not a literal");
    };
  }

  Side side(CelExpr expression) throws ExpressionException {
    return switch (expression.getKind()) {
      case CONSTANT -> new Value(literal(expression));
      case IDENT ->
          names.isNow(expression)
              ? new Asked(new Operand.Now(0))
              : new Asked(names.field(expression));
      case SELECT -> new Asked(names.field(expression));
      case CALL -> call(expression);
      case LIST ->
          throw parsed.error(
              expression,
              "A list can only stand after in, as in %s in ['A', 'B']".formatted(names.sample()));
      case NOT_SET, STRUCT, MAP, COMPREHENSION ->
          throw parsed.error(expression, "Maps and objects are not supported");
    };
  }

  private Object literal(CelExpr expression) throws ExpressionException {
    CelConstant constant = expression.constant();
    return switch (constant.getKind()) {
      case STRING_VALUE -> constant.stringValue();
      case BOOLEAN_VALUE -> constant.booleanValue();
      case INT64_VALUE -> BigDecimal.valueOf(constant.int64Value());
      case DOUBLE_VALUE ->
          parsed
              .number(expression)
              .orElseThrow(
                  () -> parsed.error(expression, "The exponent is too large: at most 999"));
      case UINT64_VALUE -> throw parsed.error(expression, "Write the number without the letter u");
      case NULL_VALUE ->
          throw parsed.error(expression, "null can only stand beside == and != and in lists");
      case NOT_SET, BYTES_VALUE, TIMESTAMP_VALUE, DURATION_VALUE ->
          throw parsed.error(expression, "Bytes are not supported");
    };
  }

  private Side call(CelExpr expression) throws ExpressionException {
    CelCall call = expression.call();
    Optional<Folding> folding = FoldedText.folding(call.function());
    if (folding.isPresent()) {
      return folded(expression, folding.get());
    }
    return switch (call.function()) {
      case "size" -> new Asked(size(expression));
      case "timestamp" -> new Value(timestamp(expression));
      case "_+_", "_-_" -> moved(expression);
      case "duration" ->
          throw parsed.error(
              expression, "A duration is added to a moment, as in now - duration('24h')");
      case "_[_]" ->
          throw parsed.error(
              expression, "Elements cannot be picked: ask for one with x in the list");
      case "-_", "_*_", "_/_", "_%_" -> throw arithmetic(expression);
      default ->
          throw parsed.error(
              expression,
              Compiler.isCondition(expression)
                  ? "A value is wanted here, not a condition: join conditions with && and ||"
                  : unknownFunction(call.function()));
    };
  }

  private ExpressionException arithmetic(CelExpr expression) {
    return parsed.error(
        expression,
        "Arithmetic is not supported, but for moments: now - duration('24h'), now + duration('1h')");
  }

  private static String unknownFunction(String name) {
    return switch (name) {
      case "exists", "all", "exists_one", "map", "filter" ->
          "%s is not supported: ask a list for one element with x in the list; records that refer to this one cannot be asked"
              .formatted(name);
      case "lower",
          "upper",
          "lowerAscii",
          "upperAscii",
          "toLowerCase",
          "toUpperCase",
          "equalsIgnoreCase" ->
          "%s is not supported: to ignore case, compare name.foldCase() with 'ann'.foldCase()"
              .formatted(name);
      case "matches" -> "matches is not supported: use contains, startsWith or endsWith";
      default -> {
        String hint = Nearest.hint(name, FUNCTIONS);
        yield "There is no function %s.%s"
            .formatted(name, hint.isEmpty() ? " There are " + String.join(", ", FUNCTIONS) : hint);
      }
    };
  }

  /// `name.foldCase()`, or a literal folded.
  private Side folded(CelExpr expression, Folding folding) throws ExpressionException {
    CelCall call = expression.call();
    if (call.target().isEmpty() || !call.args().isEmpty()) {
      throw parsed.error(
          expression,
          "%s is asked of a text, as in %s.%s() == 'ann'"
              .formatted(call.function(), names.sample(), call.function()));
    }
    return switch (side(call.target().get())) {
      case Value(String text) -> new Value(new FoldedText(folding.fold(text), folding));
      case Value _ ->
          throw parsed.error(
              call.target().get(), "Only text has case and accents, once folded it has none");
      case Asked(Operand operand) ->
          new Asked(parsed.at(expression, () -> Literals.folded(operand, folding)));
    };
  }

  private Operand size(CelExpr expression) throws ExpressionException {
    CelCall call = expression.call();
    if (call.args().size() + (call.target().isPresent() ? 1 : 0) != 1) {
      throw parsed.error(
          expression, "size takes one text or list, as in size(%s) > 3".formatted(names.sample()));
    }
    CelExpr argument = call.target().orElseGet(() -> call.args().getFirst());
    Operand of = operand(argument);
    Optional<Path> path = of.path();
    if (path.isPresent()
        && (path.get().last().list()
            || path.get().kind().filter(kind -> kind == Kind.TEXT).isPresent())) {
      return new Operand.Size(of);
    }
    throw parsed.error(
        argument, "%s is neither text nor a list and has no size".formatted(of.text()));
  }

  private Instant timestamp(CelExpr expression) throws ExpressionException {
    CelCall call = expression.call();
    if (call.target().isPresent() || call.args().size() != 1) {
      throw parsed.error(expression, "timestamp takes one text: timestamp('2026-01-31T09:30:00Z')");
    }
    CelExpr argument = call.args().getFirst();
    Instant instant = side(argument) instanceof Value(String text) ? Rfc3339.instant(text) : null;
    if (instant == null) {
      throw parsed.error(
          argument,
          "timestamp takes a text with date, time and offset, such as '2026-01-31T09:30:00Z'");
    }
    return instant;
  }

  private Side moved(CelExpr expression) throws ExpressionException {
    CelExpr left = expression.call().args().get(0);
    CelExpr right = expression.call().args().get(1);
    boolean plus = expression.call().function().equals("_+_");
    if (plus && isDuration(left)) {
      return moved(expression, right, micros(left));
    }
    if (!isDuration(right)) {
      throw arithmetic(expression);
    }
    return moved(expression, left, plus ? micros(right) : -micros(right));
  }

  private static boolean isDuration(CelExpr expression) {
    return expression.getKind() == CelExpr.ExprKind.Kind.CALL
        && expression.call().function().equals("duration");
  }

  private Side moved(CelExpr expression, CelExpr moment, long byMicros) throws ExpressionException {
    return switch (side(moment)) {
      case Asked(Operand.Now now) ->
          new Asked(new Operand.Now(sum(expression, now.offsetMicros(), byMicros)));
      case Value(Instant instant) ->
          new Value(SqlValues.instant(sum(expression, SqlValues.micros(instant), byMicros)));
      case Asked(Operand operand) ->
          throw parsed.error(
              expression,
              "%s cannot be moved: move the other side, as in %s < now - duration('24h')"
                  .formatted(operand.text(), operand.text()));
      case Value _ -> throw arithmetic(expression);
    };
  }

  private long sum(CelExpr expression, long micros, long byMicros) throws ExpressionException {
    long sum = micros + byMicros; // neither is near the limits of 64 bits
    if (Math.abs(sum) > MICROS_MAX) {
      throw parsed.error(expression, "The moment is more than 100,000 years away");
    }
    return sum;
  }

  private long micros(CelExpr duration) throws ExpressionException {
    CelCall call = duration.call();
    Optional<Long> micros =
        call.target().isEmpty()
                && call.args().size() == 1
                && side(call.args().getFirst()) instanceof Value(String text)
            ? Durations.micros(text)
            : Optional.empty();
    return micros.orElseThrow(() ->
        parsed.error(
            call.args().isEmpty() ? duration : call.args().getFirst(),
            "duration takes a text of hours, minutes and seconds up to 10,000 years, such as '24h', '1h30m' or '1.5s'"));
  }
}
