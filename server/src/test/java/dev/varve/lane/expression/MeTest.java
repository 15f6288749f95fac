package dev.varve.lane.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.OnSqlite;
import dev.varve.schema.record.Entity;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What rules that speak of `me` select, the same in memory, from current rows and from those of a moment.
class MeTest {
  private static final Entity ADA =
      member(
          "ada",
          Map.ofEntries(
              Map.entry("roles", List.of("staff", "PAID")),
              Map.entry("user", "u1"),
              Map.entry("team", "t1"),
              Map.entry("rank", 3L),
              Map.entry("budget", new BigDecimal("100.00")),
              Map.entry("colour", "RED"),
              Map.entry("status", "PAID"),
              Map.entry("joined", Instant.parse("2026-02-01T00:00:00Z")),
              Map.entry("home", Map.of("city", "Oslo", "verified", true)),
              Map.entry("sizes", Arrays.asList(2L, null)),
              Map.entry("users", List.of("u2", "u9"))));
  // of no team, with nothing that may be left out
  private static final Entity BOB = member("bob", Map.of("roles", List.of()));

  private static Shelf shelf;

  private static Entity member(String id, Map<String, Object> more) {
    Map<String, Object> values = new java.util.HashMap<>(more);
    values.put("email", id + "@example.com");
    values.put("verified", id.equals("ada"));
    values.put("disabled", false);
    return Shop.entity(Shop.MEMBER, id, values);
  }

  @BeforeAll
  static void fillShelf() throws SQLException {
    shelf = new Shelf();
    shelf.put(Shop.entity(Shop.TEAM, "t1", Map.of("name", "North")));
    shelf.put(Shop.entity(Shop.USER, "u1", Map.of("name", "Ada", "team", "t1")));
    shelf.put(Shop.entity(Shop.USER, "u2", Map.of("name", "Bob")));
    shelf.put(
        Shop.entity(
            Shop.ORDER,
            "own",
            Map.of(
                "user",
                "u1",
                "status",
                "PAID",
                "colour",
                "RED",
                "quantity",
                2L,
                "total",
                new BigDecimal("100.00"),
                "note",
                "ada",
                "tags",
                List.of("ada", "x"),
                "placedAt",
                Instant.parse("2026-02-02T00:00:00Z"),
                "shipTo",
                Map.of("city", "Oslo"))));
    shelf.put(
        Shop.entity(Shop.ORDER, "other", Map.of("user", "u2", "status", "DRAFT", "quantity", 4L)));
    shelf.put(Shop.entity(Shop.ORDER, "bare", Map.of()));
    shelf.put(Shop.entity(Shop.ORDER, "lost", Map.of("user", "u9")));
  }

  @AfterAll
  static void closeShelf() throws SQLException {
    shelf.close();
  }

  private static Set<String> selected(Optional<Entity> account, String source)
      throws ExpressionException {
    shelf.signIn(account);
    Predicate rule = Shop.rule(source);
    Set<String> inMemory = shelf.inMemory(Shop.ORDER, rule);
    assertThat(shelf.inSql(Shop.ORDER, rule, OptionalLong.empty())).isEqualTo(inMemory);
    assertThat(shelf.inSql(Shop.ORDER, rule, OptionalLong.of(Shelf.POSITION))).isEqualTo(inMemory);
    return inMemory;
  }

  private static Set<String> ids(String text) {
    return text.isBlank() ? Set.of() : new TreeSet<>(Arrays.asList(text.strip().split(" ")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '"',
      textBlock =
          """
          record.user == me.user → own →
          me.user == record.user → own →
          record.user != me.user → bare lost other →
          !(record.user == me.user) → bare lost other →
          record.user.id == me.user.id → own →
          record.user.team == me.team → own →
          record.user.team != me.team → other →
          record.user in me.users → lost other →
          !(record.user in me.users) → bare own →
          record.user == 'u1' && me.verified → own →
          me.verified → bare lost other own →
          !me.verified → → bare lost other own
          me.verified == false → → bare lost other own
          'staff' in me.roles → bare lost other own →
          !('staff' in me.roles) → → bare lost other own
          me.id in record.tags → own →
          !(me.id in record.tags) → bare lost other → bare lost other own
          me.email == 'ada@example.com' → bare lost other own →
          me.email == 'ADA@example.com' → bare lost other own →
          me.email.endsWith('@example.com') → bare lost other own → bare lost other own
          me.email.startsWith(record.note) → own →
          me.id in ['ada', 'eve'] → bare lost other own →
          record.quantity < me.rank → own →
          me.rank > record.quantity → own →
          record.quantity in me.sizes → own →
          size(me.roles) == 2 → bare lost other own →
          record.quantity == size(me.roles) → own →
          me.rank == 3.5 → →
          record.total == me.budget → own →
          record.colour == me.colour → own →
          record.status == me.status → own →
          record.placedAt > me.joined → own →
          me.joined < now → bare lost other own →
          record.shipTo.city == me.home.city → own →
          me.home.verified → bare lost other own →
          me.team == null → → bare lost other own
          has(me.team) → bare lost other own →
          !has(me.team) → → bare lost other own
          me.verified ? record.user == me.user : record.user == null → own → bare
          me.team in ['t1', null] → bare lost other own → bare lost other own
          """)
  void selectsWhatIsTheCallers(String source, String forAda, String forBob)
      throws ExpressionException {
    assertThat(selected(Optional.of(ADA), source)).isEqualTo(ids(forAda == null ? "" : forAda));
    assertThat(selected(Optional.of(BOB), source)).isEqualTo(ids(forBob == null ? "" : forBob));
    assertThat(selected(Optional.empty(), source)).isEmpty();
    assertThat(Shop.rule(source).usesAccount()).isTrue();
    assertThat(Shop.rule(source).withoutAccount()).isEqualTo(Predicates.never());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '"',
      textBlock =
          """
          record.user == null || record.user == me.user → bare
          !(record.user == me.user && record.status == 'PAID') → bare lost other
          me.verified ? true : record.user == null →
          record.user == null ? true : me.verified → bare
          record.user == null ? me.verified : true → lost other own
          """)
  void whatDoesNotSpeakOfMeStaysForThoseWithoutAccount(String source, String expected)
      throws ExpressionException {
    Set<String> ids = ids(expected == null ? "" : expected);
    assertThat(selected(Optional.empty(), source)).isEqualTo(ids);
    Predicate bare = Shop.rule(source).withoutAccount();
    assertThat(bare.usesAccount()).isFalse();
    assertThat(shelf.inMemory(Shop.ORDER, bare)).isEqualTo(ids);
  }

  @Test
  @OnSqlite
  void theValuesOfMeAreBoundAndCanUseAnIndex() throws ExpressionException {
    shelf.signIn(Optional.of(ADA));
    assertThat(shelf.text(Shop.ORDER, Shop.rule("record.user == me.user"), OptionalLong.empty()))
        .isEqualTo("`t`.`user` = 'u1'");
    assertThat(
            shelf.text(Shop.ORDER, Shop.rule("record.user.team == me.team"), OptionalLong.empty()))
        .isEqualTo(
            "`t`.`user` in (select `t_1`.`id` from `users` as `t_1` where `t_1`.`team` = 't1')");
  }
}
