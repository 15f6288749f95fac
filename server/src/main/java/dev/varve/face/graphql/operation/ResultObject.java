package dev.varve.face.graphql.operation;

import dev.varve.kernel.Json;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// An object of the answer: a value for each field.
record ResultObject(List<CollectedField> fields, @Nullable Object[] values) {
  void write(JsonGenerator generator) {
    generator.writeStartObject();
    for (int i = 0; i < values.length; i++) {
      generator.writeName(fields.get(i).key());
      writeValue(generator, values[i]);
    }
    generator.writeEndObject();
  }

  /// Writes a value of the answer, an object or any other.
  static void writeValue(JsonGenerator generator, @Nullable Object value) {
    switch (value) {
      case ResultObject object -> object.write(generator);
      case List<?> elements -> {
        generator.writeStartArray();
        for (Object element : elements) {
          writeValue(generator, element);
        }
        generator.writeEndArray();
      }
      case BigDecimal number -> generator.writeNumber(number);
      case null, default -> Json.write(generator, value);
    }
  }
}
