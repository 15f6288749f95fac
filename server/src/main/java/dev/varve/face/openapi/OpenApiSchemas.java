package dev.varve.face.openapi;

import static dev.varve.face.openapi.OpenApiNode.node;
import static dev.varve.face.openapi.OpenApiNode.reference;

import dev.varve.face.openapi.OpenApiFields.Mode;
import dev.varve.face.rest.ItemWriter;
import dev.varve.face.rest.Rest;
import dev.varve.lane.access.Access;
import dev.varve.schema.AuthRule;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.RelationType;
import dev.varve.schema.Schema;
import dev.varve.schema.ValueType;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/// The schemas of the description that follow from the schema file: what records, pages and versions look like.
///
/// Their names have a dot where they are not names of the schema file, which has none.
final class OpenApiSchemas {
  // a deletion answers with no record
  private static final List<Operation> WRITES = List.of(Operation.CREATE, Operation.UPDATE);

  private final Schema schema;
  private final Access access;
  private final OpenApiNode schemas = OpenApiNode.empty();

  private OpenApiSchemas(Schema schema, Access access) {
    this.schema = schema;
    this.access = access;
  }

  /// @param operationsMax how many operations a batch may have
  static OpenApiNode of(Schema schema, Access access, int operationsMax) {
    OpenApiSchemas all = new OpenApiSchemas(schema, access);
    schema.models().forEach(all::add);
    schema.valueTypes().forEach(all::add);
    schema.enums().forEach(all::add);
    OpenApiSharedSchemas.addTo(all.schemas, schema, operationsMax);
    return all.schemas;
  }

  /// A record, with the related records that `expand` asked for.
  static String expanded(Model model) {
    return model.name() + ".Expanded";
  }

  /// A record of which `fields` chose some, with the related records that `expand` asked for.
  static String cut(Model model) {
    return model.name() + ".Cut";
  }

  static String page(Model model) {
    return model.name() + ".Page";
  }

  static String cutPage(Model model) {
    return model.name() + ".CutPage";
  }

  static String versions(Model model) {
    return model.name() + ".Versions";
  }

  private static String version(Model model) {
    return model.name() + ".Version";
  }

  private void add(Model model) {
    schemas.with(model.name(), read(model));
    schemas.with(
        expanded(model),
        record(model, OpenApiSchemas::expanded)
            .with(
                "description",
                "A record of %s, with the related records that `expand` asked for."
                    .formatted(model.name()))
            .with("required", alwaysThere(model)));
    schemas.with(
        cut(model),
        record(model, OpenApiSchemas::cut)
            .with(
                "description",
                "A record of %s of which `fields` chose some fields, with the related records that `expand` asked for."
                    .formatted(model.name())));
    for (Mode mode : List.of(Mode.CREATE, Mode.REPLACE, Mode.MERGE)) {
      schemas.with(mode.schemaOf(model.name()), input(model, mode));
    }
    schemas.with(page(model), pageOf(expanded(model)));
    schemas.with(cutPage(model), pageOf(cut(model)));
    schemas.with(version(model), versionOf(model));
    schemas.with(versions(model), versionsOf(model));
  }

  private static OpenApiNode read(Model model) {
    OpenApiNode record = object(model.fields(), Mode.READ, OpenApiSchemas::isAlwaysThere);
    return describe(record, model.description());
  }

  // whoever sees a record sees every field that has no rules of its own
  private static boolean isAlwaysThere(Field field) {
    return field.rules().isEmpty();
  }

  private static List<String> alwaysThere(Model model) {
    return model.fields().stream().filter(OpenApiSchemas::isAlwaysThere).map(Field::name).toList();
  }

  private OpenApiNode input(Model model, Mode mode) {
    List<Field> fields =
        model.fields().stream()
            .filter(field -> mode != Mode.CREATE || field.ordinal() == 0 || isSettable(field))
            .toList();
    OpenApiNode input = object(fields, mode, field -> isRequired(model, field, mode));
    return describe(input.with("additionalProperties", false), model.description());
  }

  private static boolean isSettable(Field field) {
    return !field.system() && !field.readonly();
  }

  private boolean isRequired(Model model, Field field, Mode mode) {
    boolean kept =
        (mode == Mode.REPLACE && field.immutable())
            || (mode == Mode.CREATE && access.ownersAtCreation(model).contains(field));
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

  /// @param related names the schema of related records
  private OpenApiNode record(Model model, Function<Model, String> related) {
    OpenApiNode properties = OpenApiNode.empty();
    for (Field field : model.fields()) {
      properties.with(
          field.name(),
          field.type() instanceof RelationType relation
              ? related(field, relation, related)
              : OpenApiFields.schema(field, Mode.READ));
    }
    for (HasMany many : model.hasMany()) {
      properties.with(many.name(), related(many, related));
      properties.with(many.name() + ItemWriter.NEXT_CURSOR, furtherOn(many));
    }
    return node("type", "object").with("properties", properties);
  }

  private OpenApiNode related(Field field, RelationType relation, Function<Model, String> related) {
    Model target = schema.require(relation.target());
    return node(
            "anyOf",
            List.of(
                OpenApiFields.id(),
                reference("schemas", related.apply(target)),
                // of a required relation too: the related record may not be the caller's to see
                node("type", "null")))
        .with(
            "description",
            "The id of a record of %s, or the record itself with `expand=%s`."
                .formatted(target.name(), field.name()));
  }

  private OpenApiNode related(HasMany many, Function<Model, String> related) {
    Model target = schema.require(many.target());
    return node("type", "array")
        .with("items", reference("schemas", related.apply(target)))
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

  private static OpenApiNode pageOf(String items) {
    OpenApiNode properties =
        node("items", list(reference("schemas", items)))
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

  static OpenApiNode list(OpenApiNode items) {
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

  static OpenApiNode number(String description) {
    return node("type", "integer")
        .with("format", "int64")
        .with("minimum", 1)
        .with("description", description);
  }

  static OpenApiNode text(String description) {
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

  /// A record as the answer to a write gives it: whole where every rule that lets somebody write one lets them read it.
  static OpenApiNode written(Model model) {
    return readableByWriters(model) ? reference("schemas", model.name()) : recordOrId(model);
  }

  private static boolean readableByWriters(Model model) {
    return readableByAll(model)
        || model.rules().stream()
            .filter(rule -> WRITES.stream().anyMatch(rule.operations()::contains))
            .allMatch(rule -> rule.operations().contains(Operation.READ));
  }

  /// A record, or its id alone for whoever may not read it.
  static OpenApiNode recordOrId(Model model) {
    OpenApiNode record = reference("schemas", model.name());
    OpenApiNode id =
        node("type", "object")
            .with("description", "What a caller learns who may write the record but not read it.")
            .with("properties", node("id", OpenApiFields.id()))
            .with("required", List.of("id"))
            .with("additionalProperties", false);
    return node("anyOf", List.of(record, id));
  }

  private static boolean readableByAll(Model model) {
    return model.rules().stream()
        .anyMatch(rule ->
            rule.allow() instanceof AuthRule.Allow.Public
                && rule.operations().contains(Operation.READ));
  }
}
