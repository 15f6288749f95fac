package dev.varve.face.openapi;

import static dev.varve.face.openapi.OpenApiNode.node;
import static dev.varve.face.openapi.OpenApiNode.reference;

import dev.varve.face.rest.MomentParameter;
import dev.varve.kernel.ErrorCode;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The schemas of the description that every server has: batches, restores and errors.
final class OpenApiSharedSchemas {
  static final String ERROR = "Varve.Error";
  static final String PROBLEM = "Varve.Problem";
  static final String BATCH = "Varve.Batch";
  static final String BATCH_RESULTS = "Varve.BatchResults";
  static final String RESTORE = "Varve.Restore";
  private static final String ERROR_DETAIL = "Varve.ErrorDetail";

  private OpenApiSharedSchemas() {}

  /// @param operationsMax how many operations a batch may have
  static void addTo(OpenApiNode schemas, Schema schema, int operationsMax) {
    addErrors(schemas);
    addRestore(schemas);
    addBatch(schemas, operationsMax);
    schemas.with(BATCH_RESULTS, batchResults(schema));
    schemas.with(OpenApiEvents.EVENT, OpenApiEvents.event(schema));
    schemas.with(OpenApiGraphQl.RESPONSE, OpenApiGraphQl.response());
    schemas.with(OpenApiGraphQl.EVENT, OpenApiGraphQl.event());
  }

  private static void addErrors(OpenApiNode schemas) {
    schemas.with(
        ERROR_DETAIL,
        node("type", "object")
            .with(
                "properties",
                node(
                        "field",
                        OpenApiSchemas.text(
                            "The path of the field, such as `shipTo.city` or `tags[2]`."))
                    .with("message", OpenApiSchemas.text("What is wrong with it, and what to do.")))
            .with("required", List.of("field", "message")));
    OpenApiNode details = OpenApiSchemas.list(reference("schemas", ERROR_DETAIL));
    OpenApiNode error =
        node("type", "object")
            .with(
                "properties",
                node("code", codes())
                    .with("message", OpenApiSchemas.text("What is wrong, and what to do."))
                    .with("details", details)
                    .with(
                        "requestId",
                        OpenApiSchemas.text("Names the request in the log of the server.")))
            .with("required", List.of("code", "message", "details", "requestId"));
    schemas.with(
        ERROR,
        node("type", "object")
            .with("properties", node("error", error))
            .with("required", List.of("error")));
    schemas.with(PROBLEM, problem(details));
  }

  private static OpenApiNode problem(OpenApiNode details) {
    OpenApiNode properties =
        node("type", node("type", "string").with("format", "uri-reference"))
            .with("title", node("type", "string"))
            .with("status", node("type", "integer"))
            .with("detail", OpenApiSchemas.text("What is wrong, and what to do."))
            .with("code", codes())
            .with("errors", details)
            .with("requestId", OpenApiSchemas.text("Names the request in the log of the server."));
    return node("type", "object")
        .with("description", "The same as RFC 9457, for `Accept: application/problem+json`.")
        .with("properties", properties)
        .with("required", List.copyOf(properties.members().keySet()));
  }

  private static OpenApiNode codes() {
    List<String> codes = new ArrayList<>();
    for (ErrorCode code : ErrorCode.values()) {
      codes.add(code.name());
    }
    return node("type", "string")
        .with("description", "Stable; more may come.")
        .with("examples", codes);
  }

  private static void addRestore(OpenApiNode schemas) {
    schemas.with(
        RESTORE,
        node("description", "Which version to write back: by its number, or by a moment.")
            .with(
                "oneOf",
                List.of(
                    only("version", OpenApiSchemas.number("The version to write back.")).members(),
                    only(MomentParameter.NAME, OpenApiParameters.moment()).members())));
  }

  private static OpenApiNode only(String name, OpenApiNode value) {
    return node("type", "object")
        .with("properties", node(name, value))
        .with("required", List.of(name))
        .with("additionalProperties", false);
  }

  private static void addBatch(OpenApiNode schemas, int operationsMax) {
    OpenApiNode operation =
        node("type", "object")
            .with(
                "properties",
                node(
                        "method",
                        node("type", "string")
                            .with("enum", List.of("POST", "PUT", "PATCH", "DELETE")))
                    .with(
                        "path",
                        OpenApiSchemas.text("Such as `/api/orders`, or `/api/orders/$order.id`."))
                    .with(
                        "body",
                        node("type", List.of("object", "null"))
                            .with(
                                "description",
                                "As the request of its own would have it; `\"$ref.field\"` stands for a value of an earlier operation."))
                    .with(
                        "ref",
                        node("type", List.of("string", "null"))
                            .with("pattern", "^[A-Za-z_][A-Za-z0-9_-]{0,63}$")
                            .with("description", "The name later operations refer to it by."))
                    .with(
                        "ifMatch",
                        node("type", List.of("string", "integer", "null"))
                            .with(
                                "description",
                                "The version of the record as you read it, or what the header `If-Match` would say.")))
            .with("required", List.of("method", "path"))
            .with("additionalProperties", false);
    schemas.with(
        BATCH,
        node("type", "object")
            .with(
                "properties",
                node(
                    "operations",
                    OpenApiSchemas.list(operation)
                        .with("minItems", 1)
                        .with("maxItems", operationsMax)))
            .with("required", List.of("operations"))
            .with("additionalProperties", false));
  }

  private static OpenApiNode batchResults(Schema schema) {
    List<Map<String, ?>> records = new ArrayList<>();
    schema.models().forEach(model -> records.add(OpenApiSchemas.written(model).members()));
    OpenApiNode result =
        node("type", "object")
            .with(
                "properties",
                node("status", node("type", "integer").with("enum", List.of(200, 201, 204)))
                    .with("ref", OpenApiSchemas.text("As the operation gave it."))
                    .with("location", OpenApiSchemas.text("The path of a new record."))
                    .with("etag", OpenApiSchemas.text("The entity tag of the record."))
                    .with("body", node("anyOf", records)))
            .with("required", List.of("status"));
    return node("type", "object")
        .with("properties", node("results", OpenApiSchemas.list(result)))
        .with("required", List.of("results"));
  }
}
