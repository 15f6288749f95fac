package dev.varve.lane.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.node.OnSqlite;
import dev.varve.schema.record.Entity;
import java.math.BigDecimal;
import java.sql.SQLException;
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

/// What rules that speak of `me.client` and `me.scopes` select, the same in memory, from current rows and from those of a moment.
class ApplicationRuleTest {
  private static final Entity ADA =
      Shop.entity(
          Shop.MEMBER,
          "ada",
          Map.of(
              "email",
              "ada@example.com",
              "verified",
              true,
              "disabled",
              false,
              "roles",
              List.of("notes"),
              "user",
              "u1"));

  private static Shelf shelf;

  @BeforeAll
  static void fillShelf() throws SQLException {
    shelf = new Shelf();
    shelf.put(Shop.entity(Shop.USER, "u1", Map.of("name", "Ada")));
    shelf.put(
        Shop.entity(
            Shop.ORDER,
            "own",
            Map.of(
                "user",
                "u1",
                "note",
                "notes",
                "tags",
                List.of("notes"),
                "quantity",
                2L,
                "total",
                new BigDecimal("1.00"))));
    shelf.put(Shop.entity(Shop.ORDER, "other", Map.of("note", "read", "quantity", 4L)));
    shelf.signIn(Optional.of(ADA));
  }

  @AfterAll
  static void closeShelf() throws SQLException {
    shelf.close();
  }

  private static Set<String> selected(Predicate rule) {
    Set<String> inMemory = shelf.inMemory(Shop.ORDER, rule);
    assertThat(shelf.inSql(Shop.ORDER, rule, OptionalLong.empty())).isEqualTo(inMemory);
    assertThat(shelf.inSql(Shop.ORDER, rule, OptionalLong.of(Shelf.POSITION))).isEqualTo(inMemory);
    return inMemory;
  }

  private static Set<String> ids(String text) {
    return text == null || text.isBlank()
        ? Set.of()
        : new TreeSet<>(Arrays.asList(text.strip().split(" ")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '"',
      textBlock =
          """
          me.client == 'notes' → other own → →
          'notes' == me.client → other own → →
          me.client != 'notes' → → other own →
          !(me.client == 'notes') → → other own →
          me.client == null → → → other own
          me.client != null → other own → other own →
          has(me.client) → other own → other own →
          me.client == null || me.client == 'notes' → other own → → other own
          me.client in ['notes', 'more'] → other own → →
          me.client in ['more', null] → → → other own
          me.client.startsWith('no') → other own → →
          me.client.foldCase() == 'notes' → other own → →
          record.note == me.client → own → →
          me.client == record.note → own → →
          record.note != me.client → other → other own →
          me.client in record.tags → own → →
          !(me.client in record.tags) → other → other own →
          me.client in me.roles → other own → →
          'read' in me.scopes → other own → →
          !('read' in me.scopes) → → other own →
          record.note in me.scopes → other → →
          !(record.note in me.scopes) → own → other own →
          me.id in me.scopes → → →
          'read' in me.scopes && record.user == me.user → own → →
          'read' in me.scopes ? record.user == me.user : me.client == null → own → →
          me.client == null ? true : record.user == me.user → own → own → other own
          size(me.scopes) == 2 → other own → →
          record.quantity == size(me.scopes) → own → other →
          has(me.scopes) → other own → other own →
          me.scopes == null → → → other own
          """)
  void selectsByTheApplication(String source, String forNotes, String forOffice, String forNone)
      throws ExpressionException {
    Predicate rule = Shop.rule(source);
    assertThat(rule.usesApplication()).isTrue();
    assertThat(rule.usesAccount()).isTrue();
    Predicate notes = rule.through("notes", Set.of("read", "write"));
    Predicate office = rule.through("office", Set.of("a", "b", "c", "d"));
    Predicate none = rule.throughNone();
    assertThat(List.of(notes, office, none)).noneMatch(Predicate::usesApplication);
    assertThat(selected(notes)).as("notes").isEqualTo(ids(forNotes));
    assertThat(selected(office)).as("office").isEqualTo(ids(forOffice));
    assertThat(selected(none)).as("none").isEqualTo(ids(forNone));
  }

  @ParameterizedTest
  @CsvSource({
    "me.client == 'notes'",
    "me.client == null",
    "!(me.client == 'notes')",
    "!('read' in me.scopes)",
    "me.scopes == null"
  })
  void holdsForNobodyWithoutAnAccount(String source) throws ExpressionException {
    assertThat(Shop.rule(source).withoutAccount()).isEqualTo(Predicates.never());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      textBlock =
          """
          me.client == 5 → me.client is a String: compare it with text in quotes, not with a number
          me.scopes == 'read' → me.scopes is a list
          me.client.name == 'x' → has no field 'client'
          """)
  void whatCannotBeAskedIsRefused(String source, String message) {
    assertThatThrownBy(() -> Shop.rule(source))
        .isInstanceOfSatisfying(
            ExpressionException.class, e -> assertThat(e.text()).contains(message));
  }

  @Test
  @OnSqlite
  void valuesAreBoundAndCanUseAnIndex() throws ExpressionException {
    Predicate rule = Shop.rule("record.note == me.client").through("notes", Set.of("read"));
    assertThat(shelf.text(Shop.ORDER, rule, OptionalLong.empty()))
        .isEqualTo("`t`.`note` = 'notes'");
  }
}
