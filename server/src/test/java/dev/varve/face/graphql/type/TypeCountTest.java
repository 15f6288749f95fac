package dev.varve.face.graphql.type;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.lane.access.Access;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Schema;
import dev.varve.schema.sdl.Schemas;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLSchema;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The types that a wide schema brings: so many for a model, none for a field.
class TypeCountTest {
  private static final String[] SCALARS = {
    "ID",
    "String",
    "Int",
    "Long",
    "Float",
    "Boolean",
    "Decimal",
    "DateTime",
    "Date",
    "UUID",
    "Email",
    "Url",
    "JSON",
    "[String!]",
    "Colour",
    "Place"
  };
  private static final String SHARED =
      " enum Colour { RED GREEN } type Place { street: String city: String }";

  /// Models that each refer to the one before, with fields of every kind.
  private static GraphQLSchema types(int models, int fields) {
    String text =
        IntStream.range(0, models)
                .mapToObj(model -> model(model, fields))
                .collect(Collectors.joining(" "))
            + SHARED;
    Schema schema = Schemas.parse(text);
    Access access = OpenEngine.compile(schema);
    return new TypeSystem(schema, access).schema();
  }

  private static String model(int number, int fields) {
    String own =
        IntStream.range(0, fields)
            .mapToObj(field -> "f%d: %s".formatted(field, type(field)))
            .collect(Collectors.joining(" "));
    String before = number == 0 ? "" : " before: Model%d".formatted(number - 1);
    return "type Model%d @model @auth(rules: [{allow: public}]) { %s%s }"
        .formatted(number, own, before);
  }

  private static String type(int field) {
    String type = SCALARS[field % SCALARS.length];
    return type.equals("Decimal") ? "Decimal @scale(digits: 2)" : type;
  }

  private static long inputs(GraphQLSchema schema) {
    return schema.getAllTypesAsList().stream()
        .filter(GraphQLInputObjectType.class::isInstance)
        .count();
  }

  private static int all(GraphQLSchema schema) {
    return schema.getAllTypesAsList().size();
  }

  @Test
  void aFieldBringsNoType() {
    assertThat(all(types(10, 96))).isEqualTo(all(types(10, 16)));
    assertThat(inputs(types(10, 96))).isEqualTo(inputs(types(10, 16)));
  }

  @Test
  void aModelBringsNineTypesOfWhichFourAreInputs() {
    assertThat(all(types(30, 32)) - all(types(10, 32))).isEqualTo(20 * 9);
    assertThat(inputs(types(30, 32)) - inputs(types(10, 32))).isEqualTo(20 * 4);
  }
}
