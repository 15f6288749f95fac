package dev.varve.face.graphql.operation;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.Outcome;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.EntityWriter;
import dev.varve.schema.record.JsonValues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What became of a unit of work, as it is kept under an idempotency key: the records, from which the same request
/// is answered again. JSON (UTF-8), an array with an object for each command, in order:
///
/// ```
/// {"model": "Order", "removed": false, "visible": ["id", "total"], "record": {"id": "018f...", "total": "19.90", ...}}
/// ```
///
/// `record` has all fields, as they are after the command, or before it where it removed the record; `visible` names
/// those that the caller might read then, and may be answered with.
final class KeptOutcome {
  private static final String MODEL = "model";
  private static final String RECORD = "record";
  private static final String REMOVED = "removed";
  private static final String VISIBLE = "visible";

  private KeptOutcome() {}

  /// @param outcome whose position and instant are kept beside it
  static byte[] write(Outcome outcome) {
    return Json.bytes(generator -> {
      generator.writeStartArray();
      outcome.results().forEach(result -> write(generator, result));
      generator.writeEndArray();
    });
  }

  private static void write(JsonGenerator generator, Outcome.Result result) {
    Entity entity = result.entity().or(result::removed).orElseThrow();
    generator.writeStartObject();
    generator.writeStringProperty(MODEL, entity.model().name());
    generator.writeName(REMOVED);
    generator.writeBoolean(result.removed().isPresent());
    generator.writeName(VISIBLE);
    generator.writeStartArray();
    entity.model().fields().stream()
        .filter(result.visible())
        .forEach(field -> generator.writeString(field.name()));
    generator.writeEndArray();
    generator.writeName(RECORD);
    EntityWriter.write(generator, entity, _ -> true);
    generator.writeEndObject();
  }

  /// @throws Problem CONFLICT when the schema has changed too much since
  static Outcome read(Schema schema, byte[] kept, long position) {
    List<Outcome.Result> results = new ArrayList<>();
    if (Json.read(kept) instanceof List<?> all) {
      all.forEach(one -> results.add(result(schema, (Map<?, ?>) one)));
    }
    return new Outcome(position, Instant.EPOCH, results);
  }

  private static Outcome.Result result(Schema schema, Map<?, ?> kept) {
    Model model =
        schema
            .model(String.valueOf(kept.get(MODEL)))
            .orElseThrow(() ->
                new Problem(
                    ErrorCode.CONFLICT,
                    "The request was carried out before, under a schema whose answer can no longer be given"));
    Entity entity = entity(model, (Map<?, ?>) kept.get(RECORD));
    boolean removed = Boolean.TRUE.equals(kept.get(REMOVED));
    List<?> visible = kept.get(VISIBLE) instanceof List<?> names ? names : List.of();
    return new Outcome.Result(
        removed ? Optional.empty() : Optional.of(entity),
        removed ? Optional.of(entity) : Optional.empty(),
        false,
        field -> visible.contains(field.name()));
  }

  private static Entity entity(Model model, @Nullable Map<?, ?> kept) {
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    for (Field field : model.fields()) {
      values[field.ordinal()] =
          kept == null ? null : JsonValues.read(field, kept.get(field.name()));
    }
    return new Entity(model, values);
  }
}
