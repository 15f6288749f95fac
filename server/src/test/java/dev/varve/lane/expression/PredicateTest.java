package dev.varve.lane.expression;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each expression selects the same orders in memory, from the current rows and from those of a moment.
class PredicateTest {
  private static Shelf shelf;

  @BeforeAll
  static void fillShelf() throws SQLException {
    shelf = new Shelf();
    shelf.put(Shop.entity(Shop.TEAM, "t1", Map.of("name", "North", "budget", decimal("10.00"))));
    shelf.put(
        Shop.entity(
            Shop.USER,
            "u1",
            Map.of("email", "ada@example.com", "name", "Ada", "active", true, "team", "t1")));
    shelf.put(Shop.entity(Shop.USER, "u2", Map.of("email", "bob@example.org", "active", false)));
    shelf.put(
        Shop.entity(
            Shop.ORDER,
            "full",
            Map.ofEntries(
                Map.entry("user", "u1"),
                Map.entry("approver", "u2"),
                Map.entry("status", "PAID"),
                Map.entry("colour", "RED"),
                Map.entry("note", "Straße 7"),
                Map.entry("title", "a%b_c"),
                Map.entry("total", decimal("100.00")),
                Map.entry("paid", decimal("99.99")),
                Map.entry("quantity", 2L),
                Map.entry("stock", 9_007_199_254_740_993L),
                Map.entry("weight", 0.1),
                Map.entry("gift", true),
                Map.entry("placedAt", Instant.parse("2026-02-28T12:00:00.000001Z")),
                Map.entry("due", LocalDate.parse("2026-03-02")),
                Map.entry("code", "0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57"),
                Map.entry("tags", Arrays.asList("new", null, "hot")),
                Map.entry("sizes", List.of(1L, 2L)),
                Map.entry("prices", List.of(decimal("1.50"))),
                Map.entry("visits", List.of(Instant.parse("2026-01-01T00:00:00.500Z"))),
                Map.entry(
                    "shipTo",
                    Map.of(
                        "city",
                        "Oslo",
                        "floor",
                        3L,
                        "rent",
                        decimal("900.00"),
                        "since",
                        Instant.parse("2020-01-01T00:00:00.25Z"),
                        "verified",
                        true,
                        "labels",
                        List.of("home"),
                        "geo",
                        Map.of("place", "hill"))))));
    shelf.put(Shop.entity(Shop.ORDER, "bare", Map.of()));
    shelf.put(
        Shop.entity(
            Shop.ORDER,
            "half",
            Map.of(
                "user",
                "u2",
                "status",
                "DRAFT",
                "total",
                decimal("9.50"),
                "gift",
                false,
                "note",
                "strasse",
                "parent",
                "full")));
  }

  @AfterAll
  static void closeShelf() throws SQLException {
    shelf.close();
  }

