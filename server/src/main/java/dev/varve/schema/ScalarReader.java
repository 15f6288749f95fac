package dev.varve.schema;

import dev.varve.kernel.Rfc3339;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads scalars: each method gives the value in the Java type of its scalar, or a [Refusal].
final class ScalarReader {
  private static final int ID_LENGTH_MAX = 128;
  // a record has to fit in memory many times over: larger content belongs in a file store
  private static final int TEXT_LENGTH_MAX = 1_000_000;
  // RFC 5321, section 4.5.3.1, and RFC 1035, section 2.3.4
  private static final int EMAIL_LENGTH_MAX = 254;
  private static final int EMAIL_LOCAL_LENGTH_MAX = 64;
  private static final int LABEL_LENGTH_MAX = 63;
  private static final int URL_LENGTH_MAX = 2048;
  // an unscaled value of so many digits fits 64 bits
  private static final int DECIMAL_DIGITS_MAX = 18;
  private static final int DECIMAL_TEXT_LENGTH_MAX = 400;
  // a value is read back from within other documents (units of the log, answers), which may be 64
  // deep
  private static final int JSON_DEPTH_MAX = 48;

  private static final Refusal NOT_TEXT = new Refusal("must be text");
  private static final Refusal NOT_ID =
      new Refusal("must be text of 1 to 128 characters, without control characters");
  private static final Refusal NUL = new Refusal("must not contain the character U+0000");
  private static final Refusal HALF =
      new Refusal("must be valid Unicode: it contains half of a surrogate pair");
  private static final Refusal NOT_INT =
      new Refusal("must be a whole number from -2147483648 to 2147483647");
  private static final Refusal NOT_LONG =
      new Refusal("must be a whole number from -9223372036854775808 to 9223372036854775807");
  private static final Refusal NOT_NUMBER = new Refusal("must be a number");
  private static final Refusal NOT_FINITE =
      new Refusal("must be a number from -1.7976931348623157E308 to 1.7976931348623157E308");
  private static final Refusal NOT_BOOLEAN = new Refusal("must be true or false");
  private static final Refusal NOT_DECIMAL =
      new Refusal("must be a decimal number, such as \"19.90\"");
  private static final Refusal NOT_DATE_TIME =
      new Refusal("must be a date and time with offset, such as 2026-01-31T09:30:00Z");
  private static final Refusal NOT_DATE = new Refusal("must be a date, such as 2026-01-31");
  private static final Refusal NOT_UUID =
      new Refusal("must be a UUID, such as 0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57");
  private static final Refusal NOT_EMAIL = new Refusal("Invalid email format");
  private static final Refusal NOT_URL =
      new Refusal(
          "must be an absolute http or https URL of at most 2048 characters, such as https://example.com/page");
  private static final Refusal JSON_TOO_DEEP =
      new Refusal("must be at most " + JSON_DEPTH_MAX + " levels deep");

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
          plain instanceof String text && isUuid(text) ? text.toLowerCase(Locale.ROOT) : NOT_UUID;
      case EMAIL -> plain instanceof String text && isEmail(text) ? text : NOT_EMAIL;
      case URL -> plain instanceof String text && isUrl(text) ? text : NOT_URL;
      case JSON -> isDeeper(plain, JSON_DEPTH_MAX) ? JSON_TOO_DEEP : plain;
    };
  }

  private static Object or(@Nullable Object value, Refusal refusal) {
    return value == null ? refusal : value;
  }

  private static Object id(Object plain) {
    if (!(plain instanceof String text) || text.isEmpty() || text.length() > 2 * ID_LENGTH_MAX) {
      return NOT_ID;
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i)) || isHalf(text, i)) {
        return NOT_ID;
      }
    }
    return text.codePointCount(0, text.length()) > ID_LENGTH_MAX ? NOT_ID : text;
  }

  /// A reference to a record, which is its id.
  static Object reference(RelationType relation, Object plain) {
    return id(plain) instanceof String id
        ? id
        : new Refusal("must be the id of a record of " + relation.target() + ", as text");
  }

  private static Object string(Object plain) {
    if (!(plain instanceof String text)) {
      return NOT_TEXT;
    }
    if (text.length() > TEXT_LENGTH_MAX) {
      return new Refusal(
          "must be at most %d characters long (it has %d)"
              .formatted(TEXT_LENGTH_MAX, text.length()));
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return NUL;
      }
      if (isHalf(text, i)) {
        return HALF;
      }
    }
    return text;
  }

  /// Whether the unit at `i` is a surrogate without its other half.
  private static boolean isHalf(String text, int i) {
    char c = text.charAt(i);
    if (!Character.isSurrogate(c)) {
      return false;
    }
    return Character.isHighSurrogate(c)
        ? i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))
        : i == 0 || !Character.isHighSurrogate(text.charAt(i - 1));
  }

  private static Object wholeNumber(Object plain, long min, long max, Refusal refusal) {
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
    } catch (ArithmeticException e) {
      return NOT_LONG;
    }
  }

  /// Also as text, because JavaScript has no whole numbers beyond 53 bits.
  private static Object longNumber(Object plain) {
    if (!(plain instanceof String text)) {
      return wholeNumber(plain, Long.MIN_VALUE, Long.MAX_VALUE, NOT_LONG);
    }
    return isNumber(text) && text.length() <= 20 ? whole(new BigDecimal(text)) : NOT_LONG;
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
      case String text when text.length() <= DECIMAL_TEXT_LENGTH_MAX && isNumber(text) -> {
        try {
          yield decimal(new BigDecimal(text), scale);
        } catch (NumberFormatException e) {
          yield NOT_DECIMAL; // an exponent beyond 32 bits
        }
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
      return new Refusal(
          "must have at most %s, as its @scale says (it has %d)"
              .formatted(Count.of(scale, "decimal place"), stripped.scale()));
    }
    if ((long) stripped.precision() - stripped.scale() + scale > DECIMAL_DIGITS_MAX) {
      return new Refusal(
          "must have at most %d digits before the decimal point"
              .formatted(DECIMAL_DIGITS_MAX - scale));
    }
    return stripped.setScale(scale);
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

  private static boolean isUuid(String text) {
    if (text.length() != 36) {
      return false;
    }
    for (int i = 0; i < 36; i++) {
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      char c = text.charAt(i);
      if (dash ? c != '-' : !isHex(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isHex(char c) {
    char lower = (char) (c | 0x20);
    return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'f');
  }

  private static boolean isEmail(String text) {
    int at = text.indexOf('@');
    return at > 0
        && at <= EMAIL_LOCAL_LENGTH_MAX
        && text.length() <= EMAIL_LENGTH_MAX
        && isLocalPart(text, at)
        && isDomain(text, at + 1);
  }

  /// Atoms between dots, in letters of all scripts (RFC 6531); no quoted text.
  private static boolean isLocalPart(String text, int end) {
    char before = '.';
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c == '.' ? before == '.' : !isAtom(text, i)) {
        return false;
      }
      before = c;
    }
    return before != '.';
  }

  private static boolean isAtom(String text, int i) {
    char c = text.charAt(i);
    return c < 0x80
        ? c > ' ' && c < 0x7f && "\"(),:;<>@[\\]".indexOf(c) < 0
        : !isHalf(text, i) && !Character.isSpaceChar(c) && !Character.isISOControl(c);
  }

  /// Two labels or more, each of letters, digits and inner hyphens.
  private static boolean isDomain(String text, int from) {
    int labels = 0;
    int start = from;
    while (start <= text.length()) {
      int dot = text.indexOf('.', start);
      int end = dot < 0 ? text.length() : dot;
      if (!isLabel(text, start, end)) {
        return false;
      }
      labels++;
      start = end + 1;
    }
    return labels >= 2;
  }

  private static boolean isLabel(String text, int start, int end) {
    if (start == end || end - start > LABEL_LENGTH_MAX) {
      return false;
    }
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      boolean inner = c == '-' && i > start && i < end - 1;
      boolean letter = Character.isLetterOrDigit(c) || (c >= 0x80 && isAtom(text, i));
      if (!inner && !letter) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUrl(String text) {
    if (text.length() > URL_LENGTH_MAX) {
      return false;
    }
    boolean http =
        text.regionMatches(true, 0, "https://", 0, 8)
            || text.regionMatches(true, 0, "http://", 0, 7);
    if (!http || isHalfAnywhere(text)) {
      return false;
    }
    try {
      return new URI(text).getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static boolean isHalfAnywhere(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isHalf(text, i)) {
        return true;
      }
    }
    return false;
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
