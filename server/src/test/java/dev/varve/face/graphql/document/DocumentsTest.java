package dev.varve.face.graphql.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.graphql.Shop;
import dev.varve.face.graphql.type.TypeSystem;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Schema;
import dev.varve.schema.sdl.Schemas;
import graphql.schema.GraphQLSchema;
import org.junit.jupiter.api.Test;

class DocumentsTest {
  private static final Schema SCHEMA = Schemas.parse(Shop.SCHEMA);
  private static final GraphQLSchema TYPES =
      new TypeSystem(SCHEMA, OpenEngine.compile(SCHEMA)).schema();

  private final Documents documents = new Documents(GraphQlSettings.DEFAULT, AllowList.of(""));

  private static String document(int number) {
    return "{ user(id: \"u%d\") { %s } }".formatted(number, "id ".repeat(400));
  }

  @Test
  void whatPassedIsKept() {
    assertThat(documents.checked(document(1), TYPES))
        .isSameAs(documents.checked(document(1), TYPES));
    // a document of short names counts as one of usual names with as many nodes
    assertThat(documents.keptCharacters()).isGreaterThan(document(1).length()).isEqualTo(4_060);
  }

  @Test
  void aThousandDifferentDocumentsAreNotAllKept() {
    for (int i = 0; i < 1_000; i++) {
      documents.checked(document(i), TYPES);
    }
    assertThat(documents.keptCharacters())
        .isBetween(1L, (long) GraphQlSettings.DEFAULT.cachedCharactersMax());
  }
}
