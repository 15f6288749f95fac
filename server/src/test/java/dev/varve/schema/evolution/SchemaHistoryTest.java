package dev.varve.schema.evolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.schema.Field;
import dev.varve.schema.Schema;
import dev.varve.schema.sdl.Schemas;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the names of earlier schema versions mean in the last one.
class LineageTest {
  private static Lineage lineage(String... files) {
    List<Schema> versions = Arrays.stream(files).map(Schemas::parse).toList();
    for (int i = 1; i < versions.size(); i++) {
      assertThat(Evolution.plan(versions.get(i - 1), versions.get(i)).refusals()).isEmpty();
    }
    return new Lineage(versions);
  }

  private static ModelLineage model(Lineage lineage, int version, String name) {
    return lineage.model(version, name).orElseThrow();
  }

  private static @Nullable Object absent(
      Lineage lineage, int version, String name, String fieldNow) {
    ModelLineage model = model(lineage, version, name);
    return model.absent(model.now().field(fieldNow).orElseThrow());
  }

  private static String field(Lineage lineage, int version, String model, String name) {
    return model(lineage, version, model).field(name).map(Field::name).orElse("gone");
  }

  @Test
  void modelsAreFollowedThroughAllTheirNames() {
    Lineage lineage =
        lineage(
            "type Person @model { name: String }",
            "type Client @model @renamedFrom(name: \"Person\") { name: String }",
            "type Buyer @model @renamedFrom(name: \"Client\") { name: String }",
            "type Buyer @model { name: String } type Person @model { x: Int }");
    assertThat(model(lineage, 1, "Person").now()).isSameAs(lineage.now().require("Buyer"));
    assertThat(model(lineage, 2, "Client").now().name()).isEqualTo("Buyer");
    assertThat(model(lineage, 3, "Buyer").now().name()).isEqualTo("Buyer");
    assertThat(model(lineage, 4, "Person").now().name()).isEqualTo("Person");
    assertThat(model(lineage, 1, "Person").then().name()).isEqualTo("Person");
    assertThat(lineage.model(1, "Buyer")).isEmpty();
  }

  @Test
  void fieldsAreFollowedThroughAllTheirNames() {
    Lineage lineage =
        lineage(
            "type A @model { one: Int }",
            "type A @model { two: Int @renamedFrom(name: \"one\") }",
            "type A @model { three: Int @renamedFrom(name: \"two\") }");
    assertThat(field(lineage, 1, "A", "one")).isEqualTo("three");
    assertThat(field(lineage, 2, "A", "two")).isEqualTo("three");
    assertThat(field(lineage, 3, "A", "three")).isEqualTo("three");
    assertThat(field(lineage, 1, "A", "three")).isEqualTo("gone");
    assertThat(field(lineage, 1, "A", "id")).isEqualTo("id");
    assertThat(field(lineage, 1, "A", "version")).isEqualTo("version");
  }

  @Test
  void aNameThatIsFreeAgainIsAnotherField() {
    Lineage lineage =
        lineage(
            "type A @model { a: Int }",
            "type A @model { b: Int @renamedFrom(name: \"a\") }",
            "type A @model { b: Int a: Int! @default(value: 7) }");
    assertThat(field(lineage, 1, "A", "a")).isEqualTo("b");
    assertThat(field(lineage, 3, "A", "a")).isEqualTo("a");
    assertThat(absent(lineage, 1, "A", "a")).isEqualTo(7L);
    assertThat(absent(lineage, 1, "A", "b")).isNull();
  }

  @Test
  void aRemovedFieldIsGoneEvenWhenItsNameComesBack() {
    Lineage lineage =
        lineage(
            "type A @model { x: Int a: Int }",
            "type A @model @removed(fields: [\"a\"]) { x: Int }",
            "type A @model { x: Int a: Int @default(value: 3) }");
    assertThat(field(lineage, 1, "A", "a")).isEqualTo("gone");
    assertThat(absent(lineage, 1, "A", "a")).isEqualTo(3L);
    assertThat(absent(lineage, 2, "A", "a")).isEqualTo(3L);
    assertThat(absent(lineage, 3, "A", "a")).isNull();
  }

  @Test
  void anAddedFieldHasTheDefaultWithWhichItWasAdded() {
    Lineage lineage =
        lineage(
            "type A @model { x: Int }",
            "type A @model { x: Int role: String! @default(value: \"guest\") nick: String }",
            "type A @model { x: Int kind: String! @default(value: \"user\") @renamedFrom(name: \"role\") nick: String @default(value: \"-\") }");
    assertThat(absent(lineage, 1, "A", "kind")).isEqualTo("guest");
    assertThat(absent(lineage, 2, "A", "kind")).isNull();
    assertThat(absent(lineage, 1, "A", "nick")).isNull();
    assertThat(field(lineage, 2, "A", "role")).isEqualTo("kind");
  }

  @Test
  void aFieldThatBecameRequiredIsFilledAsItWasThen() {
    Lineage lineage =
        lineage(
            "type A @model { x: Int }",
            "type A @model { x: Int n: Int }",
            "type A @model { x: Int n: Int! @default(value: 1) }",
            "type A @model { x: Int n: Int }",
            "type A @model { x: Int n: Int! @default(value: 2) }");
    assertThat(absent(lineage, 1, "A", "n")).isEqualTo(1L);
    assertThat(absent(lineage, 2, "A", "n")).isEqualTo(1L);
    assertThat(absent(lineage, 3, "A", "n")).isEqualTo(2L);
    assertThat(absent(lineage, 4, "A", "n")).isEqualTo(2L);
    assertThat(absent(lineage, 5, "A", "n")).isNull();
  }

  @Test
  void versionsAreNumberedFromOne() {
    Lineage lineage = lineage("type A @model { x: Int }", "type A @model { x: Int y: Int }");
    assertThat(lineage.latest()).isEqualTo(2);
    assertThat(lineage.schema(1).require("A").field("y")).isEmpty();
    assertThat(lineage.now()).isSameAs(lineage.schema(2));
    assertThatThrownBy(() -> new Lineage(List.of())).hasMessage("There is no schema version");
  }
}
