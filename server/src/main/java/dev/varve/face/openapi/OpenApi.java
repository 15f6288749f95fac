package dev.varve.face.openapi;

import static dev.varve.face.openapi.OpenApiNode.node;
import static dev.varve.face.openapi.OpenApiNode.reference;

import dev.varve.face.auth.Accounts;
import dev.varve.face.events.Events;
import dev.varve.face.gateway.aggregate.Aggregates;
import dev.varve.face.graphql.GraphQl;
import dev.varve.face.openapi.OpenApiFields.Mode;
import dev.varve.face.rest.RecordWrites;
import dev.varve.face.rest.Rest;
import dev.varve.face.rest.RestSettings;
import dev.varve.kernel.Json;
import dev.varve.lane.access.Access;
import dev.varve.net.http.Health;
import dev.varve.net.http.IdempotencyKey;
import dev.varve.net.http.Route;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The description of every face (OpenAPI 3.1), made from the schema and the routes.
final class OpenApi {
  private static final String BEARER = "bearer";
  private static final String ABOUT =
      """
      Every model of the schema is a resource. What all of them have in common:

      - **Who asks.** Most rules want to know. `POST /auth/sign-in` gives an access token for
        `Authorization: Bearer ...`; on this page, signing in there is enough.
      - **Pages.** A list gives `nextCursor` and `Link: <...>; rel="next"` until it ends.
      - **Concurrency.** The `ETag` of a record is its version. A write with `If-Match` happens only to that
        version, else it is refused with 412. A read with `If-None-Match` is answered with 304 when nothing changed.
      - **Repeating.** A write under an `Idempotency-Key` is carried out once, however often it is sent.
      - **Time.** `asOf` reads the state as of an instant or a log position. `Varve-Position` names the position
        that an answer shows.
      - **Numbers.** A Decimal travels as text at its full scale (`"19.90"`); numbers are taken too.
      - **Errors** have one shape, `Varve.Error`. Whoever sends `Accept: application/problem+json` gets
        `Varve.Problem` (RFC 9457) in its place, with the same status.
      - **GraphQL.** The same records under the same rules, as trees, are at `/graphql`.
      """;

  private final Schema schema;
  private final RestSettings settings;
  private final Access access;
  // parameters, bodies and answers of routes that follow from the schema, by route
  private final Map<String, OpenApiNode> details = new LinkedHashMap<>();

  private OpenApi(Schema schema, RestSettings settings, Access access) {
    this.schema = schema;
    this.settings = settings;
    this.access = access;
  }

  /// The document as JSON (UTF-8).
  ///
  /// @param version of the schema
  /// @param routes all that are served; those that are unlisted are left out
  /// @throws IllegalStateException when a route is nowhere described, or what is described has no route
  static byte[] document(
      Schema schema, int version, RestSettings settings, Access access, List<Route> routes) {
    OpenApiNode document = new OpenApi(schema, settings, access).document(version, routes);
    return Json.bytes(generator -> Json.write(generator, document.members()));
  }

  private OpenApiNode document(int version, List<Route> routes) {
    schema.models().forEach(this::add);
    details.put("POST " + Rest.BATCH, batch());
    details.put(
        "GET " + Events.PATH,
        OpenApiEvents.details(schema, withEverywhere(OpenApiEvents.answers())));
    details.put("GET " + GraphQl.PATH, OpenApiGraphQl.get());
    details.put("POST " + GraphQl.PATH, OpenApiGraphQl.post(schema));
    details.values().forEach(OpenApi::reaching);
    details.put("GET " + Health.LIVE_PATH, OpenApiServer.live());
    details.put("GET " + Health.READY_PATH, OpenApiServer.ready());
    details.put("GET " + Accounts.KEYS_PATH, OpenApiServer.keys());
    details.put("GET " + ApiDescription.PATH, OpenApiServer.description());
    return node("openapi", "3.1.1")
        .with(
            "info",
            node("title", "Varve")
                .with("version", Integer.toString(version))
                .with("description", ABOUT))
        .with("servers", List.of(node("url", "/")))
        .with("tags", tags(routes))
        .with("paths", paths(routes))
        .with("components", components());
  }

  /// What shows records takes the position that it is to have come to.
  private static void reaching(OpenApiNode operation) {
    List<Object> parameters = new ArrayList<>();
    if (operation.get("parameters") instanceof List<?> own) {
      parameters.addAll(own);
    }
    parameters.add(reference("parameters", "position"));
    operation.with("parameters", parameters);
    OpenApiAnswers.alsoRefuses(operation, 409);
  }

  private OpenApiNode paths(List<Route> routes) {
    Map<String, OpenApiNode> paths = new LinkedHashMap<>();
    for (Route route : routes) {
      if (route.about() instanceof Route.Operation about) {
        paths
            .computeIfAbsent(route.pattern(), OpenApi::path)
            .with(route.method().toLowerCase(Locale.ROOT), operation(route, about));
      }
    }
    if (!details.isEmpty()) {
      throw new IllegalStateException("These are described and have no route: " + details.keySet());
    }
    OpenApiNode all = OpenApiNode.empty();
    paths.forEach(all::with);
    return all;
  }

