package dev.varve.lane.expression;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Folding;
import dev.varve.schema.EmailAddress;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.FieldType;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.record.InputReader;
import dev.varve.store.sql.SqlValues;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Comparisons of an operand with literals: the literal is converted to the operand's type once, so that
/// memory and SQL compare the same values.
///
/// A literal is `String`, `BigDecimal`, `Boolean` or `Instant`.
final class Literals {
  private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);
  // three digits of exponent span every Float; more would be a bomb when the number is written out
  private static final Pattern NUMBER =
      Pattern.compile("-?[0-9]{1,400}(\\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?");

  private Literals() {}

  /// The number that a text is, as JSON writes numbers.
  static Optional<BigDecimal> number(String text) {
    return NUMBER.matcher(text).matches() ? Optional.of(new BigDecimal(text)) : Optional.empty();
  }

  /// `of relational literal`.
  static Predicate compare(Operand of, Relational relational, Object literal)
      throws ExpressionMismatch {
    Kind kind = comparable(of);
    if (relational.ordered()) {
      requireOrder(of, kind);
    }
    Object value = convert(of, kind, literal);
    return value instanceof BigInteger || value instanceof BigDecimal
        ? compareWhole(of, relational, value)
        : relational == Relational.EQUAL
            ? alongIndex(
                of, new Comparison(of, relational, new Operand.Literal(value)), Set.of(value))
            : new Comparison(of, relational, new Operand.Literal(value));
  }

  /// `of in [literals]`, or its negation.
  static Predicate among(Operand of, List<Object> literals, boolean expected)
      throws ExpressionMismatch {
    Kind kind = comparable(of);
    Set<Object> values = new LinkedHashSet<>();
    for (Object literal : literals) {
      Object value = convert(of, kind, literal);
      if (!(value instanceof BigInteger || value instanceof BigDecimal)) {
        values.add(value);
      }
    }
    return values.isEmpty()
        ? new DecidedComparison(of, !expected)
        : expected
            ? alongIndex(of, new Membership(of, values, true), values)
            : new Membership(of, values, false);
  }

  /// A test of a text for single values, and what follows for its folded form where that alone is indexed.
  private static Predicate alongIndex(Operand of, Leaf test, Set<Object> values) {
    // what comes as input is looked up in no table
    Optional<Folding> folding =
        of instanceof Path path && !path.usesInput() ? path.onlyFoldedIndex() : Optional.empty();
    if (folding.isEmpty()) {
      return test;
    }
    Operand folded = new Operand.Folded(of, folding.get());
    Set<Object> texts = new LinkedHashSet<>();
    values.forEach(value -> texts.add(folding.get().fold((String) value)));
    Leaf wider =
        texts.size() == 1
            ? new Comparison(folded, Relational.EQUAL, new Operand.Literal(texts.iterator().next()))
            : new Membership(folded, texts, true);
    return new And(List.of(test, wider));
  }

  /// `literal in list`, where the list is a field; or its negation.
  static Predicate element(Operand list, Object literal, boolean expected)
      throws ExpressionMismatch {
    Object value = convert(list, comparableElement(list), literal);
    return value instanceof BigInteger || value instanceof BigDecimal
        ? new DecidedComparison(list, !expected)
        : new ValueAmong(new Operand.Literal(value), list, expected);
  }

  /// A literal that is looked for in `of`.
  static Object text(Operand of, TextMatch.Function function, Object literal)
      throws ExpressionMismatch {
    String text = (String) fromText(of, Kind.TEXT, ScalarType.STRING, literal);
    boolean endOfAddress =
        function == TextMatch.Function.ENDS_WITH
            && of.path().filter(path -> path.last().type() == ScalarType.EMAIL).isPresent();
    return of.folding().fold(endOfAddress ? EmailAddress.plainEnd(text) : text);
  }

  /// The kind of the elements of a list.
  static Kind comparableElement(Operand list) throws ExpressionMismatch {
    Field field = list.path().orElseThrow().last();
    return Kind.ofElement(field)
        .orElseThrow(() ->
            new ExpressionMismatch(
                "%s is a list of %s, which cannot be compared"
                    .formatted(list.text(), field.type().schemaName())));
  }

  static Kind comparable(Operand of) throws ExpressionMismatch {
    Optional<Kind> kind = of.kind();
    if (kind.isPresent()) {
      return kind.get();
    }
    throw new ExpressionMismatch(
        of.path().isPresent() ? incomparable(of.path().get()) : of.text() + " cannot be compared");
  }

  static String incomparable(Path path) {
    String text = path.text();
    Field field = path.last();
    if (field.list()) {
      return "%s is a list: ask for one element with x in %s, or for size(%s)"
          .formatted(text, text, text);
    }
    return path.valueType()
        .map(type ->
            "%s is a value of %s: compare one of its fields, such as %s.%s, or write %s == null"
                .formatted(text, type.schemaName(), text, type.fields().getFirst().name(), text))
        .orElse(
            "%s is JSON: only %s == null and %s != null are supported".formatted(text, text, text));
  }

  /// The texts of a field without regard to case or accents.
  static Operand folded(Operand of, Folding folding) throws ExpressionMismatch {
    if (folding == Folding.EXACT) {
      return of;
    }
    if (of.path().filter(path -> path.last().foldable()).isPresent()
        && of.folding() == Folding.EXACT) {
      return new Operand.Folded(of, folding);
    }
    throw new ExpressionMismatch(
        of.kind().isEmpty() || of.folding() != Folding.EXACT
            ? of.text() + " cannot be folded: only text can"
            : "%s is %s: only text has case and accents"
                .formatted(of.text(), withArticle(typeName(of, of.kind().get()))));
  }

  static void requireOrder(Operand of, Kind kind) throws ExpressionMismatch {
    if (!kind.ordered()) {
      throw new ExpressionMismatch(
          "%s is %s, which has no order: it can only be equal or not"
              .formatted(of.text(), withArticle(typeName(of, kind))));
    }
  }

  /// A value in the form of a column. A number that no whole-number column can hold comes as a
  /// `BigInteger` when it is whole and too large, as a `BigDecimal` when it is not whole.
  static Object convert(Operand of, Kind kind, Object literal) throws ExpressionMismatch {
    return switch (kind) {
      case WHOLE -> whole(numberLiteral(of, kind, literal));
      case DECIMAL -> whole(decimalLiteral(of, kind, literal).scaleByPowerOfTen(scale(of)));
      case FLOAT -> finite(of, numberLiteral(of, kind, literal));
      case BOOLEAN -> {
        if (literal instanceof Boolean) {
          yield literal;
        }
        throw mismatch(of, kind, literal);
      }
      case INSTANT -> {
        if (literal instanceof Instant instant) {
          yield SqlValues.micros(instant);
        }
        yield SqlValues.micros((Instant) fromText(of, kind, ScalarType.DATE_TIME, literal));
      }
      case DATE -> ((LocalDate) fromText(of, kind, ScalarType.DATE, literal)).toString();
      case ENUM -> fromText(of, kind, textType(of), literal);
      case TEXT -> of.folding().fold((String) fromText(of, kind, textType(of), literal));
    };
  }

  /// Other texts than those a field can hold may be compared with it: half an e-mail address sorts too.
  private static FieldType textType(Operand of) {
    if (of.path().isEmpty()) {
      return ScalarType.STRING;
    }
    return switch (of.path().get().last().type()) {
      case EnumType type -> type;
      case RelationType relation when relation.id() == ScalarType.UUID -> ScalarType.UUID;
      case FieldType type -> type == ScalarType.UUID ? type : ScalarType.STRING;
    };
  }

  private static Object fromText(Operand of, Kind kind, FieldType type, Object literal)
      throws ExpressionMismatch {
    if (!(literal instanceof String text)) {
      throw mismatch(of, kind, literal);
    }
    List<FieldError> errors = new ArrayList<>();
    // constraints hold for stored values and not for literals
    Object value = InputReader.value(Field.plain("literal", type), text, of.text(), errors);
    if (value == null) {
      throw new ExpressionMismatch(errors.getFirst().field() + " " + errors.getFirst().message());
    }
    return of.path().isPresent() && value instanceof String read
        ? of.path().get().last().kept(read)
        : value;
  }

  private static BigDecimal numberLiteral(Operand of, Kind kind, Object literal)
      throws ExpressionMismatch {
    if (literal instanceof BigDecimal number) {
      return number;
    }
    throw mismatch(of, kind, literal);
  }

  private static BigDecimal decimalLiteral(Operand of, Kind kind, Object literal)
      throws ExpressionMismatch {
    if (!(literal instanceof String text)) {
      return numberLiteral(of, kind, literal);
    }
    return number(text)
        .orElseThrow(() ->
            new ExpressionMismatch(
                "%s is a Decimal: '%s' is no number".formatted(of.text(), text)));
  }

  private static Double finite(Operand of, BigDecimal number) throws ExpressionMismatch {
    double value = number.doubleValue();
    if (Double.isInfinite(value)) {
      throw new ExpressionMismatch(
          "%s is a Float: the number is too large for one".formatted(of.text()));
    }
    return value + 0.0; // makes -0.0 equal 0.0
  }

  private static Object whole(BigDecimal units) {
    if (units.stripTrailingZeros().scale() > 0) {
      return units;
    }
    BigInteger number = units.toBigIntegerExact();
    return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
  }

  /// @param value what no column holds: `BigDecimal` or a `BigInteger` beyond 64 bits
  private static Predicate compareWhole(Operand of, Relational relational, Object value) {
    return switch (relational) {
      case EQUAL -> new DecidedComparison(of, false);
      case NOT_EQUAL -> new DecidedComparison(of, true);
      case LESS, AT_MOST -> bound(of, Relational.AT_MOST, round(value, RoundingMode.FLOOR));
      case GREATER, AT_LEAST -> bound(of, Relational.AT_LEAST, round(value, RoundingMode.CEILING));
    };
  }

  private static BigInteger round(Object value, RoundingMode mode) {
    return value instanceof BigDecimal decimal
        ? decimal.setScale(0, mode).toBigInteger()
        : (BigInteger) value;
  }

  private static Predicate bound(Operand of, Relational relational, BigInteger limit) {
    boolean below = limit.compareTo(LONG_MIN) < 0;
    boolean above = limit.compareTo(LONG_MAX) > 0;
    if (!below && !above) {
      return new Comparison(of, relational, new Operand.Literal(limit.longValue()));
    }
    boolean allPresent = above == (relational == Relational.AT_MOST);
    return allPresent ? new Presence(of, true) : new DecidedComparison(of, false);
  }

  private static int scale(Operand of) {
    return of.path().map(path -> path.last().scale()).orElse(0);
  }

  private static ExpressionMismatch mismatch(Operand of, Kind kind, Object literal) {
    return new ExpressionMismatch(
        "%s is %s: compare it with %s, not with %s"
            .formatted(
                of.text(), withArticle(typeName(of, kind)), partner(of, kind), describe(literal)));
  }

  private static String partner(Operand of, Kind kind) {
    return of.path().filter(Path::endsAtRelation).isPresent() ? "an id in quotes" : kind.partner();
  }

  private static String describe(Object literal) {
    return switch (literal) {
      case String _ -> "text";
      case BigDecimal _ -> "a number";
      case Boolean _ -> "true or false";
      default -> "a timestamp";
    };
  }

  /// The type of an operand as the schema file writes it.
  static String typeName(Operand of, Kind kind) {
    return switch (of) {
      case Path path -> typeName(path.last());
      case AccountField me -> typeName(me.of().last());
      case ApplicationField me -> typeName(me.of().last());
      case Operand.Folded folded -> typeName(folded.of(), kind);
      case Operand.Size _ -> "number";
      case Operand.Now _ -> "DateTime";
      case Operand.Literal _, Operand.Parameter _ -> kind.partner();
    };
  }

  private static String typeName(Field field) {
    return (field.list() ? "list of " : "") + field.type().schemaName();
  }

  static String withArticle(String noun) {
    boolean vowel = "AEIOaeio".indexOf(noun.charAt(0)) >= 0;
    return (vowel ? "an " : "a ") + noun;
  }
}
