package dev.varve.face.graphql.document;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import graphql.language.SourceLocation;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// One entry of `errors`, with the code and the details that REST gives.
///
/// @param path to the field of the answer that it is about; empty for an error of the whole request
public record GraphQlError(
    String message,
    Optional<SourceLocation> location,
    List<Object> path,
    ErrorCode code,
    List<FieldError> details) {
  // a message may quote what was sent
  private static final int MESSAGE_LENGTH_MAX = 1_000;

  public GraphQlError {
    if (message.length() > MESSAGE_LENGTH_MAX) {
      message = message.substring(0, MESSAGE_LENGTH_MAX) + "...";
    }
  }

  public static GraphQlError of(
      Problem problem, Optional<SourceLocation> location, List<Object> path) {
    Problem said = ArgumentProblem.of(problem);
    return new GraphQlError(said.text(), location, path, said.code(), said.details());
  }

  public void write(JsonGenerator generator, String requestId) {
    generator.writeStartObject();
    generator.writeStringProperty("message", message);
    location.ifPresent(place -> write(generator, place));
    if (!path.isEmpty()) {
      generator.writeName("path");
      dev.varve.kernel.Json.write(generator, path);
    }
    generator.writeName("extensions");
    generator.writeStartObject();
    generator.writeStringProperty("code", code.name());
    generator.writeName("details");
    generator.writeStartArray();
    for (FieldError detail : details) {
      generator.writeStartObject();
      generator.writeStringProperty("field", detail.field());
      generator.writeStringProperty("message", detail.message());
      generator.writeEndObject();
    }
    generator.writeEndArray();
    generator.writeStringProperty("requestId", requestId);
    generator.writeEndObject();
    generator.writeEndObject();
  }

  private static void write(JsonGenerator generator, SourceLocation place) {
    generator.writeName("locations");
    generator.writeStartArray();
    generator.writeStartObject();
    generator.writeNumberProperty("line", place.getLine());
    generator.writeNumberProperty("column", place.getColumn());
    generator.writeEndObject();
    generator.writeEndArray();
  }
}