  private static OpenApiNode path(String pattern) {
    List<OpenApiNode> parameters = new ArrayList<>();
    for (String segment : pattern.split("/", -1)) {
      if (segment.equals("{id}")) {
        parameters.add(reference("parameters", "id"));
      } else if (segment.startsWith("{")) {
        parameters.add(OpenApiParameters.path(segment.substring(1, segment.length() - 1)));
      }
    }
    return parameters.isEmpty() ? OpenApiNode.empty() : node("parameters", parameters);
  }

  private OpenApiNode operation(Route route, Route.Operation about) {
    OpenApiNode operation =
        node("operationId", about.operation())
            .with("summary", about.summary())
            .with("description", about.text())
            .with("tags", List.of(about.tag()))
            .with("security", security(about.caller()));
    details(route, about).members().forEach(operation::with);
    return operation;
  }

  /// Nothing for what is open to all alike: pages put a lock on whatever names a way to sign in.
  private static @Nullable List<OpenApiNode> security(Route.Caller caller) {
    OpenApiNode bearer = node(BEARER, List.of());
    return switch (caller) {
      case ANYBODY -> null;
      case ANYBODY_OR_KNOWN -> List.of(OpenApiNode.empty(), bearer);
      case KNOWN, ACCOUNT, ADMINISTRATOR -> List.of(bearer);
    };
  }

  private OpenApiNode details(Route route, Route.Operation about) {
    OpenApiObjects objects = new OpenApiObjects(schema.account());
    return switch (about.content()) {
      case Route.Objects content -> objects.details(route, content, about.summary());
      case Route.Page page -> objects.details(page, about.summary());
      case Route.Composed composed -> OpenApiComposed.details(schema, composed);
      case Route.Special _ -> {
        OpenApiNode special = details.remove(route.key());
        if (special == null) {
          throw new IllegalStateException("Nothing says what goes in and out at " + route.key());
        }
        yield special;
      }
    };
  }

  private List<OpenApiNode> tags(List<Route> routes) {
    List<OpenApiNode> tags = new ArrayList<>();
    for (Model model : schema.models()) {
      String own = model.description();
      tags.add(tag(model.name(), own.isEmpty() ? "Records of %s.".formatted(model.name()) : own));
    }
    tags.add(tag(Rest.BATCH_TAG, "Many operations, all or nothing."));
    tags.add(tag(Accounts.TAG, "Signing up and in, and what belongs to it."));
    tags.add(tag(Events.TAG, "Every change, as it is committed."));
    tags.add(tag(GraphQl.TAG, "The same records as trees."));
    if (routes.stream().anyMatch(OpenApi::isAggregate)) {
      tags.add(tag(Aggregates.TAG, "Answers made of others, of this server and of services."));
    }
    tags.add(tag(Health.TAG, "The server itself: whether it is well, and what it offers."));
    return tags;
  }

  private static boolean isAggregate(Route route) {
    return route.about() instanceof Route.Operation about && about.tag().equals(Aggregates.TAG);
  }

  private static OpenApiNode tag(String name, String description) {
    return node("name", name).with("description", description);
  }

  private OpenApiNode components() {
    return node("schemas", OpenApiSchemas.of(schema, access, settings.batchOperationsMax()))
        .with("parameters", OpenApiParameters.shared())
        .with("responses", OpenApiAnswers.refusals())
        .with("headers", OpenApiAnswers.headers())
        .with(
            "securitySchemes",
            node(
                BEARER,
                node("type", "http")
                    .with("scheme", "bearer")
                    .with(
                        "description",
                        "An access token, which `POST /auth/sign-in` gives, or an API key.")));
  }

  private void add(Model model) {
    String all = Rest.ROOT + model.path();
    String one = all + "/{id}";
    details.put("GET " + all, list(model));
    details.put("POST " + all, create(model));
    details.put("GET " + one, read(model));
    details.put("PUT " + one, replace(model));
    details.put("PATCH " + one, merge(model));
    details.put("DELETE " + one, delete());
    if (model.history()) {
      details.put("GET " + one + "/history", history(model));
      details.put("POST " + one + "/restore", restore(model));
    }
  }

  private OpenApiNode list(Model model) {
    OpenApiNode page =
        OpenApiAnswers.success(
            "A page.", reference("schemas", OpenApiSchemas.page(model)), "ETag", "Link");
    return node("parameters", OpenApiParameters.ofList(model))
        .with("responses", readAnswers(page, List.of(400, 401, 403)));
  }

