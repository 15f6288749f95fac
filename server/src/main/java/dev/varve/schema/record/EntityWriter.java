package dev.varve.schema.record;

import dev.varve.kernel.Json;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;

/// Writes records as JSON objects: all fields in the order of the model, absent ones as null.
public final class EntityWriter {
  private EntityWriter() {}

  /// The record as compact UTF-8.
  public static byte[] render(Entity entity) {
    return Json.bytes(generator -> write(generator, entity, _ -> true));
  }

  /// Writes the record without the fields that are not `visible`.
  public static void write(JsonGenerator generator, Entity entity, Predicate<Field> visible) {
    Model model = entity.model();
    generator.writeStartObject();
    for (Field field : model.fields()) {
      if (visible.test(field)) {
        generator.writeName(model.encodedName(field));
        JsonValues.write(generator, field, entity.value(field));
      }
    }
    generator.writeEndObject();
  }
}
