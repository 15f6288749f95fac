package dev.varve.kernel;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// JSON (RFC 8259) read into plain values and written by streaming.
///
/// Plain values are unmodifiable `Map` (in the order of the text) and `List`, `String`, `Boolean`, `Long`
/// for whole numbers of 64 bits, `BigDecimal` for all other numbers, and null.
public final class Json {
  /// Objects and arrays may lie this deep in each other.
  public static final int DEPTH_MAX = 64;

  // whoever writes many values says what stands between them
  private static final JsonFactory FACTORY =
      JsonFactory.builder().rootValueSeparator((String) null).build();

  private Json() {}

  /// Reads one whole document.
  ///
  /// @throws Problem with MALFORMED_REQUEST, naming line and column
  public static @Nullable Object read(byte[] utf8) {
    return read(utf8, 0, utf8.length);
  }

  /// Reads one whole document from a part of an array.
  public static @Nullable Object read(byte[] utf8, int offset, int length) {
    return JsonReader.read(utf8, offset, length);
  }

  /// A parser of what Varve has written itself, for whoever wants little of it.
  public static JsonParser parser(byte[] utf8) {
    return JsonReader.parser(utf8, 0, utf8.length);
  }

  /// A generator that writes compact UTF-8.
  public static JsonGenerator generator(OutputStream out) {
    return FACTORY.createGenerator(ObjectWriteContext.empty(), out);
  }

  /// The bytes that `writer` generates.
  public static byte[] bytes(Consumer<JsonGenerator> writer) {
    ByteArrayOutputStream out = new Counted(512);
    try (JsonGenerator generator = generator(out)) {
      writer.accept(generator);
    }
    return out.toByteArray();
  }

  /// Takes from the allowance of the request what it comes to hold.
  private static final class Counted extends ByteArrayOutputStream {
    private static final int FREE_BYTES = 64 * 1024;
    private int taken = FREE_BYTES;

    Counted(int size) {
      super(size);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      if (count + length > taken) {
        int more = Math.max(taken, length);
        Allowance.current().take(more);
        taken += more;
      }
      super.write(bytes, offset, length);
    }
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
