package dev.varve.rest;

import static dev.varve.rest.OpenApiNode.node;
import static dev.varve.rest.OpenApiNode.reference;

import dev.varve.rest.OpenApiFields.Mode;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.Schema;
import dev.varve.schema.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// The schemas of the description: what records, pages, versions, batches and errors look like.
///
/// Their names have a dot where they are not names of the schema file, which has none.
final class OpenApiSchemas {
  static final String ERROR = "Varve.Error";
  static final String PROBLEM = "Varve.Problem";
  static final String BATCH = "Varve.Batch";
  static final String BATCH_RESULTS = "Varve.BatchResults";
  static final String RESTORE = "Varve.Restore";
  private static final String ERROR_DETAIL = "Varve.ErrorDetail";

  private final Schema schema;
  private final int operationsMax;
  private final OpenApiNode schemas = OpenApiNode.empty();

  private OpenApiSchemas(Schema schema, int operationsMax) {
    this.schema = schema;
    this.operationsMax = operationsMax;
  }

  /// @param operationsMax how many operations a batch may have
  static OpenApiNode of(Schema schema, int operationsMax) {
    OpenApiSchemas all = new OpenApiSchemas(schema, operationsMax);
    schema.models().forEach(all::add);
    schema.valueTypes().forEach(all::add);
    schema.enums().forEach(all::add);
    all.addErrors();
    all.addRestore();
    all.addBatch();
    return all.schemas;
  }

  /// A record of which `fields` chose some, with the related records that `expand` asked for.
  static String selected(Model model) {
    return model.name() + ".Selected";
  }

  static String page(Model model) {
    return model.name() + ".Page";
  }

  static String versions(Model model) {
    return model.name() + ".Versions";
  }

  private static String version(Model model) {
    return model.name() + ".Version";
  }

  private void add(Model model) {
    schemas.with(model.name(), read(model));
    schemas.with(selected(model), selectedRecord(model));
    for (Mode mode : List.of(Mode.CREATE, Mode.REPLACE, Mode.MERGE)) {
      schemas.with(mode.schemaOf(model.name()), input(model, mode));
    }
    schemas.with(page(model), pageOf(model));
    schemas.with(version(model), versionOf(model));
    schemas.with(versions(model), versionsOf(model));
  }

  private static OpenApiNode read(Model model) {
    OpenApiNode record = object(model.fields(), Mode.READ, field -> field.rules().isEmpty());
    return describe(record, model.description());
  }

  private static OpenApiNode input(Model model, Mode mode) {
    List<Field> fields =
        model.fields().stream()
            .filter(field -> mode != Mode.CREATE || field.ordinal() == 0 || isSettable(field))
            .toList();
    OpenApiNode input = object(fields, mode, field -> isRequired(field, mode));
    return describe(input.with("additionalProperties", false), model.description());
  }

  private static boolean isSettable(Field field) {
    return !field.system() && !field.readonly();
  }

  private static boolean isRequired(Field field, Mode mode) {
    boolean kept = mode == Mode.REPLACE && field.immutable();
    return mode != Mode.MERGE
        && isSettable(field)
        && !kept
        && field.required()
        && field.defaultValue().isEmpty();
  }

  private static OpenApiNode object(List<Field> fields, Mode mode, Predicate<Field> required) {
    OpenApiNode properties = OpenApiNode.empty();
    fields.forEach(field -> properties.with(field.name(), OpenApiFields.schema(field, mode)));
    List<String> names = fields.stream().filter(required).map(Field::name).toList();
    return node("type", "object")
        .with("properties", properties)
        .with("required", names.isEmpty() ? null : names);
  }

  private static OpenApiNode describe(OpenApiNode schema, String description) {
    return description.isEmpty() ? schema : schema.with("description", description);
  }

  private OpenApiNode selectedRecord(Model model) {
    OpenApiNode properties = OpenApiNode.empty();
    for (Field field : model.fields()) {
      properties.with(
          field.name(),
          field.type() instanceof RelationType relation
              ? related(field, relation)
              : OpenApiFields.schema(field, Mode.READ));
    }
    for (HasMany many : model.hasMany()) {
      properties.with(many.name(), related(many));
      properties.with(many.name() + ItemWriter.NEXT_CURSOR, furtherOn(many));
    }
    return node("type", "object")
        .with(
            "description",
            "A record of %s of which `fields` may have chosen some fields, with the related records that `expand` asked for."
                .formatted(model.name()))
        .with("properties", properties);
  }

