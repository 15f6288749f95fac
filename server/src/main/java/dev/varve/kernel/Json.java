package dev.varve.kernel;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/// JSON (RFC 8259) read into plain values and written by streaming.
///
/// Plain values are unmodifiable `Map` (in the order of the text) and `List`, `String`, `Boolean`, `Long`
/// for whole numbers of 64 bits, `BigDecimal` for all other numbers, and null.
public final class Json {
  /// Objects and arrays may lie this deep in each other.
  public static final int DEPTH_MAX = 64;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxNumberLength(400)
                  .maxNameLength(1_000)
                  .maxStringLength(16 * 1024 * 1024)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private Json() {}

  /// Reads one whole document.
  ///
  /// @throws Problem with MALFORMED_REQUEST, naming line and column
  public static @Nullable Object read(byte[] utf8) {
    return read(utf8, 0, utf8.length);
  }

  /// Reads one whole document from a part of an array.
  public static @Nullable Object read(byte[] utf8, int offset, int length) {
    try (JsonParser parser =
        FACTORY.createParser(ObjectReadContext.empty(), utf8, offset, length)) {
      if (parser.nextToken() == null) {
        throw new Problem(ErrorCode.MALFORMED_REQUEST, "The JSON text is empty");
      }
      Object value = value(parser);
      if (parser.nextToken() != null) {
        throw new Problem(
            ErrorCode.MALFORMED_REQUEST, "There is more text after the end of the JSON value");
      }
      return value;
    } catch (StreamConstraintsException e) {
      throw new Problem(ErrorCode.MALFORMED_REQUEST, "The JSON is beyond a limit: " + reason(e));
    } catch (StreamReadException e) {
      throw new Problem(
          ErrorCode.MALFORMED_REQUEST,
          "The JSON is malformed at line %d, column %d: %s"
              .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr(), reason(e)));
    }
  }

  private static String reason(JacksonException e) {
    String message = e.getOriginalMessage();
    return message == null ? "unreadable" : message;
  }

  private static @Nullable Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT ->
          switch (parser.getNumberType()) {
            case INT, LONG -> (Object) parser.getLongValue();
            case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> parser.getDecimalValue();
          };
      case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new IllegalStateException("Not the start of a value: " + parser.currentToken());
    };
  }

  private static Map<String, @Nullable Object> object(JsonParser parser) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      members.put(name, value(parser));
    }
    return Collections.unmodifiableMap(members);
  }

  private static List<@Nullable Object> array(JsonParser parser) {
    List<@Nullable Object> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(value(parser));
    }
    return Collections.unmodifiableList(elements);
  }

  /// A generator that writes compact UTF-8.
  public static JsonGenerator generator(OutputStream out) {
    return FACTORY.createGenerator(ObjectWriteContext.empty(), out);
  }

  /// The bytes that `writer` generates.
  public static byte[] bytes(Consumer<JsonGenerator> writer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    try (JsonGenerator generator = generator(out)) {
      writer.accept(generator);
    }
    return out.toByteArray();
  }

  /// Writes a plain value.
  public static void write(JsonGenerator generator, @Nullable Object value) {
    switch (value) {
      case null -> generator.writeNull();
      case String text -> generator.writeString(text);
      case Boolean bool -> generator.writeBoolean(bool);
      case Long number -> generator.writeNumber(number);
      case Integer number -> generator.writeNumber(number);
      case Double number -> generator.writeNumber(number);
      case java.math.BigDecimal number -> generator.writeNumber(number);
      case List<?> elements -> {
        generator.writeStartArray();
        for (Object element : elements) {
          write(generator, element);
        }
        generator.writeEndArray();
      }
      case Map<?, ?> members -> {
        generator.writeStartObject();
        for (Map.Entry<?, ?> member : members.entrySet()) {
          generator.writeName(String.valueOf(member.getKey()));
          write(generator, member.getValue());
        }
        generator.writeEndObject();
      }
      default -> throw new IllegalArgumentException("Not a plain JSON value: " + value.getClass());
    }
  }
}
