package dev.varve.face.graphql;

import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;

/// A refusal as GraphQL tells it.
final class GraphQlErrors {
  private GraphQlErrors() {}

  /// A list with one error.
  static byte[] of(Problem problem) {
    return Json.bytes(json -> {
      json.writeStartArray();
      json.writeStartObject();
      json.writeStringProperty("message", problem.text());
      json.writeName("extensions");
      json.writeStartObject();
      json.writeStringProperty("code", problem.code().name());
      problem
          .retryAfterSeconds()
          .ifPresent(seconds -> json.writeNumberProperty("retryAfterSeconds", seconds));
      json.writeEndObject();
      json.writeEndObject();
      json.writeEndArray();
    });
  }
}
