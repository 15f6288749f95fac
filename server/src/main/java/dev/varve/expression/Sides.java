package dev.varve.expression;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelSelect;
import dev.varve.kernel.Nearest;
import dev.varve.kernel.Rfc3339;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.sql.SqlValues;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Compiles the values of one expression, which stand on the sides of its comparisons.
final class Sides {
  private static final List<String> FUNCTIONS =
      List.of("contains", "startsWith", "endsWith", "size", "has", "timestamp", "duration");
  private static final String NOW = "now";
  private static final String RECORD = "record";
  private static final String INPUT = "input";

  private final Paths paths;
  private final Model model;
  private final Vocabulary vocabulary;
  private final Parsed parsed;

  Sides(Paths paths, Model model, Vocabulary vocabulary, Parsed parsed) {
    this.paths = paths;
    this.model = model;
    this.vocabulary = vocabulary;
    this.parsed = parsed;
  }

  /// One side of a comparison.
  sealed interface Side {}

  /// @param literal as [Literals] takes them
  record Value(Object literal) implements Side {}

  record Asked(Operand operand) implements Side {}

  @FunctionalInterface
  private interface Attempt<T> {
    T run() throws Refused;
  }

  private <T> T at(CelExpr place, Attempt<T> attempt) throws ExpressionException {
    try {
      return attempt.run();
    } catch (Refused refused) {
      throw parsed.error(place, refused.text());
    }
  }

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
          isNow(expression) ? new Asked(new Operand.Now(0)) : new Asked(path(expression).reduced());
      case SELECT -> new Asked(path(expression).reduced());
      case CALL -> call(expression);
      case LIST ->
          throw parsed.error(
              expression,
              "A list can only stand after in, as in %s in ['A', 'B']".formatted(sample()));
      case NOT_SET, STRUCT, MAP, COMPREHENSION ->
          throw parsed.error(expression, "Maps and objects are not supported");
    };
  }

  /// How a field is written here, for messages.
  String sample() {
    return switch (vocabulary) {
      case RULE -> "record.name";
      case FILTER -> "name";
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

  private static boolean isIdent(CelExpr expression, String name) {
    return expression.getKind() == CelExpr.ExprKind.Kind.IDENT
        && expression.ident().name().equals(name);
  }

  private static boolean isNow(CelExpr expression) {
    return isIdent(expression, NOW);
  }

  private Path path(CelExpr expression) throws ExpressionException {
    return switch (expression.getKind()) {
      case IDENT -> bareName(expression);
      case SELECT -> selected(expression);
      case NOT_SET, CONSTANT, CALL, LIST, STRUCT, MAP, COMPREHENSION ->
          throw parsed.error(expression, "Only records and values in them have fields");
    };
  }

  private Path bareName(CelExpr expression) throws ExpressionException {
    String name = expression.ident().name();
    if (isNow(expression)) {
      throw parsed.error(expression, "now is a DateTime and has no fields");
    }
    return switch (vocabulary) {
      case FILTER -> filterField(expression, name);
      case RULE ->
          throw parsed.error(
              expression, root(name).isPresent() ? wholeRecord(name) : unknownName(name));
    };
  }

  private Path filterField(CelExpr expression, String name) throws ExpressionException {
    boolean ruleName = name.equals(RECORD) || name.equals(INPUT);
    if (ruleName && model.field(name).isEmpty()) {
      throw parsed.error(
          expression,
          "There is no '%s' in a filter, where the fields of %s stand bare: id, not %s.id"
              .formatted(name, model.name(), name));
    }
    return at(expression, () -> paths.first(new Path.Root(model, false, ""), name));
  }

  private static String wholeRecord(String name) {
    return "%s stands for all fields: name one, as in %s.id".formatted(name, name);
  }

  private String unknownName(String name) {
    List<String> fields = model.fields().stream().map(Field::name).toList();
    String hint =
        Nearest.to(name, List.of(RECORD, INPUT, NOW))
            .or(() -> Nearest.to(name, fields).map(field -> RECORD + "." + field))
            .map(near -> ". Did you mean '" + near + "'?")
            .orElse("");
    return "There is no '%s': a rule speaks of record, input and now%s".formatted(name, hint);
  }

  /// What the names `record` and `input` stand for in a rule.
  private Optional<Path.Root> root(String name) {
    return switch (name) {
      case RECORD -> Optional.of(new Path.Root(model, false, "record."));
      case INPUT -> Optional.of(new Path.Root(model, true, "input."));
      default -> Optional.empty();
    };
  }

  private Path selected(CelExpr expression) throws ExpressionException {
    CelSelect select = expression.select();
    CelExpr owner = select.operand();
    if (vocabulary == Vocabulary.RULE && owner.getKind() == CelExpr.ExprKind.Kind.IDENT) {
      Optional<Path.Root> root = root(owner.ident().name());
      if (root.isPresent()) {
        return at(expression, () -> paths.first(root.get(), select.field()));
      }
    }
    Path path = path(owner);
    return at(expression, () -> paths.next(path, select.field()));
  }

  private Side call(CelExpr expression) throws ExpressionException {
    CelCall call = expression.call();
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
      case "matches" -> "matches is not supported: use contains, startsWith or endsWith";
      default -> {
        String hint = Nearest.hint(name, FUNCTIONS);
        yield "There is no function %s.%s"
            .formatted(name, hint.isEmpty() ? " There are " + String.join(", ", FUNCTIONS) : hint);
      }
    };
  }

  private Operand size(CelExpr expression) throws ExpressionException {
    CelCall call = expression.call();
    if (call.args().size() + (call.target().isPresent() ? 1 : 0) != 1) {
      throw parsed.error(
          expression, "size takes one text or list, as in size(%s) > 3".formatted(sample()));
    }
    CelExpr argument = call.target().orElseGet(() -> call.args().getFirst());
    Operand of = operand(argument);
    if (of instanceof Path path
        && (path.last().list() || path.kind().filter(kind -> kind == Kind.TEXT).isPresent())) {
      return new Operand.Size(path);
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
          new Asked(new Operand.Now(Math.addExact(now.offsetMicros(), byMicros)));
      case Value(Instant instant) ->
          new Value(SqlValues.instant(Math.addExact(SqlValues.micros(instant), byMicros)));
      case Asked(Operand operand) ->
          throw parsed.error(
              expression,
              "%s cannot be moved: move the other side, as in %s < now - duration('24h')"
                  .formatted(operand.text(), operand.text()));
      case Value _ -> throw arithmetic(expression);
    };
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

  Kind comparable(CelExpr expression, Operand operand) throws ExpressionException {
    return at(expression, () -> Literals.comparable(operand));
  }

  /// `left relational right`, of which at most one is a literal.
  Predicate compare(CelExpr expression, CelExpr left, Relational relational, CelExpr right)
      throws ExpressionException {
    Side a = side(left);
    Side b = side(right);
    return switch (a) {
      case Asked(Operand asked) ->
          switch (b) {
            case Value(Object literal) -> withLiteral(left, asked, relational, right, literal);
            case Asked(Operand other) -> {
              comparable(left, asked);
              comparable(right, other);
              yield at(expression, () -> operands(asked, relational, other));
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
    return at(literalPlace, () -> Literals.compare(asked, relational, literal));
  }

  private static Predicate operands(Operand a, Relational relational, Operand b) throws Refused {
    Kind kind = Literals.comparable(a);
    requireSameKind(a, kind, b, Literals.comparable(b));
    if (relational.ordered()) {
      Literals.requireOrder(a, kind);
    }
    return a instanceof Operand.Now
        ? new Comparison(b, relational.flipped(), a)
        : new Comparison(a, relational, b);
  }

  private static void requireSameKind(Operand a, Kind kindOfA, Operand b, Kind kindOfB)
      throws Refused {
    if (kindOfA != kindOfB || !sameEnum(a, b)) {
      throw new Refused(
          "%s is %s and %s is %s: only values of one type can be compared"
              .formatted(
                  a.text(),
                  Literals.withArticle(Literals.typeName(a, kindOfA)),
                  b.text(),
                  Literals.withArticle(Literals.typeName(b, kindOfB))));
    }
    if (kindOfA == Kind.DECIMAL && scale(a) != scale(b)) {
      throw new Refused(
          "%s has scale %d and %s has scale %d: only decimals of one scale can be compared"
              .formatted(a.text(), scale(a), b.text(), scale(b)));
    }
  }

  private static boolean sameEnum(Operand a, Operand b) {
    return !(a instanceof Path first && first.last().type() instanceof EnumType type)
        || (b instanceof Path second
            && second.last().type() instanceof EnumType other
            && other.schemaName().equals(type.schemaName()));
  }

  private static int scale(Operand operand) {
    return operand instanceof Path path ? path.last().scale() : 0;
  }

  /// Whether the literal can be compared with the operand for equality.
  void check(CelExpr place, Operand operand, Object literal) throws ExpressionException {
    at(place, () -> Literals.compare(operand, Relational.EQUAL, literal));
  }

  Predicate membership(CelExpr place, Operand of, List<Object> literals, boolean expected)
      throws ExpressionException {
    return at(place, () -> Literals.among(of, literals, expected));
  }

  /// `element in list`, where the list is a field.
  Predicate among(CelExpr element, CelExpr list, boolean expected) throws ExpressionException {
    if (!(side(list) instanceof Asked(Path path)) || !path.last().list()) {
      throw parsed.error(
          list, "in needs a list on its right: ['A', 'B'] or a field that is a list");
    }
    Side side = side(element);
    return at(
        element,
        () ->
            switch (side) {
              case Value(Object literal) -> Literals.element(path, literal, expected);
              case Asked(Operand operand) -> {
                requireSameKind(
                    operand, Literals.comparable(operand), path, Literals.comparableElement(path));
                yield new ValueAmong(operand, path, expected);
              }
            });
  }

  /// What a text function is asked of.
  Operand text(CelExpr expression, String function) throws ExpressionException {
    Operand operand = operand(expression);
    if (operand instanceof Path path && path.last().list()) {
      throw parsed.error(
          expression,
          "%s is a list: ask for one element with x in %s".formatted(path.text(), path.text()));
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
    return switch (side(expression)) {
      case Value(Object literal) ->
          new Operand.Literal(at(expression, () -> Literals.text(text, literal)));
      case Asked(Operand _) -> text(expression, function);
    };
  }
}
