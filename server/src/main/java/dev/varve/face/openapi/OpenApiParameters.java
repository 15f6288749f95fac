package dev.varve.face.openapi;

import static dev.varve.face.openapi.OpenApiNode.node;
import static dev.varve.face.openapi.OpenApiNode.reference;

import dev.varve.face.openapi.OpenApiFields.Mode;
import dev.varve.face.rest.FilterParameters;
import dev.varve.face.rest.LimitParameter;
import dev.varve.face.rest.ListParameters;
import dev.varve.face.rest.MomentParameter;
import dev.varve.face.rest.Rest;
import dev.varve.face.rest.SelectionParameters;
import dev.varve.face.rest.SortParameter;
import dev.varve.kernel.Folding;
import dev.varve.lane.access.Moment;
import dev.varve.lane.expression.Operator;
import dev.varve.lane.query.Page;
import dev.varve.net.http.IdempotencyKey;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.RestNames;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import dev.varve.store.log.LogPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The parameters of the description: of queries, paths and headers.
final class OpenApiParameters {
  // related fields and members of values: user.email, shipTo.city[in]
  private static final String PATHS =
      "^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)+(\\[[A-Za-z]+\\])?$";
  // RFC 9110, section 8.8.3: the quotes belong to a tag
  private static final String TAG = "(W/)?\"[!#-~]*\"";
  private static final String TAGS = "^(\\*|%s(, *%s)*)$".formatted(TAG, TAG);
  // years from 0001 on, without a look ahead, which not every reader of patterns knows
  private static final String YEAR =
      "([0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})";
  // RFC 3339; a leap second is none
  private static final String INSTANT =
      YEAR
          + "-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?"
          + "([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";

  private OpenApiParameters() {}

  /// Those that all models share, by name.
  static OpenApiNode shared() {
    return OpenApiNode.empty()
        .with("id", path("id", "The id of the record.", OpenApiFields.id()))
        .with("limit", limit())
        .with(
            "cursor",
            query(
                "cursor",
                "Where the page starts: `nextCursor` of the page before.",
                text().with("pattern", "^[A-Za-z0-9_-]+$")))
        .with("filter", filter("total >= 100 && user.email.endsWith('@example.com')"))
        .with("count", count())
        .with("asOf", asOf())
        .with(
            "ifMatch",
            header(
                "If-Match",
                "The write happens only when the record has this version: its `ETag`, or `*`.",
                text().with("pattern", TAGS)))
        .with(
            "ifNoneMatch",
            header(
                "If-None-Match",
                "The answer is 304 when its `ETag` is still this one.",
                text().with("pattern", TAGS)))
        .with("idempotencyKey", idempotencyKey())
        .with(
            "position",
            header(
                Rest.POSITION,
                "The answer shows nothing older than the log at this position, at whichever node it is asked for: what an earlier answer had there.",
                text().with("pattern", "^" + LogPlace.FORM + "$")));
  }

  private static OpenApiNode limit() {
    return query(
        LimitParameter.NAME,
        "How many there are on a page.",
        node("type", "integer")
            .with("minimum", 1)
            .with("maximum", Page.LIMIT_MAX)
            .with("default", Page.LIMIT_STANDARD));
  }

  private static OpenApiNode filter(String example) {
    return query(
        FilterParameters.FILTER,
        "An expression (a part of CEL) that holds for the records wanted; their fields stand bare, and fields of related records behind a dot.",
        text()
            .with("pattern", "\\S")
            .with("minLength", 1)
            .with("maxLength", 2_000)
            .with("examples", List.of(example)));
  }

  private static OpenApiNode count() {
    return query(
        ListParameters.COUNT,
        "Also count all records of the list.",
        node("type", "string").with("enum", List.of("exact")));
  }

  private static OpenApiNode asOf() {
    return query(
        MomentParameter.NAME,
        "Read as of a moment: an instant, or `position:N` for a log position. A moment in the future is refused.",
        moment());
  }

