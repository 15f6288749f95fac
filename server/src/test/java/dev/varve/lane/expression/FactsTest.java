package dev.varve.lane.expression;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a predicate says of itself to those who decide whether it may be asked.
class FactsTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      textBlock =
          """
          record.status == 'PAID'                            → Order.status
          !(record.total > record.paid)                      → Order.total Order.paid
          record.shipTo.city == 'Oslo'                       → Order.shipTo
          record.user.team.name == 'North'                   → Order.user User.team Team.name
          record.user.id == 'u1'                             → Order.user
          'a' in record.tags || size(record.note) > 3        → Order.tags Order.note
          record.quantity == 1.5                             → Order.quantity
          record.total < 1e30 && false                       → Order.total
          has(record.extra) ? record.gift : record.due == null → Order.extra Order.gift Order.due
          input.total > record.total                         → Order.total
          input.user.name == 'Ada'                           → User.name
          now > timestamp('2026-01-01T00:00:00Z')            →
          """)
  void namesEveryFieldItReads(String source, String expected) throws ExpressionException {
    List<String> reads =
        Shop.rule(source).reads().stream()
            .map(read -> read.model() + "." + read.field().name())
            .toList();

    assertThat(reads).isEqualTo(expected == null ? List.of() : List.of(expected.split(" ")));
  }

  @Test
  void saysWhetherItLooksAtTheClockOrTheInput() throws ExpressionException {
    assertThat(Shop.rule("record.placedAt < now - duration('1h')").usesNow()).isTrue();
    assertThat(Shop.rule("record.placedAt < timestamp('2026-01-01T00:00:00Z')").usesNow())
        .isFalse();
    assertThat(Shop.rule("record.gift ? has(input.note) : true").usesInput()).isTrue();
    assertThat(Shop.rule("record.gift").usesInput()).isFalse();
    assertThat(Predicates.always().reads()).isEmpty();
  }
}
