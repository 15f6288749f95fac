package dev.varve.schema.record;

import dev.varve.kernel.Rfc3339;
import dev.varve.kernel.Surrogates;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads scalars: each method gives the value in the Java type of its scalar, or an [UnreadableValue].
final class ScalarReader {
  private static final int ID_LENGTH_MAX = 128;
  // a record has to fit in memory many times over: larger content belongs in a file store
  private static final int TEXT_LENGTH_MAX = 1_000_000;
  // an unscaled value of so many digits fits 64 bits
  private static final int DECIMAL_DIGITS_MAX = 18;
  private static final int NUMBER_LENGTH_MAX = 400;
  // a value is read back from within other documents (units of the log, answers), which may be 64
  // deep
  private static final int JSON_DEPTH_MAX = 48;

  private static final UnreadableValue NOT_TEXT = new UnreadableValue("must be text");
  private static final UnreadableValue NOT_ID =
      new UnreadableValue("must be text of 1 to 128 characters, without control characters");
  private static final UnreadableValue NUL =
      new UnreadableValue("must not contain the character U+0000");
  private static final UnreadableValue HALF =
      new UnreadableValue("must be valid Unicode: it contains half of a surrogate pair");
  private static final UnreadableValue NOT_INT =
      new UnreadableValue("must be a whole number from -2147483648 to 2147483647");
  private static final UnreadableValue NOT_LONG =
      new UnreadableValue(
          "must be a whole number from -9223372036854775808 to 9223372036854775807");
  private static final UnreadableValue NOT_NUMBER = new UnreadableValue("must be a number");
  private static final UnreadableValue NOT_FINITE =
      new UnreadableValue(
          "must be a number from -1.7976931348623157E308 to 1.7976931348623157E308");
  private static final UnreadableValue NOT_BOOLEAN = new UnreadableValue("must be true or false");
  private static final UnreadableValue NOT_DECIMAL =
      new UnreadableValue("must be a decimal number, such as \"19.90\"");
  private static final UnreadableValue NOT_DATE_TIME =
      new UnreadableValue("must be a date and time with offset, such as 2026-01-31T09:30:00Z");
  private static final UnreadableValue NOT_DATE =
      new UnreadableValue("must be a date, such as 2026-01-31");
  private static final UnreadableValue NOT_UUID =
      new UnreadableValue("must be a UUID, such as 0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57");
  private static final UnreadableValue NOT_EMAIL = new UnreadableValue("Invalid email format");
  private static final UnreadableValue NOT_URL =
      new UnreadableValue(
          "must be an absolute http or https URL of at most 2048 characters, such as https://example.com/page");
  private static final UnreadableValue JSON_TOO_DEEP =
      new UnreadableValue("must be at most " + JSON_DEPTH_MAX + " levels deep");

  private ScalarReader() {}

  /// @param scale of a Decimal
  static Object read(ScalarType type, int scale, Object plain) {
    return switch (type) {
      case ID -> id(plain);
      case STRING -> string(plain);
      case INT -> wholeNumber(plain, Integer.MIN_VALUE, Integer.MAX_VALUE, NOT_INT);
      case LONG -> longNumber(plain);
      case FLOAT -> floatNumber(plain);
      case BOOLEAN -> plain instanceof Boolean ? plain : NOT_BOOLEAN;
      case DECIMAL -> decimal(plain, scale);
      case DATE_TIME ->
          or(plain instanceof String text ? Rfc3339.instant(text) : null, NOT_DATE_TIME);
      case DATE -> or(plain instanceof String text ? Rfc3339.date(text) : null, NOT_DATE);
      case UUID ->
          plain instanceof String text && TextFormat.isUuid(text)
              ? text.toLowerCase(Locale.ROOT)
              : NOT_UUID;
      case EMAIL -> plain instanceof String text && TextFormat.isEmail(text) ? text : NOT_EMAIL;
      case URL -> plain instanceof String text && TextFormat.isUrl(text) ? text : NOT_URL;
      case JSON -> isDeeper(plain, JSON_DEPTH_MAX) ? JSON_TOO_DEEP : plain;
    };
  }

  private static Object or(@Nullable Object value, UnreadableValue refusal) {
    return value == null ? refusal : value;
  }

