package dev.varve.face.openapi;

import static dev.varve.face.openapi.OpenApiNode.node;
import static dev.varve.face.openapi.OpenApiNode.reference;

import dev.varve.face.rest.Rest;
import dev.varve.net.http.IdempotencyKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The answers of the description: those of success with their headers, and every refusal.
final class OpenApiAnswers {
  private static final String JSON = "application/json";
  private static final String PROBLEM_JSON = "application/problem+json";
  private static final String NOT_MODIFIED = "notModified";

  private static final Map<Integer, String> REFUSALS = new LinkedHashMap<>();

  static {
    REFUSALS.put(400, "Malformed or invalid input, told field by field.");
    REFUSALS.put(401, "Nobody is signed in, or the credentials are not good.");
    REFUSALS.put(403, "No rule of the schema allows it.");
    REFUSALS.put(404, "There is no such record, or none that the caller may know of.");
    REFUSALS.put(
        409,
        "It exists already, or conflicts with the current state, or `Varve-Position` names a position that the log does not have.");
    REFUSALS.put(412, "The record has another version than `If-Match` names.");
    REFUSALS.put(413, "The body is too large, or the unit of work is.");
    REFUSALS.put(414, "The URL is too long.");
    REFUSALS.put(415, "The body is of a media type that is not taken here.");
    REFUSALS.put(
        422,
        "It is well-formed but breaks a rule of the model, refers to a record that is not there, or comes under an `Idempotency-Key` of another request.");
    REFUSALS.put(428, "The write must carry `If-Match`.");
    REFUSALS.put(429, "Too many failed attempts, or streams that are open.");
    REFUSALS.put(431, "The headers are too large.");
    REFUSALS.put(500, "A mistake on the side of the server.");
    REFUSALS.put(502, "A service behind this server failed.");
    REFUSALS.put(503, "The server is overloaded, or its storage takes no writes for now.");
    REFUSALS.put(504, "A service behind this server took too long.");
  }

  private OpenApiAnswers() {}

  /// All refusals as components, by status.
  static OpenApiNode refusals() {
    OpenApiNode refusals = OpenApiNode.empty();
    REFUSALS.forEach(
        (status, description) -> refusals.with(name(status), refusal(status, description)));
    return refusals.with(NOT_MODIFIED, notModified()).with("problem", problem());
  }

  private static String name(int status) {
    return "status" + status;
  }

  private static OpenApiNode refusal(int status, String description) {
    OpenApiNode headers = node("X-Request-Id", reference("headers", "requestId"));
    if (status == 429 || status == 503) {
      headers.with("Retry-After", reference("headers", "retryAfter"));
    }
    return node("description", description)
        .with("headers", headers)
        .with("content", content(JSON, reference("schemas", OpenApiSharedSchemas.ERROR)));
  }

  /// Apart from the answers of the operations: a typed client has one shape of errors then.
  private static OpenApiNode problem() {
    return node(
            "description",
            "What every refusal is to whoever asks for it with `Accept: application/problem+json`.")
        .with("headers", node("X-Request-Id", reference("headers", "requestId")))
        .with("content", content(PROBLEM_JSON, reference("schemas", OpenApiSharedSchemas.PROBLEM)));
  }

  /// The answer to a read of what is still as it was.
  static OpenApiNode unchanged() {
    return reference("responses", NOT_MODIFIED);
  }

  private static OpenApiNode notModified() {
    return node("description", "The answer is still the one that `If-None-Match` names.")
        .with("headers", headers("ETag", "Varve-Position", "X-Request-Id"));
  }

  /// The headers as components.
  static OpenApiNode headers() {
    return node(
            "etag",
            header(
                "The entity tag: of a record its version in quotes, such as `\"7\"`; of a list weak.",
                "string"))
        .with(
            "position",
            header(
                "The log position that the answer shows: `4711`, or `2:4711` once the log has lost its end in a failover.",
                "string"))
        .with("location", header("The path of the new record.", "string"))
        .with(
            "link",
            header("Where the next page is (RFC 8288); not there on the last one.", "string"))
        .with(
            "replayed",
            header(
                "`true` when the answer was given before, under the same `Idempotency-Key`.",
                "string"))
        .with("requestId", header("Names the request: as it was sent, or a new id.", "string"))
        .with("retryAfter", header("After how many seconds to try again.", "integer"));
  }

  private static OpenApiNode header(String description, String type) {
    return node("description", description).with("schema", node("type", type));
  }

  static OpenApiNode headers(String... names) {
    OpenApiNode headers = OpenApiNode.empty();
    for (String name : names) {
      headers.with(name, reference("headers", component(name)));
    }
    return headers;
  }

  private static String component(String header) {
    return switch (header) {
      case "ETag" -> "etag";
      case "Location" -> "location";
      case "Link" -> "link";
      case IdempotencyKey.REPLAYED -> "replayed";
      case Rest.POSITION -> "position";
      default -> "requestId";
    };
  }

  static OpenApiNode content(String mediaType, OpenApiNode schema) {
    return node(mediaType, node("schema", schema));
  }

  /// An answer with JSON.
  ///
  /// @param headers besides `Varve-Position` and `X-Request-Id`
  static OpenApiNode success(String description, OpenApiNode schema, String... headers) {
    return bare(description, headers).with("content", content(JSON, schema));
  }

  /// An answer that has only the headers of every answer.
  static OpenApiNode plain(String description) {
    return node("description", description).with("headers", headers("X-Request-Id"));
  }

  /// An answer without a body.
  static OpenApiNode bare(String description, String... headers) {
    OpenApiNode all = headers(headers);
    headers(Rest.POSITION, "X-Request-Id").members().forEach(all::with);
    return node("description", description).with("headers", all);
  }

  /// Adds a refusal to an operation that may not have it yet.
  static void alsoRefuses(OpenApiNode operation, int status) {
    OpenApiNode answers = OpenApiNode.empty();
    if (operation.get("responses") instanceof Map<?, ?> own) {
      own.forEach((known, answer) -> answers.with(String.valueOf(known), answer));
    }
    operation.with(
        "responses", answers.with(Integer.toString(status), reference("responses", name(status))));
  }

  /// The answers of an operation: its own, then refusals.
  static OpenApiNode all(int status, OpenApiNode success, List<Integer> refusals) {
    OpenApiNode answers = node(Integer.toString(status), success);
    refusals.forEach(
        refusal -> answers.with(Integer.toString(refusal), reference("responses", name(refusal))));
    return answers;
  }
}
