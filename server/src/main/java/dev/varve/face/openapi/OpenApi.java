package dev.varve.face.openapi;

import static dev.varve.face.openapi.OpenApiNode.node;
import static dev.varve.face.openapi.OpenApiNode.reference;

import dev.varve.face.openapi.OpenApiFields.Mode;
import dev.varve.face.rest.RecordWrites;
import dev.varve.face.rest.Rest;
import dev.varve.face.rest.RestSettings;
import dev.varve.kernel.Json;
import dev.varve.lane.access.Access;
import dev.varve.net.http.IdempotencyKey;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// The description of the REST face (OpenAPI 3.1), made from the schema.
final class OpenApi {
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
      - **Errors** have one shape, `Varve.Error`, or `Varve.Problem` for `Accept: application/problem+json`.
      - **GraphQL.** The same records under the same rules, as trees, are at `/graphql`.
      """;

  private final Schema schema;
  private final RestSettings settings;
  private final Access access;
  private final OpenApiNode paths = OpenApiNode.empty();

  private OpenApi(Schema schema, RestSettings settings, Access access) {
    this.schema = schema;
    this.settings = settings;
    this.access = access;
  }

  /// The document as JSON (UTF-8).
  ///
  /// @param version of the schema
  static byte[] document(Schema schema, int version, RestSettings settings, Access access) {
    OpenApiNode document = new OpenApi(schema, settings, access).document(version);
    return Json.bytes(generator -> Json.write(generator, document.members()));
  }

  private OpenApiNode document(int version) {
    schema.models().forEach(this::add);
    paths.with("/api/batch", node("post", batch()));
    OpenApiAccounts.addTo(paths, schema.account());
    paths.with(
        OpenApiEvents.PATH,
        node("get", OpenApiEvents.operation(schema, withEverywhere(OpenApiEvents.answers()))));
    paths.with(OpenApiGraphQl.PATH, OpenApiGraphQl.operations(schema));
    return node("openapi", "3.1.1")
        .with(
            "info",
            node("title", "Varve")
                .with("version", Integer.toString(version))
                .with("description", ABOUT))
        .with("servers", List.of(node("url", "/")))
        .with("security", List.of(OpenApiNode.empty(), node(OpenApiAccounts.BEARER, List.of())))
        .with("tags", tags())
        .with("paths", paths)
        .with("components", components());
  }

  private List<OpenApiNode> tags() {
    List<OpenApiNode> tags = new ArrayList<>();
    for (Model model : schema.models()) {
      OpenApiNode tag = node("name", model.name());
      tags.add(model.description().isEmpty() ? tag : tag.with("description", model.description()));
    }
    tags.add(node("name", "Batch").with("description", "Many operations, all or nothing."));
    tags.add(
        node("name", OpenApiAccounts.TAG)
            .with("description", "Signing up and in, and what belongs to it."));
    tags.add(node("name", "Events").with("description", "Every change, as it is committed."));
    tags.add(node("name", OpenApiGraphQl.TAG).with("description", "The same records as trees."));
    return tags;
  }

  private OpenApiNode components() {
    return node("schemas", OpenApiSchemas.of(schema, access, settings.batchOperationsMax()))
        .with("parameters", OpenApiParameters.shared())
        .with("responses", OpenApiAnswers.refusals())
        .with("headers", OpenApiAnswers.headers())
        .with(
            "securitySchemes",
            node(
                OpenApiAccounts.BEARER,
                node("type", "http")
                    .with("scheme", "bearer")
                    .with(
                        "description",
                        "An access token, which `POST /auth/sign-in` gives, or an API key.")));
  }

  private void add(Model model) {
    String all = Rest.ROOT + model.path();
    String one = all + "/{id}";
    OpenApiNode id = reference("parameters", "id");
    paths.with(all, node("get", list(model)).with("post", create(model)));
    paths.with(
        one,
        node("parameters", List.of(id))
            .with("get", read(model))
            .with("put", replace(model))
            .with("patch", merge(model))
            .with("delete", delete(model)));
    if (!model.history()) {
      return;
    }
    paths.with(one + "/history", node("parameters", List.of(id)).with("get", history(model)));
    paths.with(one + "/restore", node("parameters", List.of(id)).with("post", restore(model)));
  }

  private static OpenApiNode operation(Model model, String id, String summary) {
    return node("operationId", id).with("summary", summary).with("tags", List.of(model.name()));
  }

  private OpenApiNode list(Model model) {
    OpenApiNode page =
        OpenApiAnswers.success(
            "A page.", reference("schemas", OpenApiSchemas.page(model)), "ETag", "Link");
    return operation(
            model, "list" + capital(model.plural()), "List " + model.path().replace('-', ' '))
        .with("parameters", OpenApiParameters.ofList(model))
        .with("responses", readAnswers(page, List.of(400, 401, 403)));
  }

  private static String capital(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private static OpenApiNode readAnswers(OpenApiNode success, List<Integer> refusals) {
    OpenApiNode answers = OpenApiAnswers.all(200, success, refusals);
    OpenApiNode all = node("200", success).with("304", reference("responses", "notModified"));
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
            "The record.", reference("schemas", OpenApiSchemas.selected(model)), "ETag");
    return operation(model, "read" + model.name(), "Read one")
        .with("parameters", OpenApiParameters.ofOne(model))
        .with("responses", readAnswers(record, List.of(400, 401, 403, 404)));
  }

  private OpenApiNode history(Model model) {
    OpenApiNode versions =
        OpenApiAnswers.success(
            "A page of versions, newest first.",
            reference("schemas", OpenApiSchemas.versions(model)),
            "Link");
    return operation(model, "historyOf" + model.name(), "List every version of one")
        .with(
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
    return operation(model, "create" + model.name(), "Create one")
        .with("parameters", List.of(reference("parameters", "idempotencyKey")))
        .with("requestBody", body(model, Mode.CREATE, RecordWrites.JSON))
        .with(
            "responses",
            withEverywhere(
                OpenApiAnswers.all(201, created, List.of(400, 401, 403, 409, 413, 415, 422))));
  }

  private OpenApiNode replace(Model model) {
    return update(model, "replace" + model.name(), "Replace one")
        .with("requestBody", body(model, Mode.REPLACE, RecordWrites.JSON));
  }

  private OpenApiNode merge(Model model) {
    return update(model, "merge" + model.name(), "Change some fields of one (RFC 7396)")
        .with("requestBody", body(model, Mode.MERGE, RecordWrites.MERGE_PATCH, RecordWrites.JSON));
  }

  private OpenApiNode restore(Model model) {
    OpenApiNode body =
        OpenApiAnswers.content(
            RecordWrites.JSON, reference("schemas", OpenApiSharedSchemas.RESTORE));
    return update(model, "restore" + model.name(), "Write an older version back, or undelete")
        .with("requestBody", node("required", true).with("content", body));
  }

  private OpenApiNode update(Model model, String id, String summary) {
    OpenApiNode updated =
        OpenApiAnswers.success(
            "The record as it is now.",
            OpenApiSchemas.written(model),
            "ETag",
            IdempotencyKey.REPLAYED);
    List<Integer> refusals = refusals(List.of(400, 401, 403, 404, 409, 412, 413, 415, 422));
    return operation(model, id, summary)
        .with("parameters", writeParameters())
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

  private OpenApiNode delete(Model model) {
    OpenApiNode deleted = OpenApiAnswers.bare("It was deleted.", IdempotencyKey.REPLAYED);
    List<Integer> refusals = refusals(List.of(400, 401, 403, 404, 409, 412, 413, 422));
    return operation(model, "delete" + model.name(), "Delete one")
        .with("parameters", writeParameters())
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
    return node("operationId", "batch")
        .with("summary", "Carry out many operations, all or nothing")
        .with(
            "description",
            "Operations see the effects of those before them. When one is refused nothing is written, and the error names it: `operations[2].body.email`.")
        .with("tags", List.of("Batch"))
        .with("parameters", List.of(reference("parameters", "idempotencyKey")))
        .with("requestBody", node("required", true).with("content", body))
        .with("responses", withEverywhere(OpenApiAnswers.all(200, results, refusals)));
  }
}