  /// An instant, or a log position.
  static OpenApiNode moment() {
    return text().with("pattern", "^(%s|%s%s)$".formatted(INSTANT, Moment.POSITION, LogPlace.FORM));
  }

  private static OpenApiNode idempotencyKey() {
    return header(
        IdempotencyKey.NAME,
        "The request is carried out once, however often it is sent under this key; then the first answer comes again.",
        text().with("pattern", "^[!-~]{1,%d}$".formatted(IdempotencyKey.LENGTH_MAX)));
  }

  /// The parameters of a list.
  static List<OpenApiNode> ofList(Model model) {
    List<OpenApiNode> parameters = new ArrayList<>();
    parameters.add(reference("parameters", "limit"));
    parameters.add(reference("parameters", "cursor"));
    parameters.add(sort(model));
    parameters.add(filter(FilterExample.of(model)));
    parameters.add(shorthand(model));
    parameters.addAll(selection(model));
    parameters.add(reference("parameters", "count"));
    if (model.history()) {
      parameters.add(reference("parameters", "asOf"));
    }
    parameters.add(reference("parameters", "ifNoneMatch"));
    return parameters;
  }

  /// The parameters of a read of one record.
  static List<OpenApiNode> ofOne(Model model) {
    List<OpenApiNode> parameters = new ArrayList<>(selection(model));
    if (model.history()) {
      parameters.add(reference("parameters", "asOf"));
    }
    parameters.add(reference("parameters", "ifNoneMatch"));
    return parameters;
  }

  private static OpenApiNode sort(Model model) {
    List<String> values =
        SortParameter.sorts(model).stream().flatMap(name -> Stream.of(name, "-" + name)).toList();
    return commaSeparated(
        SortParameter.NAME,
        "The fields to sort by, with `-` for descending and `[ignoreCase]` or `[ignoreAccents]` behind a text; without it by `id`.",
        node("type", "string").with("enum", values),
        SortParameter.FIELDS_MAX,
        true);
  }

  private static List<OpenApiNode> selection(Model model) {
    OpenApiNode fields =
        commaSeparated(
            SelectionParameters.FIELDS,
            "The fields to give; without it all. A dot chooses from a related record that is expanded. The answer has records of the schema `%s` then."
                .formatted(OpenApiSchemas.cut(model)),
            text().with("pattern", fields(model)),
            500,
            false);
    List<String> relations = SelectionParameters.relations(model);
    if (relations.isEmpty()) {
      return List.of(fields);
    }
    return List.of(
        fields,
        commaSeparated(
            SelectionParameters.EXPAND,
            "Related records to give along: %s; a dot goes on from there, up to %d levels."
                .formatted(String.join(", ", relations), SelectionParameters.LEVELS_MAX),
            node("type", "string")
                .with(
                    "pattern",
                    "^(%s)(\\.[A-Za-z0-9_]+){0,%d}$"
                        .formatted(
                            String.join("|", relations), SelectionParameters.LEVELS_MAX - 1)),
            SelectionParameters.EXPANSIONS_MAX,
            false));
  }

  private static String fields(Model model) {
    List<String> names =
        Stream.concat(
                model.fields().stream().map(Field::name),
                model.hasMany().stream().map(HasMany::name))
            .toList();
    List<String> relations = SelectionParameters.relations(model);
    String own = String.join("|", names);
    return relations.isEmpty()
        ? "^(%s)$".formatted(own)
        : "^(%s|(%s)(\\.[A-Za-z_][A-Za-z0-9_]*){1,%d})$"
            .formatted(own, String.join("|", relations), SelectionParameters.LEVELS_MAX);
  }