  private static BigDecimal decimal(String text) {
    return new BigDecimal(text);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      textBlock =
          """
          status == 'PAID'                              → full
          status != 'PAID'                              → bare half
          !(status == 'PAID')                           → bare half
          'PAID' == status                              → full
          status == 'PAID' || status == 'DRAFT'         → full half
          status in ['PAID', 'SHIPPED']                 → full
          !(status in ['PAID', 'SHIPPED'])              → bare half
          status in ['PAID', null]                      → bare full
          !(status in ['PAID', null])                   → half
          status in []                                  →
          !(status in [])                               → bare full half
          status == null                                → bare
          has(status)                                   → full half
          !has(status)                                  → bare
          total >= 100                                  → full
          total >= 100.00                               → full
          total > 99.999                                → full
          total == '100'                                → full
          total == 9.5                                  → half
          total == 9.505                                →
          total != 9.505                                → bare full half
          total < 9.505                                 → half
          !(total < 9.505)                              → full
          total < 1e30                                  → full half
          !(total < 1e30)                               →
          total in [9.5, 100, 7.777]                    → full half
          total > paid                                  → full
          total == paid                                 → bare
          total != paid                                 → full half
          quantity > 1.5 && quantity < 2.5              → full
          quantity == 2.0                               → full
          100 <= total                                  → full
          stock == 9007199254740993                     → full
          stock == 9007199254740992                     →
          stock > 9007199254740992.5                    → full
          weight == 0.1                                 → full
          weight < 1                                    → full
          gift                                          → full
          !gift                                         → half
          gift == true                                  → full
          gift != true                                  → bare half
          gift && true                                  → full
          true                                          → bare full half
          false                                         →
          !(status == 'PAID' && gift)                   → bare half
          !(status == 'PAID' && gift) || false          → bare half
          (total > 50) == false                         → half
          note.startsWith('Stra')                       → full
          note.startsWith('stra')                       → half
          !note.startsWith('Stra')                      → half
          note.startsWith('')                           → full half
          note.endsWith('7')                            → full
          note.contains('ß')                            → full
          !note.contains('ß')                           → half
          title.contains('%')                           → full
          title.contains('a_b')                         →
          note < 'a'                                    → full
          size(note) == 8                               → full
          note.size() > 7                               → full
          size(note) > 6.5                              → full half
          size(tags) == 3                               → full
          'hot' in tags                                 → full
          !('hot' in tags)                              → bare half
          2 in sizes                                    → full
          2.5 in sizes                                  →
          1.5 in prices                                 → full
          '1.50' in prices                              → full
          '2026-01-01T01:00:00.5+01:00' in visits       → full
          placedAt < now                                → full
          placedAt < now - duration('24h')              →
          placedAt <= now - duration('24h') + duration('1us') → full
          placedAt == timestamp('2026-02-28T12:00:00.000001Z') → full
          placedAt > '2026-02-28T12:00:00Z'             → full
          updatedAt > createdAt                         → bare full half
          now > createdAt                               → bare full half
          now > timestamp('2026-01-01T00:00:00Z')       → bare full half
          due == '2026-03-02'                           → full
          due > '2026-03-01'                            → full
          code == '0198C5F2-6F1A-7C3E-9B1D-2F4A8E6C0B57' → full
          shipTo.city == 'Oslo'                         → full
          shipTo.city != 'Oslo'                         → bare half
          shipTo == null                                → bare half
          has(shipTo.city)                              → full
          shipTo.floor >= 3                             → full
          shipTo.rent > 100                             → full
          shipTo.rent < 1000.001                        → full
          shipTo.since < now                            → full
          shipTo.since == '2020-01-01T00:00:00.250Z'    → full
          shipTo.verified                               → full
          'home' in shipTo.labels                       → full
          size(shipTo.labels) == 1                      → full
          shipTo.geo.place == 'hill'                    → full
          shipTo.since < placedAt                       → full
          user == 'u1'                                  → full
          user.id == 'u1'                               → full
          user.id in ['u1', 'u2']                       → full half
          user.email.endsWith('@example.com')           → full
          !user.email.endsWith('@example.com')          → half
          user.name == null                             → half
          user.name != 'Ada'                            → half
          !(user.name == 'Ada')                         → half
          user.team.name == 'North'                     → full
          user.team.budget < 10.01                      → full
          parent.user.team.name == 'North'              → half
          parent.user.id == 'u1'                        → half
          user.email != approver.email                  → full
          user.team.name != user.name                   → full
          user.active                                   → full
          !user.active                                  → half
          total > 50 ? gift : status == 'DRAFT'         → full half
          !(total > 50 ? gift : status == 'DRAFT')      →
          """)
  void selectsTheSameInMemoryAndInSql(String source, String expected) throws ExpressionException {
    Predicate predicate = Shop.filter(source);
    Set<String> ids =
        expected == null
            ? Set.of()
            : Arrays.stream(expected.split(" ")).collect(Collectors.toCollection(TreeSet::new));

    assertThat(shelf.inMemory(Shop.ORDER, predicate)).as("in memory").isEqualTo(ids);
    assertThat(shelf.inSql(Shop.ORDER, predicate, OptionalLong.empty()))
        .as(() -> "in SQL: " + shelf.text(Shop.ORDER, predicate, OptionalLong.empty()))
        .isEqualTo(ids);
    assertThat(shelf.inSql(Shop.ORDER, predicate, OptionalLong.of(Shelf.POSITION)))
        .as("as of a position")
        .isEqualTo(ids);
  }
}
