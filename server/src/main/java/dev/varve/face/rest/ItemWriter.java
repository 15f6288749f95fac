package dev.varve.face.rest;

import dev.varve.lane.access.Read;
import dev.varve.lane.query.Cursor;
import dev.varve.lane.query.Item;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.JsonValues;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// Writes a record as its caller may see it, with the related records that were asked for: one in place of
/// the id that refers to it, many under the name of their relation.
public final class ItemWriter {
  /// Follows the name of a to-many relation to make the name of its cursor.
  public static final String NEXT_CURSOR = "NextCursor";

  private final Schema schema;

  ItemWriter(Schema schema) {
    this.schema = schema;
  }

  void write(JsonGenerator generator, Item item) {
    Entity entity = item.entity();
    generator.writeStartObject();
    for (Field field : entity.model().fields()) {
      if (!item.related().isEmpty()
          && item.related().get(field.name()) instanceof Item.Related.One one) {
        generator.writeName(field.name());
        writeOne(generator, one);
      } else if (item.visible().test(field)) {
        generator.writeName(field.name());
        JsonValues.write(generator, field, entity.value(field));
      }
    }
    if (!item.related().isEmpty()) {
      writeMany(generator, item);
    }
    generator.writeEndObject();
  }

  private void writeOne(JsonGenerator generator, Item.Related.One one) {
    if (one.item().isPresent()) {
      write(generator, one.item().get());
    } else {
      generator.writeNull();
    }
  }

  private void writeMany(JsonGenerator generator, Item item) {
    for (HasMany many : item.entity().model().hasMany()) {
      if (item.related().get(many.name()) instanceof Item.Related.Many related) {
        writeMany(generator, many, related);
      }
    }
  }

  private void writeMany(JsonGenerator generator, HasMany many, Item.Related.Many related) {
    generator.writeName(many.name());
    generator.writeStartArray();
    for (Item item : related.items()) {
      write(generator, item);
    }
    generator.writeEndArray();
    if (related.next().isPresent()) {
      Model target = schema.require(many.target());
      generator.writeName(many.name() + NEXT_CURSOR);
      generator.writeString(Cursor.text(target, UNSORTED, related.next().get()));
    }
  }

  // related records are in the order of their ids, as a list without sort is
  private static final List<Read.Sort> UNSORTED = List.of();
}
