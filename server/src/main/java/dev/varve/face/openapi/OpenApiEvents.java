package dev.varve.face.openapi;

import static dev.varve.face.openapi.OpenApiNode.node;
import static dev.varve.face.openapi.OpenApiNode.reference;

import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.store.log.LogPlace;
import java.util.List;
import java.util.stream.Stream;

/// The change feed in the description.
final class OpenApiEvents {
  static final String EVENT = "Varve.Event";
  private static final String PLACE = "^" + LogPlace.FORM + "(\\.[0-9]{1,9})?$";
  private static final String EXAMPLE =
      """
      id: 5.0
      event: gone
      data: {"position":5,"index":0,"model":"MODEL","id":"ID"}

      """;

  private OpenApiEvents() {}

  static OpenApiNode answers() {
    OpenApiNode stream =
        node("description", "The stream, which goes on until one of both ends it.")
            .with("headers", node("X-Request-Id", reference("headers", "requestId")))
            .with(
                "content",
                node(
                    "text/event-stream",
                    node("schema", reference("schemas", EVENT)).with("example", EXAMPLE)));
    return OpenApiAnswers.all(200, stream, List.of(400, 403, 429));
  }

  /// @param answers from [#answers], and those that every operation has
  static OpenApiNode details(Schema schema, OpenApiNode answers) {
    return node("parameters", parameters(schema)).with("responses", answers);
  }

  /// One message of the stream (HTML, section 9.2). Its data are JSON, of another form for each event.
  static OpenApiNode event(Schema schema) {
    OpenApiNode data =
        node("type", "string")
            .with("contentMediaType", "application/json")
            .with(
                "contentSchema",
                node("anyOf", List.of(change(schema), gone(schema), start(), end())));
    return node("type", "object")
        .with("description", "One message of the stream of changes.")
        .with(
            "properties",
            node(
                    "id",
                    node("type", "string")
                        .with("pattern", PLACE)
                        .with("description", "Where to resume behind it."))
                .with(
                    "event",
                    node("type", "string").with("enum", List.of("start", "change", "gone", "end")))
                .with("data", data)
                .with(
                    "retry",
                    node("type", "integer")
                        .with("minimum", 0)
                        .with("description", "After how many milliseconds to come back.")))
        .with("required", List.of("id", "event", "data"));
  }

  private static OpenApiNode which(Schema schema) {
    List<String> models = schema.models().stream().map(Model::name).toList();
    return node("position", OpenApiSchemas.number("The log position of the change."))
        .with("index", node("type", "integer").with("minimum", 0))
        .with("model", node("type", "string").with("enum", models))
        .with("id", OpenApiFields.id());
  }

  private static OpenApiNode change(Schema schema) {
    List<OpenApiNode> records =
        schema.models().stream().map(model -> reference("schemas", model.name())).toList();
    OpenApiNode properties =
        which(schema)
            .with("operation", node("type", "string"))
            .with("version", OpenApiSchemas.number("The version of the record."))
            .with("at", node("type", "string").with("format", "date-time"))
            .with("actor", node("type", "string"))
            .with("changed", OpenApiSchemas.list(node("type", "string")))
            .with("record", node("anyOf", withNull(records)));
    return object(properties);
  }

  private static List<OpenApiNode> withNull(List<OpenApiNode> records) {
    return Stream.concat(records.stream(), Stream.of(node("type", "null"))).toList();
  }

  private static OpenApiNode gone(Schema schema) {
    return object(which(schema));
  }

  private static OpenApiNode start() {
    return object(node("position", node("type", "integer").with("minimum", 0)));
  }

  private static OpenApiNode end() {
    return object(node("code", node("type", "string")).with("message", node("type", "string")));
  }

  private static OpenApiNode object(OpenApiNode properties) {
    return node("type", "object")
        .with("properties", properties)
        .with("required", List.copyOf(properties.members().keySet()));
  }

  private static List<OpenApiNode> parameters(Schema schema) {
    List<String> models = schema.models().stream().map(Model::name).toList();
    OpenApiNode place = node("type", "string").with("pattern", PLACE);
    return List.of(
        parameter(
                "query",
                "model",
                "The models to hear of; all that may be read when there is none.",
                node("type", "array").with("items", node("type", "string").with("enum", models)))
            .with("style", "form")
            .with("explode", false),
        reference("parameters", "filter"),
        parameter(
            "query",
            "after",
            "Where to resume: the id of the last event, or a log position. Without it the stream starts at the end of the log.",
            place),
        parameter(
            "header",
            "Last-Event-ID",
            "The same, as clients send it that come back by themselves; it goes before `after`.",
            place));
  }

  private static OpenApiNode parameter(
      String in, String name, String description, OpenApiNode schema) {
    return node("name", name)
        .with("in", in)
        .with("description", description)
        .with("schema", schema);
  }
}
