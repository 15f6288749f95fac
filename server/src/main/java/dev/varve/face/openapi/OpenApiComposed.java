package dev.varve.face.openapi;

import static dev.varve.face.openapi.OpenApiNode.node;
import static dev.varve.face.openapi.OpenApiNode.reference;

import dev.varve.face.rest.Rest;
import dev.varve.net.http.Route;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the description says of answers that are made of others.
final class OpenApiComposed {
  private static final List<Integer> REFUSALS =
      List.of(400, 401, 403, 404, 413, 414, 422, 429, 431, 500, 502, 503, 504);
  private static final String SUCCESS = "All parts that must not fail have not.";
  private static final String ERRORS = "errors";

  private OpenApiComposed() {}

  /// Parameters and answers.
  static OpenApiNode details(Schema schema, Route.Composed composed) {
    List<OpenApiNode> parameters = new ArrayList<>();
    for (String variable : composed.variables()) {
      parameters.add(
          node("name", variable)
              .with("in", "path")
              .with("required", true)
              .with("schema", node("type", "string").with("minLength", 1)));
    }
    boolean own = composed.parts().stream().anyMatch(Route.Composed.Part::own);
    if (own) {
      parameters.add(reference("parameters", "asOf"));
    }
    OpenApiNode object = object(schema, composed);
    OpenApiNode answer =
        own
            ? OpenApiAnswers.success(SUCCESS, object)
            : OpenApiAnswers.plain(SUCCESS)
                .with("content", OpenApiAnswers.content("application/json", object));
    return node("parameters", parameters)
        .with("responses", OpenApiAnswers.all(200, answer, REFUSALS));
  }

  private static OpenApiNode object(Schema schema, Route.Composed composed) {
    OpenApiNode properties = OpenApiNode.empty();
    List<String> required = new ArrayList<>();
    boolean flat = false;
    for (Route.Composed.Part part : composed.parts()) {
      if (part.flat()) {
        flat = true;
      } else {
        properties.with(part.name(), part(schema, part));
        if (part.required()) {
          required.add(part.name());
        }
      }
    }
    properties.with(ERRORS, errors());
    return node("type", "object")
        .with("properties", properties)
        .with("required", required.isEmpty() ? null : required)
        .with("additionalProperties", flat ? true : null);
  }

  private static OpenApiNode part(Schema schema, Route.Composed.Part part) {
    return part.like()
        .flatMap(pattern -> like(schema, pattern))
        .map(name -> reference("schemas", name))
        .orElseGet(() -> node("description", "As its source answers."));
  }

  /// The schema of what a route answers.
  private static Optional<String> like(Schema schema, String pattern) {
    for (Model model : schema.models()) {
      String all = Rest.ROOT + model.path();
      if (pattern.equals(all)) {
        return Optional.of(OpenApiSchemas.page(model));
      }
      if (pattern.startsWith(all + "/{")) {
        return Optional.of(OpenApiSchemas.expanded(model));
      }
    }
    return Optional.empty();
  }

  private static OpenApiNode errors() {
    OpenApiNode error =
        node("type", "object")
            .with(
                "properties",
                node("status", node("type", "integer"))
                    .with("code", node("type", "string"))
                    .with("message", OpenApiSchemas.text("What went wrong.")))
            .with("required", List.of("status", "code", "message"));
    return node("type", "object")
        .with("description", "The parts that failed, by name; not there when none has.")
        .with("additionalProperties", error);
  }
}
