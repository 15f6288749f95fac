package dev.varve.face.openapi;

import static dev.varve.face.openapi.OpenApiNode.node;
import static dev.varve.face.openapi.OpenApiNode.reference;

import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.List;

/// The change feed in the description.
final class OpenApiEvents {
  static final String PATH = "/api/events";
  private static final String PLACE = "^[0-9]{1,18}(\\.[0-9]{1,9})?$";
  private static final String ABOUT =
      """
      Server-sent events: `start` with the position it starts at, `change` for each committed change to a record that
      the caller may read before or after it, `gone` for a record that leaves its sight, and `end` with the reason
      when the server ends the stream. The `id` of an event is where to resume, by `Last-Event-ID` or `after`.

      The stream goes on, so it is nothing to try out on a page: `curl -N 'ORIGIN/api/events?after=0'`
      """;
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
                    node("schema", node("type", "string")).with("example", EXAMPLE)));
    return OpenApiAnswers.all(200, stream, List.of(400, 403, 429));
  }

  /// @param answers from [#answers], and those that every operation has
  static OpenApiNode operation(Schema schema, OpenApiNode answers) {
    return node("operationId", "events")
        .with("summary", "Hear of every change")
        .with("description", ABOUT)
        .with("tags", List.of("Events"))
        .with("parameters", parameters(schema))
        .with("responses", answers);
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