  private static OpenApiNode commaSeparated(
      String name, String description, OpenApiNode items, int itemsMax, boolean unique) {
    OpenApiNode schema =
        node("type", "array")
            .with("items", items)
            .with("minItems", 1)
            .with("maxItems", itemsMax)
            .with("uniqueItems", unique ? true : null);
    return query(name, description, schema).with("style", "form").with("explode", false);
  }

  /// All shorthand filters as one object, each member of which is a query parameter.
  private static OpenApiNode shorthand(Model model) {
    OpenApiNode filters = OpenApiNode.empty();
    model.fields().forEach(field -> add(filters, field));
    OpenApiNode schema =
        node("type", "object")
            .with("properties", filters)
            .with("patternProperties", node(PATHS, text()))
            .with("additionalProperties", false);
    return query(
            "shorthand",
            "Simple filters, each a query parameter of its own: `status=PAID`, `total[gte]=100`, `user.email[startsWith]=a`. All of them have to hold.",
            schema)
        .with("style", "form")
        .with("explode", true)
        .with("example", OpenApiNode.empty());
  }

  private static void add(OpenApiNode filters, Field field) {
    for (Operator operator : operators(field)) {
      String name = "%s[%s]".formatted(field.name(), operator.word());
      filters.with(name, operand(field, operator));
    }
    if (operators(field).contains(Operator.EQ)
        && !RestNames.LIST_PARAMETERS.contains(field.name())) {
      filters.with(field.name(), operand(field, Operator.EQ));
    }
  }

  private static OpenApiNode operand(Field field, Operator operator) {
    return switch (operator.test()) {
      case EQ, NE, GT, GTE, LT, LTE ->
          exact(field) ? OpenApiFields.element(unbounded(field), Mode.CREATE) : text();
      case IN -> text().with("description", "Several values with commas between them.");
      case CONTAINS, STARTS_WITH, ENDS_WITH -> text();
      case IS_NULL -> node("type", "boolean");
    };
  }

  // any text may be compared with, whatever the field can hold
  private static boolean exact(Field field) {
    return field.type() instanceof EnumType
        || (field.type() instanceof ScalarType scalar
            && (!scalar.textual() || scalar == ScalarType.UUID));
  }

  private static Field unbounded(Field field) {
    return Field.plain(
        field.name(), new Field.Shape(field.type(), false, true, false, field.scale()));
  }

  private static List<Operator> operators(Field field) {
    if (field.type() == ScalarType.JSON || field.type() instanceof ValueType) {
      return List.of(Operator.IS_NULL);
    }
    if (field.list()) {
      return List.of(Operator.CONTAINS, Operator.IS_NULL);
    }
    boolean text = !(field.type() instanceof ScalarType scalar) || scalar.textual();
    boolean ordered = !(field.type() instanceof EnumType) && field.type() != ScalarType.BOOLEAN;
    return Operator.values().stream()
        .filter(operator -> operator.folding() == Folding.EXACT || field.foldable())
        .filter(operator ->
            switch (operator.test()) {
              case EQ, NE, IN, IS_NULL -> true;
              case GT, GTE, LT, LTE -> ordered;
              case CONTAINS, STARTS_WITH, ENDS_WITH -> text;
            })
        .toList();
  }

  private static OpenApiNode text() {
    return node("type", "string");
  }

  private static OpenApiNode query(String name, String description, OpenApiNode schema) {
    return parameter(name, "query", description).with("schema", schema);
  }

  /// A text in a path, which is never empty.
  static OpenApiNode path(String name) {
    return path(
        name, "The name that stands in the path.", node("type", "string").with("minLength", 1));
  }

  private static OpenApiNode path(String name, String description, OpenApiNode schema) {
    return parameter(name, "path", description).with("required", true).with("schema", schema);
  }

  private static OpenApiNode header(String name, String description, OpenApiNode schema) {
    return parameter(name, "header", description).with("schema", schema);
  }

  private static OpenApiNode parameter(String name, String in, String description) {
    return node("name", name).with("in", in).with("description", description);
  }
}