  private OpenApiNode related(Field field, RelationType relation) {
    Model target = schema.require(relation.target());
    return node(
            "anyOf",
            List.of(
                OpenApiFields.id(),
                reference("schemas", selected(target)),
                // of a required relation too: the related record may not be the caller's to see
                node("type", "null")))
        .with(
            "description",
            "The id of a record of %s, or the record itself with `expand=%s`."
                .formatted(target.name(), field.name()));
  }

  private OpenApiNode related(HasMany many) {
    Model target = schema.require(many.target());
    return node("type", "array")
        .with("items", reference("schemas", selected(target)))
        .with("maxItems", 100)
        .with(
            "description",
            "With `expand=%s`: the first 100 records of %s whose `%s` is this record."
                .formatted(many.name(), target.name(), many.by()));
  }

  private OpenApiNode furtherOn(HasMany many) {
    Model target = schema.require(many.target());
    return node("type", "string")
        .with(
            "description",
            "There when there are more: they go on at `%s%s?%s=ID&cursor=...`."
                .formatted(Rest.ROOT, target.path(), many.by()));
  }

  private static OpenApiNode pageOf(Model model) {
    OpenApiNode properties =
        node("items", list(reference("schemas", selected(model))))
            .with("nextCursor", nextCursor())
            .with(
                "count",
                node("type", "integer")
                    .with("minimum", 0)
                    .with("description", "How many there are in all, with `count=exact`."));
    return node("type", "object")
        .with("properties", properties)
        .with("required", List.of("items", "nextCursor"));
  }

  private static OpenApiNode list(OpenApiNode items) {
    return node("type", "array").with("items", items);
  }

  private static OpenApiNode nextCursor() {
    return node("type", List.of("string", "null"))
        .with("description", "The `cursor` of the next page; null on the last one.");
  }

  private static OpenApiNode versionsOf(Model model) {
    OpenApiNode properties =
        node("items", list(reference("schemas", version(model)))).with("nextCursor", nextCursor());
    return node("type", "object")
        .with("properties", properties)
        .with("required", List.of("items", "nextCursor"));
  }

  private static OpenApiNode versionOf(Model model) {
    OpenApiNode properties =
        node("version", number("The number of this version; a deletion has one too."))
            .with(
                "operation",
                node("type", "string")
                    .with("enum", List.of("CREATE", "UPDATE", "DELETE", "UNDELETE")))
            .with("position", number("The log position that wrote it."))
            .with("at", node("type", "string").with("format", "date-time"))
            .with("actor", text("Who wrote it."))
            .with("requestId", text("The request that wrote it."))
            .with(
                "changed",
                list(node("type", "string"))
                    .with("description", "The fields that differ from the version before."))
            .with(
                "record",
                reference("schemas", model.name())
                    .with(
                        "description", "The record after the change; after a deletion as it was."));
    return node("type", "object")
        .with("properties", properties)
        .with("required", List.copyOf(properties.members().keySet()));
  }

  private static OpenApiNode number(String description) {
    return node("type", "integer")
        .with("format", "int64")
        .with("minimum", 1)
        .with("description", description);
  }

  private static OpenApiNode text(String description) {
    return node("type", "string").with("description", description);
  }

  private void add(ValueType type) {
    OpenApiNode read = object(type.fields(), Mode.READ, _ -> true);
    schemas.with(Mode.READ.schemaOf(type), describe(read, type.description()));
    OpenApiNode input =
        object(
                type.fields(),
                Mode.CREATE,
                field -> field.required() && field.defaultValue().isEmpty())
            .with("additionalProperties", false);
    schemas.with(Mode.CREATE.schemaOf(type), describe(input, type.description()));
    OpenApiNode merge =
        object(type.fields(), Mode.MERGE, _ -> false)
            .with("additionalProperties", false)
            .with(
                "description",
                "The members of %s to change; null removes one.".formatted(type.schemaName()));
    schemas.with(Mode.MERGE.schemaOf(type), merge);
  }

