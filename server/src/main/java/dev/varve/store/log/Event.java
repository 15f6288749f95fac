package dev.varve.store.log;

import dev.varve.kernel.Json;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.JsonValues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// One change as the log keeps it: names and JSON values as of the schema that wrote it.
///
/// @param model the name the model had then
/// @param set the fields that got a value, by the name they had then; null where a value was cleared
/// @param createdAt when an undeleted record was first created
/// @param was the record before, with the times of its creation and of its last change, where its model keeps
///     no history that could tell
public record Event(
    String model,
    String id,
    Change.Kind kind,
    long version,
    Map<String, @Nullable Object> set,
    Optional<Instant> createdAt,
    OptionalLong restoredVersion,
    Optional<Map<String, @Nullable Object>> was) {

  /// The events of a unit as JSON (UTF-8): an array with an object for each change, in order.
  ///
  /// ```
  /// {"model": "Order", "id": "018f...", "op": "UPDATE", "version": 3,
  ///  "restored": 1, "createdAt": "2026-03-01T09:30:00Z", "set": {"status": "PAID"}, "was": {"status": "DRAFT", ...}}
  /// ```
  ///
  /// | member | there | what |
  /// |---|---|---|
  /// | `op` | always | a [Change.Kind] |
  /// | `version` | always | that the change made; for a deletion the one that it took |
  /// | `restored` | a restore | the older version whose values came back |
  /// | `createdAt` | `UNDELETE` | when the record was first created (RFC 3339, UTC) |
  /// | `set` | but for `DELETE` | the fields that differ from before, as [JsonValues] writes them; null for those that were cleared |
  /// | `was` | the model keeps no history, and there was a record before | its fields with a value, `createdAt` and `updatedAt` |
  ///
  /// System fields but for these follow from the unit: `id`, `version`, and its instant.
  static byte[] write(List<Change> changes) {
    return Json.bytes(generator -> {
      generator.writeStartArray();
      for (Change change : changes) {
        write(generator, change);
      }
      generator.writeEndArray();
    });
  }

  private static void write(JsonGenerator generator, Change change) {
    generator.writeStartObject();
    generator.writeName("model");
    generator.writeString(change.model().name());
    generator.writeName("id");
    generator.writeString(change.id());
    generator.writeName("op");
    generator.writeString(change.kind().name());
    generator.writeName("version");
    generator.writeNumber(change.version());
    if (change.restoredVersion().isPresent()) {
      generator.writeName("restored");
      generator.writeNumber(change.restoredVersion().getAsLong());
    }
    if (change.kind() == Change.Kind.UNDELETE) {
      generator.writeName("createdAt");
      generator.writeString(change.entity().createdAt().toString());
    }
    if (change.after() != null) {
      generator.writeName("set");
      writeSet(generator, change.model(), change.before(), change.after());
    }
    if (change.before() != null && !change.model().history()) {
      generator.writeName("was");
      writeWhole(generator, change.before());
    }
    generator.writeEndObject();
  }

  private static void writeWhole(JsonGenerator generator, Entity entity) {
    generator.writeStartObject();
    for (Field field : entity.model().fields()) {
      Object value = entity.value(field);
      if (!field.system() && value != null) {
        generator.writeName(field.name());
        JsonValues.write(generator, field, value);
      }
    }
    // no field of a model can have these names
    generator.writeStringProperty(Model.CREATED_AT, entity.createdAt().toString());
    generator.writeStringProperty(Model.UPDATED_AT, entity.updatedAt().toString());
    generator.writeEndObject();
  }

  private static void writeSet(
      JsonGenerator generator, Model model, @Nullable Entity before, Entity after) {
    generator.writeStartObject();
    for (Field field : model.fields()) {
      Object was = before == null ? null : before.value(field);
      Object is = after.value(field);
      if (!field.system() && !Objects.equals(was, is)) {
        generator.writeName(field.name());
        JsonValues.write(generator, field, is);
      }
    }
    generator.writeEndObject();
  }

  /// The events of a unit from their JSON.
  ///
  /// @param json as [#write] makes it
  static List<Event> read(byte[] json) {
    List<Event> events = new ArrayList<>();
    for (Object element : (List<?>) Objects.requireNonNull(Json.read(json))) {
      events.add(read((Map<?, ?>) Objects.requireNonNull(element)));
    }
    return events;
  }

  /// A record that an event is about.
  ///
  /// @param model by the name it had then
  public record Target(String model, String id) {}

  /// The records that the events of a unit are about, in their order: all that is wanted by whoever forgets what they were.
  ///
  /// @param json as [#write] makes it
  static List<Target> readTargets(byte[] json) {
    List<Target> targets = new ArrayList<>();
    try (JsonParser parser = Json.parser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        targets.add(readTarget(parser));
      }
    }
    return targets;
  }

  private static Target readTarget(JsonParser parser) {
    String model = null;
    String id = null;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "model" -> model = parser.getString();
        case "id" -> id = parser.getString();
        default -> parser.skipChildren();
      }
    }
    return new Target(Objects.requireNonNull(model), Objects.requireNonNull(id));
  }

  @SuppressWarnings("unchecked")
  private static Event read(Map<?, ?> object) {
    Object set = object.get("set");
    Object createdAt = object.get("createdAt");
    Object restored = object.get("restored");
    Object was = object.get("was");
    return new Event(
        (String) Objects.requireNonNull(object.get("model")),
        (String) Objects.requireNonNull(object.get("id")),
        Change.Kind.valueOf((String) Objects.requireNonNull(object.get("op"))),
        (Long) Objects.requireNonNull(object.get("version")),
        set == null ? Map.of() : (Map<String, @Nullable Object>) set,
        Optional.ofNullable(createdAt).map(text -> Instant.parse((String) text)),
        restored == null ? OptionalLong.empty() : OptionalLong.of((Long) restored),
        Optional.ofNullable((Map<String, @Nullable Object>) was));
  }
}
