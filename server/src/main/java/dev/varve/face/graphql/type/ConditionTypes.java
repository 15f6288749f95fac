package dev.varve.face.graphql.type;

import static dev.varve.face.graphql.type.InputTypes.input;
import static graphql.schema.GraphQLList.list;
import static graphql.schema.GraphQLNonNull.nonNull;

import dev.varve.kernel.Folding;
import dev.varve.lane.access.Read;
import dev.varve.lane.expression.Operator;
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
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLTypeReference;

/// The types of conditions on records, and of their orders. Those on scalars are shared by all fields.
final class ConditionTypes {
  private final Schema schema;
  private final TypeRegistry registry;

  ConditionTypes(Schema schema, TypeRegistry registry) {
    this.schema = schema;
    this.registry = registry;
  }

  GraphQLInputType orderBy(Model model) {
    return registry.input(
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
    return registry.input(
        "SortDirection",
        () -> {
          GraphQLEnumType.Builder type =
              GraphQLEnumType.newEnum()
                  .name("SortDirection")
                  .description(
                      "Whether the smallest or the largest comes first. Absent values are smallest.");
          for (SortDirection direction : SortDirection.values()) {
            type.value(direction.name(), direction.name(), direction.description());
          }
          return type.build();
        });
  }

  GraphQLInputType where(Model model) {
    String name = GraphQlNames.where(model.name());
    return registry.input(
        name,
        () -> {
          GraphQLInputType self = GraphQLTypeReference.typeRef(name);
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
    return registry.input(
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
    return registry.input(
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
          if (scalar.foldable()) {
            addFolded(type);
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
    return registry.input(
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

  private static void addFolded(GraphQLInputObjectType.Builder type) {
    for (Operator operator : Operator.values()) {
      if (operator.folding() != Folding.EXACT) {
        GraphQLInputType text = Scalars.GraphQLString;
        boolean several = operator.test() == Operator.Test.IN;
        type.field(
            input(
                operator.word(),
                several ? list(nonNull(text)) : text,
                "The same without regard to %s."
                    .formatted(operator.folding() == Folding.CASE ? "case" : "case and accents")));
      }
    }
  }

  private GraphQLInputType listFilter(String of, GraphQLInputType element) {
    return registry.input(
        GraphQlNames.listFilter(of),
        () ->
            newFilter(GraphQlNames.listFilter(of), "a list of " + of)
                .field(input(Operator.CONTAINS.word(), element, "Has this element."))
                .field(isNull())
                .build());
  }

  GraphQLInputType enumeration(EnumType type) {
    return registry.input(type.schemaName(), () -> OutputTypes.makeEnum(type));
  }
}
