package dev.varve.lane.query;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Read;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.ScalarType;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.JsonValues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A place in a list, as callers carry it from page to page: opaque text of letters, digits, `-` and `_`.
///
/// It holds a checksum, then a JSON array: what list it is of, how that is sorted, the sort values of the
/// last record of the page before, and its id. The checksum finds damage. It need not keep anybody from
/// making a cursor: all that one does is skip records, which a filter does too.
public final class Cursor {
  private static final int CHECKSUM_BYTES = 4;
  // as much as fits into the longest URL that the listener can be told to take
  private static final int LENGTH_MAX = 1024 * 1024;
  private static final String UNREADABLE =
      "is not a cursor that a list here gave; use one as it was given, or start without a cursor";

  private Cursor() {}

  /// The cursor of a list.
  public static String text(Model model, List<Read.Sort> sorts, Read.Key key) {
    return seal(
        Json.bytes(generator -> {
          generator.writeStartArray();
          generator.writeString(model.name());
          generator.writeString(order(sorts));
          for (int i = 0; i < sorts.size(); i++) {
            JsonValues.write(generator, sorts.get(i).field(), key.values().get(i));
          }
          generator.writeString(key.id());
          generator.writeEndArray();
        }));
  }

  /// The cursor of the versions of a record.
  public static String text(Model model, String id, long beforeVersion) {
    return seal(
        Json.bytes(generator -> {
          generator.writeStartArray();
          generator.writeString(model.name());
          generator.writeString(id);
          generator.writeNumber(beforeVersion);
          generator.writeEndArray();
        }));
  }

  /// The place of a record in a list.
  public static Read.Key key(List<Read.Sort> sorts, Entity entity) {
    List<@Nullable Object> values = new ArrayList<>();
    sorts.forEach(sort -> values.add(entity.value(sort.field())));
    return new Read.Key(Collections.unmodifiableList(values), entity.id());
  }

  /// The place in a list that a cursor names.
  ///
  /// @param sorts how the list is sorted now
  /// @throws Problem with INVALID_CURSOR when no such list gave it
  public static Read.Key key(Model model, List<Read.Sort> sorts, String text) {
    List<?> parts = open(text);
    if (parts.size() < 3 || !model.name().equals(parts.getFirst())) {
      throw wrong("is of another list; start without a cursor");
    }
    String sort = order(sorts);
    if (!sort.equals(parts.get(1)) || parts.size() != sorts.size() + 3) {
      throw wrong(
          "is of the list sorted by '%s'; ask with that sort, or start without a cursor"
              .formatted(parts.get(1)));
    }
    if (!(parts.getLast() instanceof String id) || !isStorable(id)) {
      throw wrong(UNREADABLE);
    }
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < sorts.size(); i++) {
      values.add(value(sorts.get(i).field(), parts.get(i + 2)));
    }
    return new Read.Key(values, id);
  }

  /// The order of a list in one text: `-createdAt,name`.
  private static String order(List<Read.Sort> sorts) {
    return String.join(
        ",",
        sorts.stream()
            .map(sort -> (sort.descending() ? "-" : "") + sort.field().name() + manner(sort))
            .toList());
  }

  private static String manner(Read.Sort sort) {
    return switch (sort.folding()) {
      case EXACT -> "";
      case CASE -> "[ignoreCase]";
      case ACCENTS -> "[ignoreAccents]";
    };
  }

  private static @Nullable Object value(Field field, @Nullable Object plain) {
    if (plain == null) {
      return null;
    }
    if (!isPlain(field, plain) || (plain instanceof String text && !isStorable(text))) {
      throw wrong(UNREADABLE);
    }
    try {
      return JsonValues.read(field, plain);
    } catch (ArithmeticException | DateTimeException | NumberFormatException e) {
      throw wrong(UNREADABLE);
    }
  }

  /// No text of a record has it, and PostgreSQL takes none with it.
  private static boolean isStorable(String text) {
    return text.indexOf('\0') < 0;
  }

  // not held against the constraints of the field: they may be stricter today than when it was
  // stored
  private static boolean isPlain(Field field, Object plain) {
    if (!(field.type() instanceof ScalarType scalar)) {
      return plain instanceof String;
    }
    return switch (scalar) {
      case ID, STRING, UUID, EMAIL, URL, DECIMAL, DATE_TIME, DATE -> plain instanceof String;
      case INT, LONG -> plain instanceof Long;
      case FLOAT -> plain instanceof Number;
      case BOOLEAN -> plain instanceof Boolean;
      case JSON -> false;
    };
  }

  /// The version that a cursor of versions goes on before.
  ///
  /// @throws Problem with INVALID_CURSOR when the versions of this record did not give it
  public static long beforeVersion(Model model, String id, String text) {
    List<?> parts = open(text);
    boolean here =
        parts.size() == 3 && model.name().equals(parts.get(0)) && id.equals(parts.get(1));
    if (!here || !(parts.get(2) instanceof Long version)) {
      throw wrong("is of another list; start without a cursor");
    }
    return version;
  }

  private static Problem wrong(String message) {
    return new Problem(ErrorCode.INVALID_CURSOR, message);
  }

  private static String seal(byte[] content) {
    byte[] sealed =
        ByteBuffer.allocate(CHECKSUM_BYTES + content.length)
            .putInt(checksum(content, 0))
            .put(content)
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
  }

  private static List<?> open(String text) {
    if (text.length() > LENGTH_MAX) {
      throw wrong(UNREADABLE);
    }
    byte[] sealed = bytes(text);
    if (sealed.length <= CHECKSUM_BYTES
        || ByteBuffer.wrap(sealed).getInt() != checksum(sealed, CHECKSUM_BYTES)) {
      throw wrong(UNREADABLE);
    }
    try {
      Object plain = Json.read(sealed, CHECKSUM_BYTES, sealed.length - CHECKSUM_BYTES);
      return plain instanceof List<?> parts ? parts : List.of();
    } catch (Problem malformed) {
      throw wrong(UNREADABLE);
    }
  }

  private static byte[] bytes(String text) {
    try {
      return Base64.getUrlDecoder().decode(text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      throw wrong(UNREADABLE);
    }
  }

  private static int checksum(byte[] bytes, int from) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, from, bytes.length - from);
    return (int) checksum.getValue();
  }
}
