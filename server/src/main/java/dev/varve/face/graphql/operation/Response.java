package dev.varve.face.graphql.operation;

import dev.varve.face.graphql.document.GraphQlError;
import dev.varve.face.graphql.document.RequestRefused;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// A GraphQL response (GraphQL specification, section 7).
///
/// @param status of its own request
/// @param executed whether it has `data`, be it null; a request that was refused has none
/// @param position the log position that it shows, when it shows any
/// @param replayed whether it was carried out before, under its idempotency key
public record Response(
    int status,
    boolean executed,
    @Nullable Object data,
    List<GraphQlError> errors,
    OptionalLong position,
    Map<String, Object> extensions,
    boolean replayed) {
  private static final int OK = 200;
  // https://graphql.github.io/graphql-over-http/draft/#sec-Partial-success
  private static final int PARTIAL_SUCCESS = 294;

  static Response executed(
      @Nullable Object data,
      List<GraphQlError> errors,
      OptionalLong position,
      Map<String, Object> extensions,
      boolean replayed) {
    int status = errors.isEmpty() ? OK : PARTIAL_SUCCESS;
    return new Response(status, true, data, errors, position, extensions, replayed);
  }

  /// @param status of the request it is the answer to
  public static Response refused(RequestRefused refusal, int status) {
    return new Response(
        status, false, null, refusal.errors(), OptionalLong.empty(), Map.of(), false);
  }

  public void write(JsonGenerator generator, String requestId) {
    generator.writeStartObject();
    // first, as the specification advises: whoever reads the answer sees them
    if (!errors.isEmpty()) {
      generator.writeName("errors");
      generator.writeStartArray();
      errors.forEach(error -> error.write(generator, requestId));
      generator.writeEndArray();
    }
    if (executed) {
      generator.writeName("data");
      ResultObject.writeValue(generator, data);
    }
    if (position.isPresent() || !extensions.isEmpty()) {
      writeExtensions(generator);
    }
    generator.writeEndObject();
  }

  private void writeExtensions(JsonGenerator generator) {
    generator.writeName("extensions");
    generator.writeStartObject();
    if (position.isPresent()) {
      generator.writeNumberProperty("position", position.getAsLong());
    }
    extensions.forEach((name, value) -> {
      generator.writeName(name);
      ResultObject.writeValue(generator, value);
    });
    generator.writeEndObject();
  }
}
