package dev.varve.lane.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.node.OnSqlite;
import java.sql.SQLException;
import java.util.OptionalLong;
import org.jooq.Condition;
import org.jooq.Query;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The form of the SQL, which decides whether an index can answer it.
@OnSqlite
class ConditionTest {
  private static Shelf shelf;

  @BeforeAll
  static void createTables() throws SQLException {
    shelf = new Shelf();
    shelf.sql().execute("create index by_status on orders (status)");
    shelf.sql().execute("create index by_total on orders (total)");
    shelf.sql().execute("create index by_note on orders (note)");
    shelf.sql().execute("create index by_user on orders (user)");
  }

  @AfterAll
  static void close() throws SQLException {
    shelf.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '~',
      textBlock =
          """
          status == 'PAID' → `t`.`status` = 'PAID'
          status in ['PAID', 'DRAFT'] → `t`.`status` in ('PAID', 'DRAFT')
          total >= 100 → `t`.`total` >= 10000
          quantity > 1.5 → `t`.`quantity` >= 2
          gift → `t`.`gift` = 1
          note.startsWith('ab') → (substr(`t`.`note`, 1, length('ab')) = 'ab' and `t`.`note` >= 'ab' and `t`.`note` < 'ac')
          note != 'ab' → (`t`.`note` is not 'ab')
          note == title → (`t`.`note` is `t`.`title`)
          title.foldCase() == 'ab' → `t`.`title$case` = 'ab'
          title.foldAccents() == 'É'.foldAccents() → `t`.`title$accents` = 'e'
          title.foldCase() in ['a', 'B'.foldCase()] → `t`.`title$case` in ('a', 'b')
          title.foldCase().startsWith('ab') → (substr(`t`.`title$case`, 1, length('ab')) = 'ab' and `t`.`title$case` >= 'ab' and `t`.`title$case` < 'ac')
          title == 'Ab' → (`t`.`title` = 'Ab' and `t`.`title$case` = 'ab')
          title in ['Ab', 'AB', 'c'] → (`t`.`title` in ('Ab', 'AB', 'c') and `t`.`title$case` in ('ab', 'c'))
          note.foldCase() == title.foldCase() → (`varve_fold_case`(`t`.`note`) is `t`.`title$case`)
          shipTo.city.foldCase() == 'oslo' → `varve_fold_case`(`json_extract`(`t`.`shipTo`, '$."city"')) = 'oslo'
          user.name.foldCase() == 'ada' → `t`.`user` in (select `t_1`.`id` from `users` as `t_1` where `t_1`.`name$case` = 'ada')
          user.email.endsWith('@Example.com') → `t`.`user` in (select `t_1`.`id` from `users` as `t_1` where substr(`t_1`.`email`, ((length(`t_1`.`email`) - length('@example.com')) + 1)) = '@example.com')
          user == 'u1' → `t`.`user` = 'u1'
          user.email == 'a' → `t`.`user` in (select `t_1`.`id` from `users` as `t_1` where `t_1`.`email` = 'a')
          user.team.name == 'b' && status == 'PAID' → (`t`.`user` in (select `t_1`.`id` from `users` as `t_1` where `t_1`.`team` in (select `t_2`.`id` from `teams` as `t_2` where `t_2`.`name` = 'b')) and `t`.`status` = 'PAID')
          shipTo.city == 'Oslo' → `json_extract`(`t`.`shipTo`, '$."city"') = 'Oslo'
          shipTo.rent > 5 → cast(replace(`json_extract`(`t`.`shipTo`, '$."rent"'), '.', '') as int8) > 500
          'hot' in tags → exists (select 1 as `one` from json_each(`t`.`tags`) as `element` where `element`.`value` = 'hot')
          """)
  void staysOnTheColumn(String source, String expected) throws ExpressionException {
    assertThat(shelf.text(Shop.ORDER, Shop.filter(source), OptionalLong.empty()))
        .isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      textBlock =
          """
          status == 'PAID' → by_status (status=?)
          status in ['PAID', 'DRAFT'] → by_status (status=?)
          total >= 100 → by_total (total>?)
          total > 99.999 → by_total (total>?)
          note.startsWith('ab') → by_note (note>? AND note<?)
          user == 'u1' → by_user (user=?)
          user.email == 'a' → by_user (user=?)
          """)
  void isAnsweredByAnIndex(String source, String expected) throws ExpressionException {
    SqlScope scope = new SqlScope(Shop.ORDER, "t", OptionalLong.empty());
    Condition condition = Shop.filter(source).condition(scope, shelf.bindings());
    Query query = DSL.selectOne().from(scope.table()).where(condition);

    String plan =
        shelf
            .sql()
            .fetch("explain query plan " + shelf.sql().renderInlined(query))
            .getValues("detail")
            .toString();

    assertThat(plan).contains(expected);
  }

  @Test
  void asksRelatedRowsAsOfTheSameMoment() throws ExpressionException {
    assertThat(shelf.text(Shop.ORDER, Shop.filter("user.team.name == 'b'"), OptionalLong.of(7)))
        .isEqualTo(
            "`t`.`user` in (select `t_1`.`id` from `users_history` as `t_1` where (`t_1`.`position_from` <= 7 and `t_1`.`position_to` > 7 and `t_1`.`team` in (select `t_2`.`id` from `teams_history` as `t_2` where (`t_2`.`position_from` <= 7 and `t_2`.`position_to` > 7 and `t_2`.`name` = 'b'))))");
  }

  @Test
  void bindsEveryLiteral() throws ExpressionException {
    SqlScope scope = new SqlScope(Shop.ORDER, "t", OptionalLong.empty());
    Condition condition =
        Shop.filter(
                "status == 'PAID' && total > 5 && note.endsWith('x') && user.name in ['y', 'z']")
            .condition(scope, shelf.bindings());

    assertThat(shelf.sql().render(condition)).doesNotContain("PAID", "500", "'x'", "'y'");
    assertThat(shelf.sql().extractBindValues(condition)).contains("PAID", 500L, "x", "y", "z");
  }

  @Test
  void cannotAskRowsForTheInput() throws ExpressionException {
    Predicate predicate = Shop.rule("input.total > 5 || has(input.note)");
    SqlScope scope = new SqlScope(Shop.ORDER, "t", OptionalLong.empty());

    assertThat(predicate.usesInput()).isTrue();
    assertThatThrownBy(() -> predicate.condition(scope, shelf.bindings()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("A condition on rows cannot ask for the input: input.total");
  }
}