  private static Object id(Object plain) {
    if (!(plain instanceof String text) || text.isEmpty() || text.length() > 2 * ID_LENGTH_MAX) {
      return NOT_ID;
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return NOT_ID;
      }
    }
    boolean fits = text.codePointCount(0, text.length()) <= ID_LENGTH_MAX;
    return fits && Surrogates.paired(text) ? text : NOT_ID;
  }

  /// A reference to a record, which is its id.
  static Object reference(RelationType relation, Object plain) {
    return id(plain) instanceof String id
        ? relation.id() == ScalarType.UUID ? id.toLowerCase(Locale.ROOT) : id
        : new UnreadableValue("must be the id of a record of " + relation.target() + ", as text");
  }

  private static Object string(Object plain) {
    if (!(plain instanceof String text)) {
      return NOT_TEXT;
    }
    if (text.length() > TEXT_LENGTH_MAX) {
      return new UnreadableValue(
          "must be at most %d characters long (it has %d)"
              .formatted(TEXT_LENGTH_MAX, text.length()));
    }
    if (text.indexOf(0) >= 0) {
      return NUL;
    }
    return Surrogates.paired(text) ? text : HALF;
  }

  private static Object wholeNumber(Object plain, long min, long max, UnreadableValue refusal) {
    return switch (plain) {
      case Long number -> number >= min && number <= max ? number : refusal;
      case BigDecimal number -> {
        Object whole = whole(number);
        yield whole instanceof Long ? wholeNumber(whole, min, max, refusal) : refusal;
      }
      default -> refusal;
    };
  }

  /// A whole number may be written as `1.0` or `1e3`.
  private static Object whole(BigDecimal number) {
    try {
      return number.longValueExact();
    } catch (ArithmeticException _) {
      return NOT_LONG;
    }
  }

  /// Also as text, because JavaScript has no whole numbers beyond 53 bits.
  private static Object longNumber(Object plain) {
    if (!(plain instanceof String text)) {
      return wholeNumber(plain, Long.MIN_VALUE, Long.MAX_VALUE, NOT_LONG);
    }
    BigDecimal number = number(text);
    return number == null ? NOT_LONG : whole(number);
  }

  private static Object floatNumber(Object plain) {
    if (!(plain instanceof Long || plain instanceof BigDecimal)) {
      return NOT_NUMBER;
    }
    double number = ((Number) plain).doubleValue();
    return Double.isFinite(number) ? (Object) number : NOT_FINITE;
  }

  private static Object decimal(Object plain, int scale) {
    return switch (plain) {
      case Long number -> decimal(BigDecimal.valueOf(number), scale);
      case BigDecimal number -> decimal(number, scale);
      case String text -> {
        BigDecimal number = number(text);
        yield number == null ? NOT_DECIMAL : decimal(number, scale);
      }
      default -> NOT_DECIMAL;
    };
  }

  /// Sizes are compared before anything is rescaled: `1e999999999` would fill the memory with zeros.
  private static Object decimal(BigDecimal number, int scale) {
    if (number.signum() == 0) {
      return BigDecimal.valueOf(0, scale);
    }
    BigDecimal stripped = number.scale() > scale ? number.stripTrailingZeros() : number;
    if (stripped.scale() > scale) {
      return new UnreadableValue(
          "must have at most %s, as its @scale says (it has %d)"
              .formatted(Count.of(scale, "decimal place"), stripped.scale()));
    }
    if ((long) stripped.precision() - stripped.scale() + scale > DECIMAL_DIGITS_MAX) {
      return new UnreadableValue(
          "must have at most %d digits before the decimal point"
              .formatted(DECIMAL_DIGITS_MAX - scale));
    }
    return stripped.setScale(scale);
  }

  private static @Nullable BigDecimal number(String text) {
    if (text.length() > NUMBER_LENGTH_MAX || !isNumber(text)) {
      return null;
    }
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException _) {
      return null; // an exponent beyond 32 bits
    }
  }

  /// Whether the text is a number as JSON writes them: `BigDecimal` would also take `+1`, `1.` and
  /// digits of all scripts.
  private static boolean isNumber(String text) {
    int at = skip(text, 0, "-");
    int end = skipDigits(text, at);
    if (end == at) {
      return false;
    }
    at = skip(text, end, ".");
    if (at > end) {
      end = skipDigits(text, at);
      if (end == at) {
        return false;
      }
    }
    at = skip(text, end, "eE");
    if (at == end) {
      return end == text.length();
    }
    at = skip(text, at, "+-");
    end = skipDigits(text, at);
    return end > at && end == text.length();
  }

  private static int skip(String text, int at, String oneOf) {
    return at < text.length() && oneOf.indexOf(text.charAt(at)) >= 0 ? at + 1 : at;
  }

  private static int skipDigits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  private static boolean isDeeper(@Nullable Object plain, int levels) {
    return switch (plain) {
      case Map<?, ?> members -> levels == 0 || anyDeeper(members.values(), levels - 1);
      case List<?> elements -> levels == 0 || anyDeeper(elements, levels - 1);
      case null, default -> false;
    };
  }

  private static boolean anyDeeper(Iterable<?> values, int levels) {
    for (Object value : values) {
      if (isDeeper(value, levels)) {
        return true;
      }
    }
    return false;
  }
}
