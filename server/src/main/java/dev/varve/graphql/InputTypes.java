package dev.varve.graphql;

import static graphql.schema.GraphQLList.list;
import static graphql.schema.GraphQLNonNull.nonNull;

import dev.varve.access.Access;
import dev.varve.access.Read;
import dev.varve.expression.Operator;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.FieldType;
import dev.varve.schema.GraphQlNames;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.Schema;
import dev.varve.schema.ValueType;
import graphql.Directives;
import graphql.Scalars;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLInputType;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The types that callers give: what a record is made of, conditions, orders. Conditions on scalars are shared, so
/// that a model brings four types of input, however many fields it has.
final class InputTypes {
  static final String LIMIT = "limit";
  static final String FIRST = "first";
  static final String WHERE = "where";
  static final String ORDER_BY = "orderBy";

  private final Schema schema;
  private final Access access;
  private final TypeShelf shelf;

  InputTypes(Schema schema, Access access, TypeShelf shelf) {
    this.schema = schema;
    this.access = access;
    this.shelf = shelf;
  }

  static GraphQLArgument argument(String name, GraphQLInputType type, String description) {
    return GraphQLArgument.newArgument().name(name).type(type).description(description).build();
  }

  private static GraphQLArgument size(String name) {
    return GraphQLArgument.newArgument()
        .name(name)
        .type(Scalars.GraphQLInt)
        .defaultValueProgrammatic(Planner.LIMIT_STANDARD)
        .description("How many at most, up to %d.".formatted(Planner.LIMIT_MAX))
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
        argument(ORDER_BY, list(nonNull(orderBy(model))), "In which order; the id comes last."));
  }

  private GraphQLInputType orderBy(Model model) {
    return shelf.input(
        GraphQlNames.orderBy(model),
        () -> {
          GraphQLInputObjectType.Builder type =
              GraphQLInputObjectType.newInputObject()
                  .name(GraphQlNames.orderBy(model))
                  .description("One field to sort by, and its direction.")
                  .withDirective(Directives.OneOfDirective)
                  .withAppliedDirective(Directives.OneOfDirective.toAppliedDirective());
          model.fields().stream()
              .filter(Read.Sort::isPossible)
              .forEach(field -> type.field(input(field.name(), direction(), "")));
          return type.build();
        });
  }

  private GraphQLInputType direction() {
    return shelf.input(
        "SortDirection",
        () ->
            GraphQLEnumType.newEnum()
                .name("SortDirection")
                .description(
                    "Whether the smallest or the largest comes first. Absent values are smallest.")
                .value("ASC", "ASC")
                .value("DESC", "DESC")
                .build());
  }

  private static GraphQLInputObjectField input(
      String name, GraphQLInputType type, @Nullable String description) {
    return GraphQLInputObjectField.newInputObjectField()
        .name(name)
        .type(type)
        .description(description == null || description.isEmpty() ? null : description)
        .build();
  }

  GraphQLInputType where(Model model) {
    String name = GraphQlNames.where(model.name());
    return shelf.input(
        name,
        () -> {
          GraphQLInputType self = graphql.schema.GraphQLTypeReference.typeRef(name);
          GraphQLInputObjectType.Builder type =
              GraphQLInputObjectType.newInputObject()
                  .name(name)
                  .description(
                      "A condition on %s. All that stands in it has to hold."
                          .formatted(model.name()))
                  .field(input(GraphQlNames.AND, list(nonNull(self)), "All of these hold."))
                  .field(input(GraphQlNames.OR, list(nonNull(self)), "One of these holds."))
                  .field(input(GraphQlNames.NOT, self, "This does not hold."));
          model.fields().forEach(field -> type.field(condition(field)));
          return type.build();
        });
  }

  private GraphQLInputObjectField condition(Field field) {
    return input(field.name(), field.list() ? listCondition(field) : condition(field.type()), "");
  }

  private GraphQLInputType listCondition(Field field) {
    return switch (field.type()) {
      case ScalarType scalar when scalar != ScalarType.JSON ->
          listFilter(scalar.schemaName(), ScalarTypes.of(scalar));
      case EnumType type -> listFilter(type.schemaName(), enumeration(type));
      case ScalarType _, ValueType _, RelationType _ -> filter(ScalarType.JSON);
    };
  }

  private GraphQLInputType condition(FieldType type) {
    return switch (type) {
      case ScalarType scalar -> filter(scalar);
      case EnumType enumType -> filter(enumType);
      case ValueType value -> where(value);
      case RelationType relation -> where(schema.require(relation.target()));
    };
  }

  private GraphQLInputType where(ValueType value) {
    String name = GraphQlNames.where(value.schemaName());
    return shelf.input(
        name,
        () -> {
          GraphQLInputObjectType.Builder type =
              GraphQLInputObjectType.newInputObject()
                  .name(name)
                  .description("A condition on a value of %s.".formatted(value.schemaName()));
          value.fields().forEach(field -> type.field(condition(field)));
          if (value.field(Operator.IS_NULL.word()).isEmpty()) {
            type.field(isNull());
          }
          return type.build();
        });
  }

  private static GraphQLInputObjectField isNull() {
    return input(Operator.IS_NULL.word(), Scalars.GraphQLBoolean, "Whether there is no value.");
  }

  private GraphQLInputType filter(ScalarType scalar) {
    return shelf.input(
        GraphQlNames.filter(scalar.schemaName()),
        () -> {
          GraphQLInputObjectType.Builder type =
              newFilter(GraphQlNames.filter(scalar.schemaName()), scalar.schemaName());
          if (scalar != ScalarType.JSON) {
            addEquality(type, operand(scalar));
          }
          if (scalar != ScalarType.JSON && scalar != ScalarType.BOOLEAN) {
            addOrder(type, operand(scalar));
          }
          if (scalar.textual()) {
            addText(type);
          }
          return type.field(isNull()).build();
        });
  }

  /// Half an address can be compared with too.
  private static GraphQLInputType operand(ScalarType scalar) {
    return switch (scalar) {
      case EMAIL, URL -> Scalars.GraphQLString;
      case ID, STRING, INT, LONG, FLOAT, BOOLEAN, DECIMAL, DATE_TIME, DATE, UUID, JSON ->
          ScalarTypes.of(scalar);
    };
  }

  private GraphQLInputType filter(EnumType enumType) {
    return shelf.input(
        GraphQlNames.filter(enumType.schemaName()),
        () -> {
          GraphQLInputObjectType.Builder type =
              newFilter(GraphQlNames.filter(enumType.schemaName()), enumType.schemaName());
          addEquality(type, enumeration(enumType));
          return type.field(isNull()).build();
        });
  }

  private static GraphQLInputObjectType.Builder newFilter(String name, String of) {
    return GraphQLInputObjectType.newInputObject()
        .name(name)
        .description(
            "A condition on a value of %s. All that stands in it has to hold.".formatted(of));
  }

  private static void addEquality(GraphQLInputObjectType.Builder type, GraphQLInputType operand) {
    type.field(input(Operator.EQ.word(), operand, "Is this value."))
        .field(input(Operator.NE.word(), operand, "Is another value, or there is none."))
        .field(input(Operator.IN.word(), list(nonNull(operand)), "Is one of these, at most 500."));
  }

  private static void addOrder(GraphQLInputObjectType.Builder type, GraphQLInputType operand) {
    type.field(input(Operator.GT.word(), operand, "Is greater."))
        .field(input(Operator.GTE.word(), operand, "Is at least this."))
        .field(input(Operator.LT.word(), operand, "Is less."))
        .field(input(Operator.LTE.word(), operand, "Is at most this."));
  }

  private static void addText(GraphQLInputObjectType.Builder type) {
    type.field(
            input(Operator.CONTAINS.word(), Scalars.GraphQLString, "Holds this text; case counts."))
        .field(input(Operator.STARTS_WITH.word(), Scalars.GraphQLString, "Begins with this text."))
        .field(input(Operator.ENDS_WITH.word(), Scalars.GraphQLString, "Ends with this text."));
  }

  private GraphQLInputType listFilter(String of, GraphQLInputType element) {
    return shelf.input(
        GraphQlNames.listFilter(of),
        () ->
            newFilter(GraphQlNames.listFilter(of), "a list of " + of)
                .field(input(Operator.CONTAINS.word(), element, "Has this element."))
                .field(isNull())
                .build());
  }

  private GraphQLInputType enumeration(EnumType type) {
    return shelf.input(type.schemaName(), () -> OutputTypes.makeEnum(type));
  }

  /// What a new record is made of.
  GraphQLInputType create(Model model) {
    return shelf.input(
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
    return shelf.input(
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
      case EnumType enumType -> enumeration(enumType);
      case ValueType value -> value(value);
      case RelationType _ -> Scalars.GraphQLID;
    };
  }

  private GraphQLInputType value(ValueType value) {
    return shelf.input(
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
    return shelf.input(
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
