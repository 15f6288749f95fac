package dev.varve.face.graphql.type;

import static graphql.schema.GraphQLFieldDefinition.newFieldDefinition;
import static graphql.schema.GraphQLList.list;
import static graphql.schema.GraphQLNonNull.nonNull;
import static graphql.schema.GraphQLTypeReference.typeRef;

import dev.varve.schema.AuthRule;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.FieldType;
import dev.varve.schema.GraphQlNames;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.Schema;
import dev.varve.schema.ValueType;
import graphql.Scalars;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLInterfaceType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLOutputType;

/// The types that answers have: one for each model, value and enum, and those of pages.
final class OutputTypes {
  private final Schema schema;
  private final TypeRegistry registry;
  private final InputTypes inputs;

  OutputTypes(Schema schema, TypeRegistry registry, InputTypes inputs) {
    this.schema = schema;
    this.registry = registry;
    this.inputs = inputs;
  }

  GraphQLOutputType record(Model model) {
    return registry.output(model.name(), () -> makeRecord(model));
  }

  private GraphQLObjectType makeRecord(Model model) {
    GraphQLObjectType.Builder type =
        GraphQLObjectType.newObject()
            .name(model.name())
            .description(described(model.description()))
            .withInterface(typeRef(node().getName()))
            .field(nodeId());
    model.fields().forEach(field -> type.field(field(field)));
    model.hasMany().forEach(many -> type.field(many(many)));
    return type.build();
  }

  private static String described(String description) {
    return description.isEmpty() ? "" : description;
  }

  /// Whatever has a global id.
  GraphQLInterfaceType node() {
    return GraphQLInterfaceType.newInterface()
        .name("Node")
        .description("A record of any model, by its global id.")
        .field(nodeId())
        .build();
  }

  private static GraphQLFieldDefinition nodeId() {
    return newFieldDefinition()
        .name(GraphQlNames.NODE_ID)
        .description("The global id: the model and the id. `node` finds the record by it.")
        .type(nonNull(Scalars.GraphQLID))
        .build();
  }

  private GraphQLFieldDefinition field(Field field) {
    GraphQLOutputType element = element(field.type());
    GraphQLOutputType type =
        field.list() ? list(field.elementsRequired() ? nonNull(element) : element) : element;
    return newFieldDefinition()
        .name(field.name())
        .description(field.description())
        .type(isAlwaysThere(field) ? nonNull(type) : type)
        .build();
  }

  /// A rule may hide a field, or the record that it refers to.
  private boolean isAlwaysThere(Field field) {
    return field.required()
        && field.rules().isEmpty()
        && (!(field.type() instanceof RelationType relation)
            || isPublic(schema.require(relation.target())));
  }

  private static boolean isPublic(Model model) {
    return model.rules().stream()
        .anyMatch(rule ->
            rule.allow() instanceof AuthRule.Allow.Public
                && rule.operations().contains(Operation.READ));
  }

  private GraphQLOutputType element(FieldType type) {
    return switch (type) {
      case ScalarType scalar -> ScalarTypes.of(scalar);
      case EnumType enumType -> enumeration(enumType);
      case ValueType value -> value(value);
      case RelationType relation -> record(schema.require(relation.target()));
    };
  }

  private GraphQLOutputType enumeration(EnumType type) {
    return registry.output(type.schemaName(), () -> makeEnum(type));
  }

  static GraphQLEnumType makeEnum(EnumType type) {
    GraphQLEnumType.Builder made =
        GraphQLEnumType.newEnum().name(type.schemaName()).description(type.description());
    type.values().forEach(value -> made.value(value, value));
    return made.build();
  }

  private GraphQLOutputType value(ValueType type) {
    return registry.output(
        type.schemaName(),
        () -> {
          GraphQLObjectType.Builder made =
              GraphQLObjectType.newObject().name(type.schemaName()).description(type.description());
          type.fields().forEach(field -> made.field(field(field)));
          return made.build();
        });
  }

  private GraphQLFieldDefinition many(HasMany many) {
    Model target = schema.require(many.target());
    GraphQLOutputType type = list(nonNull(record(target)));
    return newFieldDefinition()
        .name(many.name())
        .description(many.description())
        .type(many.rules().isEmpty() ? nonNull(type) : type)
        .arguments(inputs.portion(target))
        .build();
  }

  /// A page of a list with the place of each record in it
  /// (https://relay.dev/graphql/connections.htm).
  GraphQLOutputType connection(Model model) {
    return registry.output(
        GraphQlNames.connection(model),
        () ->
            GraphQLObjectType.newObject()
                .name(GraphQlNames.connection(model))
                .description("A page of a list of %s.".formatted(model.name()))
                .field(
                    given(
                        "edges",
                        nonNull(list(nonNull(edge(model)))),
                        "The records with their places."))
                .field(given("nodes", nonNull(list(nonNull(record(model)))), "The records alone."))
                .field(
                    given("pageInfo", nonNull(pageInfo()), "Whether and where the list goes on."))
                .field(
                    given(
                        "totalCount",
                        nonNull(ScalarTypes.of(ScalarType.LONG)),
                        "How many records the whole list has. They are counted when this is asked for."))
                .build());
  }

  private GraphQLOutputType edge(Model model) {
    return registry.output(
        GraphQlNames.edge(model),
        () ->
            GraphQLObjectType.newObject()
                .name(GraphQlNames.edge(model))
                .description("A record and its place in a list.")
                .field(given("node", nonNull(record(model)), "The record."))
                .field(given("cursor", nonNull(Scalars.GraphQLString), "Its place, for `after`."))
                .build());
  }

  private GraphQLOutputType pageInfo() {
    return registry.output(
        "PageInfo",
        () ->
            GraphQLObjectType.newObject()
                .name("PageInfo")
                .description("Whether and where a list goes on.")
                .field(
                    given(
                        "hasNextPage",
                        nonNull(Scalars.GraphQLBoolean),
                        "Whether there are more records behind these."))
                .field(
                    given(
                        "hasPreviousPage",
                        nonNull(Scalars.GraphQLBoolean),
                        "Whether the page starts behind a cursor."))
                .field(
                    given("startCursor", Scalars.GraphQLString, "The place of the first record."))
                .field(
                    given(
                        "endCursor",
                        Scalars.GraphQLString,
                        "The place of the last record, for `after`."))
                .build());
  }

  /// A field of a type.
  static GraphQLFieldDefinition given(String name, GraphQLOutputType type, String description) {
    return newFieldDefinition().name(name).type(type).description(description).build();
  }
}
