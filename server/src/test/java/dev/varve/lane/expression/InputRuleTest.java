package dev.varve.lane.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.schema.Field;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rules over what the caller gave.
class InputRuleTest {
  private static final Entity RECORD =
      Shop.entity(Shop.ORDER, "o1", Map.of("total", new BigDecimal("10.00"), "note", "old"));
  private static final Entity USER = Shop.entity(Shop.USER, "u1", Map.of("name", "Ada"));

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '→',
      textBlock =
          """
          input.total == 12                 → true
          input.total > record.total        → true
          input.total == record.total       → false
          has(input.total)                  → true
          has(input.note)                   → true
          input.note == null                → true
          has(input.title)                  → false
          !has(input.title)                 → true
          input.title == null               → true
          input.title != 'a'                → true
          input.quantity > 0                → false
          !(input.quantity > 0)             → false
          input.shipTo.city == "Oslo"       → true
          input.shipTo.geo.place == "hill"  → true
          input.shipTo.floor == null        → true
          input.user == "u1"                → true
          input.user.name == "Ada"          → true
          input.approver.name != "Ada"      → false
          "a" in input.tags                 → false
          """)
  void decidesByWhatWasGiven(String source, boolean expected) throws ExpressionException {
    Map<String, @Nullable Object> given = new LinkedHashMap<>();
    given.put("total", new BigDecimal("12.00"));
    given.put("note", null);
    given.put("user", "u1");
    given.put(
        "shipTo",
        new Input.Patch(Map.of("city", "Oslo", "geo", new Input.Patch(Map.of("place", "hill")))));

    assertThat(Shop.rule(source).test(RECORD, bindings(Optional.of(input(given)))))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      textBlock =
          """
          input.total == 12
          input.total != 12
          input.total == null
          has(input.total)
          !has(input.total)
          """)
  void failsWhereNothingCanBeGiven(String source) throws ExpressionException {
    assertThat(Shop.rule(source).test(RECORD, bindings(Optional.empty()))).isFalse();
  }

  private static Bindings bindings(Optional<Input> input) {
    return new Bindings(
        Shop.NOW,
        input,
        Optional.empty(),
        (model, id) ->
            model == Shop.USER && id.equals("u1") ? Optional.of(USER) : Optional.empty());
  }

  private static Input input(Map<String, @Nullable Object> given) {
    @Nullable Object[] values = new Object[Shop.ORDER.fields().size()];
    boolean[] present = new boolean[values.length];
    for (Field field : Shop.ORDER.fields()) {
      values[field.ordinal()] = given.get(field.name());
      present[field.ordinal()] = given.containsKey(field.name());
    }
    return new Input(Shop.ORDER, values, present);
  }
}
