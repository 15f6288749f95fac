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
  static final String EVENT = "Varve.GraphQlEvent";
  static final String RESPONSE = "Varve.GraphQlResponse";
  private static final String JSON = "application/json";
  private static final String GRAPHQL = "application/graphql-response+json";
  private static final String EVENTS = "text/event-stream";
  private static final String OBJECT = "^\\s*\\{[\\s\\S]*\\}\\s*$";

  private OpenApiGraphQl() {}

  static OpenApiNode get() {
    return node(
            "parameters",
            List.of(
                parameter("query", "The document.", text().with("minLength", 1))
                    .with("required", true),
                parameter("operationName", "Which of its operations, when it has several.", text()),
                parameter("variables", "A JSON object.", text().with("pattern", OBJECT)),
                parameter("extensions", "A JSON object.", text().with("pattern", OBJECT))))
        .with("responses", answers());
  }

  private static OpenApiNode text() {
    return node("type", "string");
  }

  private static OpenApiNode parameter(String name, String description, OpenApiNode schema) {
    return node("name", name)
        .with("in", "query")
        .with("description", description)
        .with("schema", schema);
  }

  static OpenApiNode post(Schema schema) {
    OpenApiNode example = node("query", "{ __typename }");
    schema.models().stream()
        .findFirst()
        .ifPresent(model ->
            example.with(
                "query", "{ %s(limit: 5) { %s } }".formatted(GraphQlNames.many(model), Model.ID)));
    OpenApiNode content = node("schema", request()).with("example", example);
    return node("parameters", List.of(reference("parameters", "idempotencyKey")))
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
            answered("Carried out; to whoever takes `application/json` alone also what is refused.")
                .with("headers", headers(true)))
        .with(
            "294",
            answer("Carried out; `errors` says which fields, or all, have none.")
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
        .with("content", node(GRAPHQL, response).with(JSON, response));
  }

  private static OpenApiNode answered(String description) {
    OpenApiNode response = node("schema", reference("schemas", RESPONSE));
    return node("description", description)
        .with(
            "content",
            node(GRAPHQL, response)
                .with(JSON, response)
                .with(EVENTS, node("schema", reference("schemas", EVENT))));
  }

  /// One message of a subscription (GraphQL over server-sent events).
  static OpenApiNode event() {
    return node("type", "object")
        .with("description", "One message of a subscription.")
        .with(
            "properties",
            node("event", node("type", "string").with("enum", List.of("next", "complete")))
                .with(
                    "data",
                    node("type", "string")
                        .with("contentMediaType", "application/json")
                        .with("contentSchema", reference("schemas", RESPONSE))))
        .with("required", List.of("event", "data"));
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
