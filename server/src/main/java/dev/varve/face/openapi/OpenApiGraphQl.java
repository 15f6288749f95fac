package dev.varve.face.openapi;

import static dev.varve.face.openapi.OpenApiNode.node;
import static dev.varve.face.openapi.OpenApiNode.reference;

import dev.varve.face.rest.Rest;
import dev.varve.schema.GraphQlNames;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.List;

/// The GraphQL face in the description: how to ask. What can be asked for, GraphQL tells itself.
final class OpenApiGraphQl {
  static final String PATH = "/graphql";
  static final String TAG = "GraphQL";
  static final String RESPONSE = "Varve.GraphQlResponse";
  private static final String JSON = "application/json";
  private static final String GRAPHQL = "application/graphql-response+json";
  private static final String EVENTS = "text/event-stream";
  private static final String ABOUT =
      """
      A query, or a mutation whose fields are one unit of work, or a subscription with `Accept: text/event-stream`.
      `query @asOf(at: "position:1") { ... }` reads the past. Subscriptions go over WebSockets too (graphql-transport-ws).
      Under `varve dev` a browser gets GraphiQL at [/graphql](/graphql), which knows all types.
      """;

  private OpenApiGraphQl() {}

  static OpenApiNode operations(Schema schema) {
    return node("get", get()).with("post", post(schema));
  }

  private static OpenApiNode get() {
    return node("operationId", "queryGraphQl")
        .with("summary", "Read, in one URL; no mutations")
        .with("tags", List.of(TAG))
        .with(
            "parameters",
            List.of(
                parameter("query", "The document."),
                parameter("operationName", "Which of its operations, when it has several."),
                parameter("variables", "A JSON object."),
                parameter("extensions", "A JSON object.")))
        .with("responses", answers());
  }

  private static OpenApiNode parameter(String name, String description) {
    return node("name", name)
        .with("in", "query")
        .with("description", description)
        .with("schema", node("type", "string"));
  }

  private static OpenApiNode post(Schema schema) {
    OpenApiNode example = node("query", "{ __typename }");
    schema.models().stream()
        .findFirst()
        .ifPresent(model ->
            example.with(
                "query", "{ %s(limit: 5) { %s } }".formatted(GraphQlNames.many(model), Model.ID)));
    OpenApiNode content = node("schema", request()).with("example", example);
    return node("operationId", "graphQl")
        .with("summary", "Read, change or listen")
        .with("description", ABOUT)
        .with("tags", List.of(TAG))
        .with("parameters", List.of(reference("parameters", "idempotencyKey")))
        .with("requestBody", node("required", true).with("content", node(JSON, content)))
        .with("responses", answers());
  }

  private static OpenApiNode request() {
    return node("type", "object")
        .with(
            "properties",
            node("query", node("type", List.of("string", "null")))
                .with("operationName", node("type", List.of("string", "null")))
                .with("variables", node("type", List.of("object", "null")))
                .with("extensions", node("type", List.of("object", "null"))));
  }

  private static OpenApiNode answers() {
    return node(
            "200",
            answer(
                    "RootResults out; to whoever takes `application/json` alone also what is refused.")
                .with("headers", headers(true)))
        .with(
            "294",
            answer("RootResults out; `errors` says which fields, or all, have none.")
                .with("headers", headers(true)))
        .with("4XX", answer("Refused; `errors` says why.").with("headers", headers(false)))
        .with("5XX", answer("Not carried out; `errors` says why.").with("headers", headers(false)));
  }

  private static OpenApiNode headers(boolean shows) {
    OpenApiNode headers = node("X-Request-Id", reference("headers", "requestId"));
    return shows ? headers.with(Rest.POSITION, reference("headers", "position")) : headers;
  }

  private static OpenApiNode answer(String description) {
    OpenApiNode response = node("schema", reference("schemas", RESPONSE));
    return node("description", description)
        .with(
            "content",
            node(GRAPHQL, response)
                .with(JSON, response)
                .with(EVENTS, node("schema", node("type", "string"))));
  }

  /// What every answer is.
  static OpenApiNode response() {
    OpenApiNode details =
        node("type", "object")
            .with(
                "properties",
                node("code", node("type", "string"))
                    .with("details", node("type", "array").with("items", node("type", "object")))
                    .with("requestId", node("type", "string")));
    OpenApiNode location =
        node("type", "object")
            .with(
                "properties",
                node("line", node("type", "integer")).with("column", node("type", "integer")));
    OpenApiNode error =
        node("type", "object")
            .with(
                "properties",
                node("message", node("type", "string"))
                    .with("locations", node("type", "array").with("items", location))
                    .with(
                        "path",
                        node("type", "array")
                            .with("items", node("type", List.of("string", "integer"))))
                    .with("extensions", details))
            .with("required", List.of("message"));
    return node("type", "object")
        .with(
            "properties",
            node("data", node("type", List.of("object", "null")))
                .with("errors", node("type", "array").with("items", error))
                .with("extensions", node("type", "object")));
  }
}