  private static OpenApiNode readAnswers(OpenApiNode success, List<Integer> refusals) {
    OpenApiNode answers = OpenApiAnswers.all(200, success, refusals);
    OpenApiNode all = node("200", success).with("304", OpenApiAnswers.unchanged());
    answers.members().forEach(all::with);
    return withEverywhere(all);
  }

  private static OpenApiNode withEverywhere(OpenApiNode answers) {
    for (int status : List.of(414, 431, 500, 503)) {
      answers.with(Integer.toString(status), reference("responses", "status" + status));
    }
    return answers;
  }

  private OpenApiNode read(Model model) {
    OpenApiNode record =
        OpenApiAnswers.success(
            "The record.", reference("schemas", OpenApiSchemas.expanded(model)), "ETag");
    return node("parameters", OpenApiParameters.ofOne(model))
        .with("responses", readAnswers(record, List.of(400, 401, 403, 404)));
  }

  private OpenApiNode history(Model model) {
    OpenApiNode versions =
        OpenApiAnswers.success(
            "A page of versions, newest first.",
            reference("schemas", OpenApiSchemas.versions(model)),
            "Link");
    return node(
            "parameters",
            List.of(reference("parameters", "limit"), reference("parameters", "cursor")))
        .with(
            "responses",
            withEverywhere(OpenApiAnswers.all(200, versions, List.of(400, 401, 403, 404))));
  }

  private OpenApiNode create(Model model) {
    OpenApiNode created =
        OpenApiAnswers.success(
            "It was created.",
            OpenApiSchemas.written(model),
            "ETag",
            "Location",
            IdempotencyKey.REPLAYED);
    return node("parameters", List.of(reference("parameters", "idempotencyKey")))
        .with("requestBody", body(model, Mode.CREATE, RecordWrites.JSON))
        .with(
            "responses",
            withEverywhere(
                OpenApiAnswers.all(201, created, List.of(400, 401, 403, 409, 413, 415, 422))));
  }

  private OpenApiNode replace(Model model) {
    return update(model).with("requestBody", body(model, Mode.REPLACE, RecordWrites.JSON));
  }

  private OpenApiNode merge(Model model) {
    return update(model)
        .with("requestBody", body(model, Mode.MERGE, RecordWrites.MERGE_PATCH, RecordWrites.JSON));
  }

  private OpenApiNode restore(Model model) {
    OpenApiNode body =
        OpenApiAnswers.content(
            RecordWrites.JSON, reference("schemas", OpenApiSharedSchemas.RESTORE));
    return update(model).with("requestBody", node("required", true).with("content", body));
  }

  private OpenApiNode update(Model model) {
    OpenApiNode updated =
        OpenApiAnswers.success(
            "The record as it is now.",
            OpenApiSchemas.written(model),
            "ETag",
            IdempotencyKey.REPLAYED);
    List<Integer> refusals = refusals(List.of(400, 401, 403, 404, 409, 412, 413, 415, 422));
    return node("parameters", writeParameters())
        .with("responses", withEverywhere(OpenApiAnswers.all(200, updated, refusals)));
  }

  private static List<OpenApiNode> writeParameters() {
    return List.of(reference("parameters", "ifMatch"), reference("parameters", "idempotencyKey"));
  }

  private List<Integer> refusals(List<Integer> refusals) {
    return settings.requireIfMatch()
        ? Stream.concat(refusals.stream(), Stream.of(428)).toList()
        : refusals;
  }

  private OpenApiNode delete() {
    OpenApiNode deleted = OpenApiAnswers.bare("It was deleted.", IdempotencyKey.REPLAYED);
    List<Integer> refusals = refusals(List.of(400, 401, 403, 404, 409, 412, 413, 422));
    return node("parameters", writeParameters())
        .with("responses", withEverywhere(OpenApiAnswers.all(204, deleted, refusals)));
  }

  private static OpenApiNode body(Model model, Mode mode, String... mediaTypes) {
    OpenApiNode content = OpenApiNode.empty();
    for (String mediaType : mediaTypes) {
      content.with(mediaType, node("schema", reference("schemas", mode.schemaOf(model.name()))));
    }
    return node("required", true).with("content", content);
  }

  private OpenApiNode batch() {
    OpenApiNode results =
        OpenApiAnswers.success(
            "All operations were carried out; their results in the same order.",
            reference("schemas", OpenApiSharedSchemas.BATCH_RESULTS),
            IdempotencyKey.REPLAYED);
    OpenApiNode body =
        OpenApiAnswers.content(RecordWrites.JSON, reference("schemas", OpenApiSharedSchemas.BATCH));
    List<Integer> refusals = refusals(List.of(400, 401, 403, 404, 409, 412, 413, 415, 422));
    return node("parameters", List.of(reference("parameters", "idempotencyKey")))
        .with("requestBody", node("required", true).with("content", body))
        .with("responses", withEverywhere(OpenApiAnswers.all(200, results, refusals)));
  }
}
