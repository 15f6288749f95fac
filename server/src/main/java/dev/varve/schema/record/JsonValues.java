package dev.varve.schema.record;

import dev.varve.kernel.Json;
import dev.varve.kernel.Rfc3339;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.FieldType;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// The JSON form of field values: the one of answers, of the log and of stored lists and values.
///
/// Decimal is a string at its full scale, DateTime a string of RFC 3339 in UTC, Date `2026-01-31`, a
/// relation the id as a string.
public final class JsonValues {
  private JsonValues() {}

  /// Writes the value of a field.
  public static void write(JsonGenerator generator, Field field, @Nullable Object value) {
    if (value == null) {
      generator.writeNull();
    } else if (field.list()) {
      generator.writeStartArray();
      for (Object element : (List<?>) value) {
        writeElement(generator, field.type(), element);
      }
      generator.writeEndArray();
    } else {
      writeElement(generator, field.type(), value);
    }
  }

  private static void writeElement(
      JsonGenerator generator, FieldType type, @Nullable Object value) {
    if (value == null) {
      generator.writeNull();
      return;
    }
    switch (type) {
      case ScalarType scalar -> writeScalar(generator, scalar, value);
      case EnumType _, RelationType _ -> generator.writeString((String) value);
      case ValueType valueType -> {
        Map<?, ?> members = (Map<?, ?>) value;
        generator.writeStartObject();
        for (Field field : valueType.fields()) {
          generator.writeName(field.name());
          write(generator, field, members.get(field.name()));
        }
        generator.writeEndObject();
      }
    }
  }

  private static void writeScalar(JsonGenerator generator, ScalarType type, Object value) {
    switch (type) {
      case ID, STRING, UUID, EMAIL, URL -> generator.writeString((String) value);
      case INT, LONG -> generator.writeNumber((Long) value);
      case FLOAT -> generator.writeNumber((Double) value);
      case BOOLEAN -> generator.writeBoolean((Boolean) value);
      case DECIMAL -> generator.writeString(((BigDecimal) value).toPlainString());
      case DATE_TIME -> generator.writeString(Rfc3339.text((Instant) value));
      case DATE -> generator.writeString(value.toString());
      case JSON -> Json.write(generator, value);
    }
  }

  /// The value of a field from what [#write] wrote, read by [Json#read].
  public static @Nullable Object read(Field field, @Nullable Object plain) {
    if (plain == null) {
      return null;
    }
    if (!field.list()) {
      return readElement(field, field.type(), plain);
    }
    List<@Nullable Object> elements = new ArrayList<>();
    for (Object element : (List<?>) plain) {
      elements.add(element == null ? null : readElement(field, field.type(), element));
    }
    return Collections.unmodifiableList(elements);
  }

  private static Object readElement(Field field, FieldType type, Object plain) {
    return switch (type) {
      case ScalarType scalar -> readScalar(field, scalar, plain);
      case EnumType _, RelationType _ -> plain;
      case ValueType valueType -> {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (Field member : valueType.fields()) {
          Object value = read(member, ((Map<?, ?>) plain).get(member.name()));
          if (value != null) {
            members.put(member.name(), value);
          }
        }
        yield Collections.unmodifiableMap(members);
      }
    };
  }

  private static Object readScalar(Field field, ScalarType type, Object plain) {
    return switch (type) {
      // written before the field was kept in lower case, perhaps
      case EMAIL -> field.constraints().kept((String) plain);
      case ID, STRING, UUID, URL, BOOLEAN, JSON, INT, LONG -> plain;
      case FLOAT -> ((Number) plain).doubleValue();
      case DECIMAL -> new BigDecimal((String) plain).setScale(field.scale());
      case DATE_TIME -> Objects.requireNonNull(Rfc3339.instant((String) plain), "no instant");
      case DATE -> Objects.requireNonNull(Rfc3339.date((String) plain), "no date");
    };
  }
}
