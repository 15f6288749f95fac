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
class SchemaHistoryTest {
  private static SchemaHistory history(String... files) {
    List<Schema> versions = Arrays.stream(files).map(Schemas::parse).toList();
    for (int i = 1; i < versions.size(); i++) {
      assertThat(Evolution.plan(versions.get(i - 1), versions.get(i)).refusals()).isEmpty();
    }
    return new SchemaHistory(versions);
  }

  private static ModelMapping model(SchemaHistory history, int version, String name) {
    return history.model(version, name).orElseThrow();
  }

  private static @Nullable Object absent(
      SchemaHistory history, int version, String name, String fieldNow) {
    ModelMapping model = model(history, version, name);
    return model.absent(model.now().field(fieldNow).orElseThrow());
  }

  private static String field(SchemaHistory history, int version, String model, String name) {
    return model(history, version, model).field(name).map(Field::name).orElse("gone");
  }

  @Test
  void modelsAreFollowedThroughAllTheirNames() {
    SchemaHistory history =
        history(
            "type Person @model { name: String }",
            "type Client @model @renamedFrom(name: \"Person\") { name: String }",
            "type Buyer @model @renamedFrom(name: \"Client\") { name: String }",
            "type Buyer @model { name: String } type Person @model { x: Int }");
    assertThat(model(history, 1, "Person").now()).isSameAs(history.now().require("Buyer"));
    assertThat(model(history, 2, "Client").now().name()).isEqualTo("Buyer");
    assertThat(model(history, 3, "Buyer").now().name()).isEqualTo("Buyer");
    assertThat(model(history, 4, "Person").now().name()).isEqualTo("Person");
    assertThat(model(history, 1, "Person").then().name()).isEqualTo("Person");
    assertThat(history.model(1, "Buyer")).isEmpty();
  }

  @Test
  void fieldsAreFollowedThroughAllTheirNames() {
    SchemaHistory history =
        history(
            "type A @model { one: Int }",
            "type A @model { two: Int @renamedFrom(name: \"one\") }",
            "type A @model { three: Int @renamedFrom(name: \"two\") }");
    assertThat(field(history, 1, "A", "one")).isEqualTo("three");
    assertThat(field(history, 2, "A", "two")).isEqualTo("three");
    assertThat(field(history, 3, "A", "three")).isEqualTo("three");
    assertThat(field(history, 1, "A", "three")).isEqualTo("gone");
    assertThat(field(history, 1, "A", "id")).isEqualTo("id");
    assertThat(field(history, 1, "A", "version")).isEqualTo("version");
  }

  @Test
  void aNameThatIsFreeAgainIsAnotherField() {
    SchemaHistory history =
        history(
            "type A @model { a: Int }",
            "type A @model { b: Int @renamedFrom(name: \"a\") }",
            "type A @model { b: Int a: Int! @default(value: 7) }");
    assertThat(field(history, 1, "A", "a")).isEqualTo("b");
    assertThat(field(history, 3, "A", "a")).isEqualTo("a");
    assertThat(absent(history, 1, "A", "a")).isEqualTo(7L);
    assertThat(absent(history, 1, "A", "b")).isNull();
  }

  @Test
  void aRemovedFieldIsGoneEvenWhenItsNameComesBack() {
    SchemaHistory history =
        history(
            "type A @model { x: Int a: Int }",
            "type A @model @removed(fields: [\"a\"]) { x: Int }",
            "type A @model { x: Int a: Int @default(value: 3) }");
    assertThat(field(history, 1, "A", "a")).isEqualTo("gone");
    assertThat(absent(history, 1, "A", "a")).isEqualTo(3L);
    assertThat(absent(history, 2, "A", "a")).isEqualTo(3L);
    assertThat(absent(history, 3, "A", "a")).isNull();
  }

  @Test
  void anAddedFieldHasTheDefaultWithWhichItWasAdded() {
    SchemaHistory history =
        history(
            "type A @model { x: Int }",
            "type A @model { x: Int role: String! @default(value: \"guest\") nick: String }",
            "type A @model { x: Int kind: String! @default(value: \"user\") @renamedFrom(name: \"role\") nick: String @default(value: \"-\") }");
    assertThat(absent(history, 1, "A", "kind")).isEqualTo("guest");
    assertThat(absent(history, 2, "A", "kind")).isNull();
    assertThat(absent(history, 1, "A", "nick")).isNull();
    assertThat(field(history, 2, "A", "role")).isEqualTo("kind");
  }

  @Test
  void aFieldThatBecameRequiredIsFilledAsItWasThen() {
    SchemaHistory history =
        history(
            "type A @model { x: Int }",
            "type A @model { x: Int n: Int }",
            "type A @model { x: Int n: Int! @default(value: 1) }",
            "type A @model { x: Int n: Int }",
            "type A @model { x: Int n: Int! @default(value: 2) }");
    assertThat(absent(history, 1, "A", "n")).isEqualTo(1L);
    assertThat(absent(history, 2, "A", "n")).isEqualTo(1L);
    assertThat(absent(history, 3, "A", "n")).isEqualTo(2L);
    assertThat(absent(history, 4, "A", "n")).isEqualTo(2L);
    assertThat(absent(history, 5, "A", "n")).isNull();
  }

  @Test
  void versionsAreNumberedFromOne() {
    SchemaHistory history = history("type A @model { x: Int }", "type A @model { x: Int y: Int }");
    assertThat(history.latest()).isEqualTo(2);
    assertThat(history.schema(1).require("A").field("y")).isEmpty();
    assertThat(history.now()).isSameAs(history.schema(2));
    assertThatThrownBy(() -> new SchemaHistory(List.of())).hasMessage("There is no schema version");
  }
}