  private void add(EnumType type) {
    schemas.with(
        type.schemaName(),
        describe(node("type", "string").with("enum", type.values()), type.description()));
  }

  private void addErrors() {
    schemas.with(
        ERROR_DETAIL,
        node("type", "object")
            .with(
                "properties",
                node("field", text("The path of the field, such as `shipTo.city` or `tags[2]`."))
                    .with("message", text("What is wrong with it, and what to do.")))
            .with("required", List.of("field", "message")));
    OpenApiNode details = list(reference("schemas", ERROR_DETAIL));
    OpenApiNode error =
        node("type", "object")
            .with(
                "properties",
                node("code", codes())
                    .with("message", text("What is wrong, and what to do."))
                    .with("details", details)
                    .with("requestId", text("Names the request in the log of the server.")))
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
            .with("detail", text("What is wrong, and what to do."))
            .with("code", codes())
            .with("errors", details)
            .with("requestId", text("Names the request in the log of the server."));
    return node("type", "object")
        .with("description", "The same as RFC 9457, for `Accept: application/problem+json`.")
        .with("properties", properties)
        .with("required", List.copyOf(properties.members().keySet()));
  }

  private static OpenApiNode codes() {
    List<String> codes = new ArrayList<>();
    for (dev.varve.kernel.ErrorCode code : dev.varve.kernel.ErrorCode.values()) {
      codes.add(code.name());
    }
    return node("type", "string")
        .with("description", "Stable; more may come.")
        .with("examples", codes);
  }

  private void addRestore() {
    schemas.with(
        RESTORE,
        node("type", "object")
            .with("properties", node("version", number("The version to write back.")))
            .with("required", List.of("version"))
            .with("additionalProperties", false));
  }

  private void addBatch() {
    OpenApiNode operation =
        node("type", "object")
            .with(
                "properties",
                node(
                        "method",
                        node("type", "string")
                            .with("enum", List.of("POST", "PUT", "PATCH", "DELETE")))
                    .with("path", text("Such as `/api/orders`, or `/api/orders/$order.id`."))
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
                        node("type", List.of("string", "null"))
                            .with("description", "As the header `If-Match`.")))
            .with("required", List.of("method", "path"))
            .with("additionalProperties", false);
    schemas.with(
        BATCH,
        node("type", "object")
            .with(
                "properties",
                node(
                    "operations",
                    list(operation).with("minItems", 1).with("maxItems", operationsMax)))
            .with("required", List.of("operations"))
            .with("additionalProperties", false));
    schemas.with(BATCH_RESULTS, batchResults());
  }

  private OpenApiNode batchResults() {
    List<Map<String, ?>> records = new ArrayList<>();
    schema.models().forEach(model -> records.add(written(model).members()));
    OpenApiNode result =
        node("type", "object")
            .with(
                "properties",
                node("status", node("type", "integer").with("enum", List.of(200, 201, 204)))
                    .with("ref", text("As the operation gave it."))
                    .with("location", text("The path of a new record."))
                    .with("etag", text("The entity tag of the record."))
                    .with("body", node("anyOf", records)))
            .with("required", List.of("status"));
    return node("type", "object")
        .with("properties", node("results", list(result)))
        .with("required", List.of("results"));
  }

  /// A record as the answer to a write gives it.
  static OpenApiNode written(Model model) {
    OpenApiNode record = reference("schemas", model.name());
    OpenApiNode id =
        node("type", "object")
            .with("description", "What a caller learns who may write the record but not read it.")
            .with("properties", node("id", OpenApiFields.id()))
            .with("required", List.of("id"))
            .with("additionalProperties", false);
    return readableByAll(model) ? record : node("anyOf", List.of(record, id));
  }

  private static boolean readableByAll(Model model) {
    return model.rules().stream()
        .anyMatch(rule ->
            rule.allow() instanceof dev.varve.schema.AuthRule.Allow.Public
                && rule.operations().contains(dev.varve.schema.Operation.READ));
  }
}
