package dev.varve.face.gateway.aggregate;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/// What came of all parts, as JSON: each under its name, in the order of the file, and behind them those that failed.
///
/// ```
/// {"order": {...}, "errors": {"parcel": {"status": 504, "code": "UPSTREAM_TIMEOUT", "message": "..."}}}
/// ```
final class AggregateAnswer {
  private final List<Part> parts;
  private final Map<String, PartOutcome> outcomes;

  AggregateAnswer(List<Part> parts, Map<String, PartOutcome> outcomes) {
    this.parts = parts;
    this.outcomes = outcomes;
  }

  byte[] bytes() {
    return Json.bytes(this::write);
  }

  private void write(JsonGenerator generator) {
    Set<String> taken = new LinkedHashSet<>();
    taken.add(AggregateSettings.ERRORS);
    parts.stream().filter(part -> !part.shape().flatten()).map(Part::name).forEach(taken::add);
    Map<String, Problem> failed = new LinkedHashMap<>();
    generator.writeStartObject();
    for (Part part : parts) {
      switch (outcomes.get(part.name())) {
        case PartOutcome.Found(Object value) when part.shape().flatten() ->
            writeMembers(generator, value instanceof Map<?, ?> members ? members : Map.of(), taken);
        case PartOutcome.Found(Object value) -> {
          generator.writeName(part.name());
          Json.write(generator, value);
        }
        case PartOutcome.Failed(Problem problem) -> failed.put(part.name(), problem);
        case null -> throw new IllegalStateException(part.name());
      }
    }
    if (!failed.isEmpty()) {
      writeErrors(generator, failed);
    }
    generator.writeEndObject();
  }

  /// A name that is taken stays with whoever has it.
  private static void writeMembers(JsonGenerator generator, Map<?, ?> members, Set<String> taken) {
    for (Map.Entry<?, ?> member : members.entrySet()) {
      String name = String.valueOf(member.getKey());
      if (taken.add(name)) {
        generator.writeName(name);
        Json.write(generator, member.getValue());
      }
    }
  }

  private static void writeErrors(JsonGenerator generator, Map<String, Problem> failed) {
    generator.writeName(AggregateSettings.ERRORS);
    generator.writeStartObject();
    failed.forEach((part, problem) -> {
      generator.writeName(part);
      generator.writeStartObject();
      generator.writeNumberProperty("status", problem.code().status());
      generator.writeStringProperty("code", problem.code().name());
      generator.writeStringProperty("message", message(problem));
      generator.writeEndObject();
    });
    generator.writeEndObject();
  }

  /// With the details, which have no place of their own here.
  static String message(Problem problem) {
    StringBuilder message = new StringBuilder(problem.text());
    for (FieldError detail : problem.details()) {
      message.append("; ").append(detail.field()).append(' ').append(detail.message());
    }
    return message.toString();
  }
}
