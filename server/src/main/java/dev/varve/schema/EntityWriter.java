package dev.varve.schema;

import dev.varve.kernel.Json;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;

/// Renders records as JSON.
public final class EntityWriter {
  private EntityWriter() {}

  /// All fields of a record, in the order of the model.
  public static byte[] render(Entity entity) {
    return Json.bytes(generator -> write(generator, entity, field -> true));
  }

  /// The fields of a record that are to be seen.
  public static void write(JsonGenerator generator, Entity entity, Predicate<Field> visible) {
    generator.writeStartObject();
    for (Field field : entity.model().fields()) {
      if (visible.test(field)) {
        generator.writeName(field.name());
        JsonValues.write(generator, field, entity.value(field));
      }
    }
    generator.writeEndObject();
  }
}
