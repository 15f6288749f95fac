package dev.varve.kernel;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/// Reads one JSON text into plain values; see [Json] for what those are.
///
/// Stricter than the parser beneath: UTF-8 is well-formed, no half of a surrogate pair is left, no name
/// stands twice in an object, and numbers are so small that nobody who computes with them is in danger.
final class JsonReader {
  // what is read must be readable again once written: the parser's own bounds leave room for the
  // longest form in which such a number is written
  private static final int DIGITS_MAX = 300;
  private static final int EXPONENT_MAX = 1_000;
  private static final int NUMBER_LENGTH_MAX = 400;
  private static final int NAME_LENGTH_MAX = 1_000;
  // an object or an array, which takes the most
  private static final long VALUE_BYTES = 100;
  private static final int VALUES_TAKEN = 1_000;
  private static final int STRING_LENGTH_MAX = 16 * 1024 * 1024;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Json.DEPTH_MAX)
                  .maxNumberLength(NUMBER_LENGTH_MAX)
                  .maxNameLength(NAME_LENGTH_MAX)
                  .maxStringLength(STRING_LENGTH_MAX)
                  .build())
          .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
          .build();

  // where the parser's messages begin to speak of itself instead of the text
  private static final List<String> ASIDES =
      List.of(
          " (start marker at",
          " (for ",
          " (consider ",
          ": enable `",
          " (not recognized",
          ", from `",
          ": hexadecimal");

  private final byte[] utf8;
  private final int from;
  private final int to;
  private final JsonParser parser;
  private int values;

  private JsonReader(byte[] utf8, int from, int to, JsonParser parser) {
    this.utf8 = utf8;
    this.from = from;
    this.to = to;
    this.parser = parser;
  }

  static @Nullable Object read(byte[] utf8, int offset, int length) {
    int to = offset + length;
    // some editors leave a mark, which may be passed over (RFC 8259, section 8.1)
    ByteOrderMark mark = ByteOrderMark.UTF_8;
    int from = mark.starts(utf8, offset, length) ? offset + mark.length() : offset;
    int malformed = Utf8.firstMalformed(utf8, from, to);
    if (malformed >= 0) {
      throw malformed(utf8, from, malformed, "invalid UTF-8");
    }
    try (JsonParser parser = parser(utf8, from, to - from)) {
      return new JsonReader(utf8, from, to, parser).document();
    }
  }

  static JsonParser parser(byte[] utf8, int offset, int length) {
    return FACTORY.createParser(ObjectReadContext.empty(), utf8, offset, length);
  }

  private @Nullable Object document() {
    try {
      if (parser.nextToken() == null) {
        throw new Problem(ErrorCode.MALFORMED_REQUEST, "The JSON text is empty");
      }
      Object value = value();
      if (parser.nextToken() != null) {
        throw malformed("there is more text after the end of the value");
      }
      return value;
    } catch (StreamConstraintsException e) {
      throw beyondLimit(reason(e));
    } catch (JacksonException e) {
      throw endsEarly(e)
          ? malformed(utf8, from, to, "the text ends too early")
          : malformed(utf8, from, position(e.getLocation()), reason(e));
    }
  }

  private static boolean endsEarly(JacksonException e) {
    return e instanceof UnexpectedEndOfInputException
        || String.valueOf(e.getOriginalMessage()).startsWith("Unexpected end-of-input");
  }

  private @Nullable Object value() {
    if (++values % VALUES_TAKEN == 0) {
      Allowance.current().take(VALUES_TAKEN * VALUE_BYTES);
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      case VALUE_STRING -> text(parser.getString());
      case VALUE_NUMBER_INT ->
          switch (parser.getNumberType()) {
            case INT, LONG -> (Object) parser.getLongValue();
            case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> number();
          };
      case VALUE_NUMBER_FLOAT -> number();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new IllegalStateException("Not the start of a value: " + parser.currentToken());
    };
  }

  private Map<String, @Nullable Object> object() {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = text(parser.currentName());
      if (members.containsKey(name)) {
        throw malformed("the name \"" + name + "\" stands twice in one object");
      }
      parser.nextToken();
      members.put(name, value());
    }
    return Collections.unmodifiableMap(members);
  }

  private List<@Nullable Object> array() {
    List<@Nullable Object> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(value());
    }
    return Collections.unmodifiableList(elements);
  }

  private String text(String text) {
    if (!Surrogates.paired(text)) {
      throw malformed("half of a surrogate pair");
    }
    return text;
  }

  private BigDecimal number() {
    BigDecimal number = decimalOrNull();
    if (number == null
        || number.precision() > DIGITS_MAX
        || Math.abs((long) number.scale()) > EXPONENT_MAX) {
      throw beyondLimit(
          "a number may have %d digits and an exponent up to %d"
              .formatted(DIGITS_MAX, EXPONENT_MAX));
    }
    return number;
  }

  private @Nullable BigDecimal decimalOrNull() {
    try {
      return parser.getDecimalValue();
    } catch (NumberFormatException _) {
      return null; // an exponent beyond 32 bits
    }
  }

  private Problem malformed(String reason) {
    return malformed(utf8, from, position(parser.currentTokenLocation()), reason);
  }

  private Problem beyondLimit(String reason) {
    int at = position(parser.currentTokenLocation());
    return new Problem(
        ErrorCode.MALFORMED_REQUEST,
        "The JSON is beyond a limit" + place(utf8, from, at) + ": " + reason);
  }

  private int position(@Nullable TokenStreamLocation location) {
    long offset = location == null ? -1 : location.getByteOffset();
    return offset < 0 ? to : (int) Math.min(to, from + offset);
  }

  private static Problem malformed(byte[] utf8, int from, int at, String reason) {
    return new Problem(
        ErrorCode.MALFORMED_REQUEST,
        "The JSON is malformed" + place(utf8, from, at) + ": " + reason);
  }

  /// Lines and columns as an editor counts them: from 1, a column for each character.
  private static String place(byte[] utf8, int from, int at) {
    int line = 1;
    int column = 1;
    for (int i = from; i < at; i++) {
      boolean continuation = (utf8[i] & 0xc0) == 0x80;
      column = utf8[i] == '\n' ? 1 : continuation ? column : column + 1;
      line += utf8[i] == '\n' ? 1 : 0;
    }
    return " at line " + line + ", column " + column;
  }

  private static String reason(JacksonException e) {
    String message = e.getOriginalMessage();
    if (message == null) {
      return "unreadable";
    }
    for (String aside : ASIDES) {
      int at = message.indexOf(aside);
      message = at < 0 ? message : message.substring(0, at);
    }
    if (message.isEmpty() || message.contains("`")) {
      return "unreadable";
    }
    boolean open = message.lastIndexOf('(') > message.lastIndexOf(')');
    return message.substring(0, 1).toLowerCase(Locale.ROOT)
        + message.substring(1)
        + (open ? ")" : "");
  }
}
