package dev.varve.face.openapi;

import static dev.varve.face.openapi.OpenApiNode.node;

import java.util.List;

/// What the description says of the routes that are about the server itself.
final class OpenApiServer {
  private static final String JSON = "application/json";
  private static final List<Integer> REFUSALS = List.of(400, 401, 414, 431, 500, 503);

  private OpenApiServer() {}

  static OpenApiNode live() {
    OpenApiNode up = object(node("status", constant("UP")));
    return node("responses", OpenApiAnswers.all(200, answer("It lives.", JSON, up), REFUSALS));
  }

  static OpenApiNode ready() {
    OpenApiNode state = node("type", "string").with("enum", List.of("UP", "DOWN"));
    OpenApiNode checkState = node("type", "string").with("enum", List.of("UP", "WARNING", "DOWN"));
    OpenApiNode check =
        node("type", "object")
            .with("properties", node("status", checkState).with("message", node("type", "string")))
            .with("required", List.of("status"));
    OpenApiNode checks = node("type", "object").with("additionalProperties", check);
    OpenApiNode body = object(node("status", state).with("checks", checks));
    List<Integer> refusals = REFUSALS.stream().filter(status -> status != 503).toList();
    return node(
        "responses",
        OpenApiAnswers.all(200, answer("It can serve.", JSON, body), refusals)
            .with("503", answer("It cannot serve now.", JSON, body)));
  }

  static OpenApiNode keys() {
    OpenApiNode key =
        node("type", "object")
            .with(
                "properties",
                node("kty", node("type", "string")).with("kid", node("type", "string")))
            .with("required", List.of("kty", "kid"))
            .with("additionalProperties", true);
    OpenApiNode keys = object(node("keys", OpenApiSchemas.list(key)));
    return node(
        "responses",
        OpenApiAnswers.all(
            200, answer("The keys (RFC 7517).", "application/jwk-set+json", keys), REFUSALS));
  }

  static OpenApiNode description() {
    OpenApiNode document = node("type", "object").with("additionalProperties", true);
    OpenApiNode answer = answer("The description.", JSON, document);
    return node("parameters", List.of(OpenApiNode.reference("parameters", "ifNoneMatch")))
        .with(
            "responses",
            OpenApiAnswers.all(
                    200,
                    answer.with("headers", OpenApiAnswers.headers("ETag", "X-Request-Id")),
                    REFUSALS)
                .with("304", OpenApiAnswers.unchanged()));
  }

  private static OpenApiNode constant(String value) {
    return node("type", "string").with("enum", List.of(value));
  }

  private static OpenApiNode object(OpenApiNode properties) {
    return node("type", "object")
        .with("properties", properties)
        .with("required", List.copyOf(properties.members().keySet()));
  }

  private static OpenApiNode answer(String description, String mediaType, OpenApiNode schema) {
    return OpenApiAnswers.plain(description)
        .with("content", OpenApiAnswers.content(mediaType, schema));
  }
}
