package dev.varve.face.graphql.type;

import static graphql.schema.GraphQLList.list;
import static graphql.schema.GraphQLNonNull.nonNull;

import dev.varve.lane.access.Access;
import dev.varve.lane.query.Page;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.FieldType;
import dev.varve.schema.GraphQlNames;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.Schema;
import dev.varve.schema.ValueType;
import graphql.Scalars;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLInputType;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The types that callers give: what a record is made of, and the arguments that choose among records. A model brings
/// four of them, however many fields it has.
public final class InputTypes {
  public static final String LIMIT = "limit";
  public static final String FIRST = "first";
  public static final String WHERE = "where";
  public static final String ORDER_BY = "orderBy";

  private final Access access;
  private final TypeRegistry registry;
  private final ConditionTypes conditions;

  InputTypes(Schema schema, Access access, TypeRegistry registry) {
    this.access = access;
    this.registry = registry;
    this.conditions = new ConditionTypes(schema, registry);
  }

  static GraphQLArgument argument(String name, GraphQLInputType type, String description) {
    return GraphQLArgument.newArgument().name(name).type(type).description(description).build();
  }

  private static GraphQLArgument size(String name) {
    return GraphQLArgument.newArgument()
        .name(name)
        .type(Scalars.GraphQLInt)
        .defaultValueProgrammatic(Page.LIMIT_STANDARD)
        .description("How many at most, up to %d.".formatted(Page.LIMIT_MAX))
        .build();
  }

  /// What chooses among the records of a list.
  List<GraphQLArgument> portion(Model model) {
    return Stream.concat(Stream.of(size(LIMIT)), choice(model)).toList();
  }

  /// The same for a page with cursors.
  List<GraphQLArgument> page(Model model) {
    return Stream.concat(Stream.of(size(FIRST)), choice(model)).toList();
  }

  private Stream<GraphQLArgument> choice(Model model) {
    return Stream.of(
        argument(WHERE, where(model), "Which records."),
        argument(
            ORDER_BY,
            list(nonNull(conditions.orderBy(model))),
            "In which order; the id comes last."));
  }

  /// A condition on the records of a model.
  GraphQLInputType where(Model model) {
    return conditions.where(model);
  }

  /// A field of a type of input.
  static GraphQLInputObjectField input(
      String name, GraphQLInputType type, @Nullable String description) {
    return GraphQLInputObjectField.newInputObjectField()
        .name(name)
        .type(type)
        .description(description == null || description.isEmpty() ? null : description)
        .build();
  }

  /// What a new record is made of.
  GraphQLInputType create(Model model) {
    return registry.input(
        GraphQlNames.createInput(model),
        () -> {
          GraphQLInputObjectType.Builder type =
              GraphQLInputObjectType.newInputObject()
                  .name(GraphQlNames.createInput(model))
                  .description("What a new %s is made of.".formatted(model.name()))
                  .field(input(Model.ID, Scalars.GraphQLID, "Made by Varve when it is left out."));
          List<Field> owners = access.ownersAtCreation(model);
          model.fields().stream()
              .filter(field -> !field.system() && !field.readonly())
              .forEach(field -> type.field(given(field, !owners.contains(field))));
          return type.build();
        });
  }

  /// The fields of a record that can be changed.
  static List<Field> changeable(Model model) {
    return model.fields().stream()
        .filter(field -> !field.system() && !field.readonly() && !field.immutable())
        .toList();
  }

  /// What is changed of a record: a field that is not given stays, one that is given as null is cleared.
  GraphQLInputType update(Model model) {
    return registry.input(
        GraphQlNames.updateInput(model),
        () -> {
          GraphQLInputObjectType.Builder type =
              GraphQLInputObjectType.newInputObject()
                  .name(GraphQlNames.updateInput(model))
                  .description(
                      "What is changed of %s: a field that is not given stays, one that is null is cleared."
                          .formatted(model.name()));
          changeable(model).forEach(field -> type.field(changed(field)));
          return type.build();
        });
  }

  /// @param asked whether callers have to give it when it is required
  private GraphQLInputObjectField given(Field field, boolean asked) {
    GraphQLInputType type = wrapped(field, element(field.type()));
    boolean needed = asked && field.required() && field.defaultValue().isEmpty();
    return input(field.name(), needed ? nonNull(type) : type, field.description());
  }

  private GraphQLInputObjectField changed(Field field) {
    GraphQLInputType type =
        field.type() instanceof ValueType value && !field.list()
            ? patch(value)
            : wrapped(field, element(field.type()));
    return input(field.name(), type, field.description());
  }

  private static GraphQLInputType wrapped(Field field, GraphQLInputType element) {
    return field.list() ? list(field.elementsRequired() ? nonNull(element) : element) : element;
  }

  private GraphQLInputType element(FieldType type) {
    return switch (type) {
      case ScalarType scalar -> ScalarTypes.of(scalar);
      case EnumType enumType -> conditions.enumeration(enumType);
      case ValueType value -> value(value);
      case RelationType _ -> Scalars.GraphQLID;
    };
  }

  private GraphQLInputType value(ValueType value) {
    return registry.input(
        GraphQlNames.input(value),
        () -> {
          GraphQLInputObjectType.Builder type =
              GraphQLInputObjectType.newInputObject()
                  .name(GraphQlNames.input(value))
                  .description(value.description());
          value.fields().forEach(field -> type.field(given(field, true)));
          return type.build();
        });
  }

  private GraphQLInputType patch(ValueType value) {
    return registry.input(
        GraphQlNames.patch(value),
        () -> {
          GraphQLInputObjectType.Builder type =
              GraphQLInputObjectType.newInputObject()
                  .name(GraphQlNames.patch(value))
                  .description("What is changed of a value of %s.".formatted(value.schemaName()));
          value.fields().forEach(field -> type.field(changed(field)));
          return type.build();
        });
  }
}
