package dev.varve.lane.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Allowance;
import dev.varve.kernel.Folding;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.node.OnSqlite;
import dev.varve.store.cache.CacheSettings;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.sql.BoundValues;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StatementText;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lists are read along an index, without sorting: else a page would cost more the more records there are.
@OnSqlite
class PlanTest {
  private static final String SHOP =
      """
      type User @model @auth(rules: [{allow: public}]) {
        id: ID!
        name: String!
      }
      type Order @model
        @index(fields: ["status", "createdAt"])
        @index(fields: ["paidAt"])
        @auth(rules: [{allow: where, when: "!record.hidden"}]) {
        id: ID!
        user: User
        status: String!
        paidAt: DateTime
        hidden: Boolean! @default(value: false)
      }
      type Visit @model
        @index(fields: ["place", "at"])
        @auth(rules: [{allow: where, when: "record.place != 'home'"}]) {
        id: ID!
        place: String!
        at: DateTime!
      }
      type Guest @model
        @index(fields: ["name"], ignoreCase: true)
        @index(fields: ["city", "name"], ignoreAccents: true)
        @auth(rules: [{allow: public}]) {
        name: String!
        city: String!
        email: Email! @unique(ignoreCase: true)
      }
      type Bill @model @index(fields: ["payer", "createdAt"])
        @auth(rules: [{allow: owner}, {allow: role, roles: ["staff"]}]) {
        payer: Account!
        lines: [BillLine!]! @hasMany(by: "bill")
      }
      type BillLine @model @auth(rules: [{allow: where, when: "record.bill.payer == me.id"}]) {
        bill: Bill!
      }
      """;
  private static final String LOOK_UP = "SEARCH t USING PRIMARY KEY (id=? AND version=?)";
  private static final Read.Key PLACE = new Read.Key(List.of(Backend.START), "o1");

  @TempDir Path folder;
  private Backend shop;

  @BeforeEach
  void start() {
    shop = new Backend(folder, SHOP);
    shop.create("Order", "{'id': 'o1', 'status': 'PAID'}");
  }

  @AfterEach
  void stop() {
    shop.close();
  }

  /// The plans of the queries of a page, as the database explains them; without what is above the steps.
  private List<String> plan(Question question) {
    return plan(question, CacheSettings.NONE);
  }

  private List<String> plan(Question question, CacheSettings cache) {
    return queries(
        question,
        cache,
        (session, text, parameters) ->
            session.list(
                "EXPLAIN QUERY PLAN " + text.sql(),
                text.binds(parameters),
                row -> row.getString("detail")));
  }

  /// What a page selects from the table, as it is asked.
  private List<String> selects(Question question) {
    return queries(question, CacheSettings.NONE, (_, text, _) -> List.of(text.sql()));
  }

  /// Tells something of a query.
  @FunctionalInterface
  private interface Looking {
    List<String> at(Session session, StatementText text, BoundValues parameters)
        throws SQLException;
  }

  private List<String> queries(Question question, CacheSettings cache, Looking looking) {
    Authorized<Read.Page> read = question.page();
    boolean past = !(read.request().moment() instanceof Moment.Now);
    return shop.database()
        .snapshot(session -> {
          Snapshot snapshot =
              new Snapshot(
                  session,
                  shop.database().dialect(),
                  shop.records(),
                  new RecordCache(cache, List.of(read.request().model()), 1),
                  shop.now(),
                  past ? OptionalLong.of(1) : OptionalLong.empty(),
                  () -> 1,
                  Allowance.current());
          List<String> seen = new ArrayList<>();
          ListReader reader =
              new ListReader(
                  snapshot.view(read),
                  read.request(),
                  new ListStatements(shop.database().dialect()));
          for (StatementText text : reader.statements()) {
            seen.addAll(looking.at(session, text, reader.parameters()));
          }
          return seen;
        });
  }

  @Test
  void onlyTheColumnsThatAreAskedForAreRead() {
    assertThat(selects(shop.of("Visit").fields("place")))
        .singleElement()
        .asString()
        .startsWith("select `t`.`id`, `t`.`place`, `t`.`version` from `visits` as `t`");
    assertThat(selects(shop.of("Visit")).getLast())
        .startsWith(
            "select `t`.`id`, `t`.`place`, `t`.`at`, `t`.`createdAt`, `t`.`updatedAt`, `t`.`version` from");
  }

  @Test
  void listsThatDifferInValuesAloneAreAskedForWithOneText() {
    Question since = shop.of("Order").filter("status == 'PAID' && createdAt < now").limit(7);
    Question until = shop.of("Order").filter("status == 'OPEN' && createdAt < now").limit(9);
    Question bill = shop.of("Bill").by("ada", Set.of());

    assertThat(selects(since)).isEqualTo(selects(until));
    assertThat(selects(bill)).isEqualTo(selects(shop.of("Bill").by("bert", Set.of())));
    assertThat(selects(paid().asOf(1))).noneMatch(text -> text.contains("PAID"));
  }

  private Question paid() {
    return shop.of("Order").filter("status == 'PAID'").sort("-createdAt");
  }

  @Test
  void aFilterAndASortOnAnIndexReadARangeOfIt() {
    assertThat(plan(paid()))
        .containsExactly("SEARCH t USING INDEX orders__index_status_createdAt (status=?)");
    assertThat(plan(paid().asOf(1)))
        .containsExactly(
            "SEARCH l USING COVERING INDEX orders_history__index_status_createdAt"
                + " (status=? AND createdAt<?)",
            LOOK_UP);
  }

  @Test
  void whereRecordsAreKeptInMemoryTheIndexAloneGivesTheirIds() {
    Question here = shop.of("Visit").filter("place == 'here'").sort("-at");
    assertThat(plan(here, CacheSettings.DEFAULT))
        .containsExactly("SEARCH t USING COVERING INDEX visits__index_place_at (place=?)");
    assertThat(plan(here.after(Optional.of(PLACE)), CacheSettings.DEFAULT))
        .containsExactly(
            "SEARCH t USING COVERING INDEX visits__index_place_at"
                + " (place=? AND (at,id)<(?,?))");
    Question owned = shop.of("Bill").by("ada", Set.of()).sort("-createdAt");
    assertThat(plan(owned, CacheSettings.DEFAULT))
        .containsExactly("SEARCH t USING COVERING INDEX bills__index_payer_createdAt (payer=?)");
    assertThat(plan(shop.of("Visit").filter("place == 'here'"), CacheSettings.DEFAULT))
        .containsExactly(
            "SEARCH t USING COVERING INDEX visits__index_place_at (place=?)",
            "USE TEMP B-TREE FOR ORDER BY");
  }

  @Test
  void aRuleForOwnersReadsTheRangeOfItsIndexThatAFilterWould() {
    Question filtered = shop.of("Bill").by("ada", Set.of("staff")).sort("-createdAt");
    Question owned = shop.of("Bill").by("ada", Set.of()).sort("-createdAt");

    assertThat(plan(owned))
        .containsExactly("SEARCH t USING INDEX bills__index_payer_createdAt (payer=?)")
        .isEqualTo(plan(filtered.filter("payer == 'ada'")));
    assertThat(plan(owned.asOf(1)))
        .anyMatch(
            step -> step.contains("COVERING INDEX bills_history__index_payer_createdAt (payer=?"));
  }

  @Test
  void aRuleOverARelationAsksTheIndexesOfBoth() {
    assertThat(plan(shop.of("BillLine").by("ada", Set.of())))
        .anyMatch(step -> step.contains("bill_lines__index_bill"))
        .anyMatch(step -> step.contains("bills__index_payer_createdAt (payer=?"));
  }

  @Test
  void aLaterPageStartsInTheIndexWhereTheOneBeforeEnded() {
    Optional<Read.Key> place = Optional.of(PLACE);

    assertThat(plan(paid().after(place)))
        .containsExactly(
            "SEARCH t USING INDEX orders__index_status_createdAt (status=? AND (createdAt,id)<(?,?))");
    assertThat(plan(paid().after(place).asOf(1)))
        .containsExactly(
            "SEARCH l USING COVERING INDEX orders_history__index_status_createdAt"
                + " (status=? AND (createdAt,id)<(?,?))",
            LOOK_UP);
  }

  @Test
  void theListSortedByIdFollowsThePrimaryKey() {
    Optional<Read.Key> place = Optional.of(new Read.Key(List.of(), "o1"));

    assertThat(plan(shop.of("Order"))).containsExactly("SCAN t");
    assertThat(plan(shop.of("Order").after(place)))
        .containsExactly("SEARCH t USING PRIMARY KEY (id>?)");
    assertThat(plan(shop.of("Order").after(place).asOf(1)))
        .containsExactly("SEARCH t USING PRIMARY KEY (id>?)");
  }

  @Test
  void aSortByAFieldThatMayBeAbsentFollowsItsIndexRangeByRange() {
    Optional<Read.Key> place = Optional.of(PLACE);
    Question latest = shop.of("Order").sort("-paidAt");

    assertThat(plan(latest)).containsExactly("SCAN t USING INDEX orders__index_paidAt");
    assertThat(plan(latest.after(place)))
        .containsExactly(
            "SEARCH t USING INDEX orders__index_paidAt (paidAt=? AND id<?)",
            "SEARCH t USING INDEX orders__index_paidAt (paidAt<?)",
            "SEARCH t USING INDEX orders__index_paidAt (paidAt=?)");
    assertThat(plan(shop.of("Order").sort("paidAt").after(place)))
        .containsExactly(
            "SEARCH t USING INDEX orders__index_paidAt (paidAt=? AND id>?)",
            "SEARCH t USING INDEX orders__index_paidAt (paidAt>?)");
    assertThat(plan(latest.after(place).asOf(1)))
        .containsExactly(
            "SEARCH l USING COVERING INDEX orders_history__index_paidAt (paidAt=? AND id<?)",
            LOOK_UP,
            "SEARCH l USING COVERING INDEX orders_history__index_paidAt (paidAt<?)",
            LOOK_UP,
            "SEARCH l USING COVERING INDEX orders_history__index_paidAt (paidAt=?)",
            LOOK_UP);
  }

  @Test
  void aFilterOverARelationUsesTheIndexOfTheRelation() {
    assertThat(plan(shop.of("Order").filter("user == 'u1'")))
        .containsExactly("SEARCH t USING INDEX orders__index_user (user=?)");
  }

  @Test
  void aPageThatHasToBeSortedIsFoundInTheIndexAlone() {
    assertThat(plan(shop.of("Visit").filter("place == 'here'")))
        .containsExactly(
            "CO-ROUTINE f",
            "SEARCH l USING COVERING INDEX visits__index_place_at (place=?)",
            "USE TEMP B-TREE FOR ORDER BY",
            "SCAN f",
            "SEARCH t USING PRIMARY KEY (id=?)",
            "USE TEMP B-TREE FOR ORDER BY");
    assertThat(plan(shop.of("Visit").filter("place == 'here'").asOf(1)))
        .containsExactly(
            "CO-ROUTINE f",
            "SEARCH l USING COVERING INDEX visits_history__index_place_at (place=?)",
            "USE TEMP B-TREE FOR ORDER BY",
            "SCAN f",
            LOOK_UP,
            "USE TEMP B-TREE FOR ORDER BY");
  }

  @Test
  void textsAreComparedWithoutRegardToCaseAlongTheirIndex() {
    Question ann = shop.of("Guest").filter("name.foldCase() == 'ann'");
    assertThat(plan(ann))
        .containsExactly("SEARCH t USING INDEX guests__index_name$case (name$case=?)");
    assertThat(plan(ann.asOf(1)))
        .containsExactly(
            "SEARCH l USING COVERING INDEX guests_history__index_name$case (name$case=?)", LOOK_UP);
    assertThat(
            plan(
                shop.of("Guest")
                    .filter("name.foldCase().startsWith('an')")
                    .sort(Folding.CASE, "name")))
        .containsExactly(
            "SEARCH t USING INDEX guests__index_name$case (name$case>? AND name$case<?)");
    assertThat(plan(shop.of("Guest").filter("email.foldCase() in ['a@b.ch', 'b@b.ch']")))
        .contains("SEARCH t USING INDEX guests__unique_email$case (email$case=?)");
  }

  /// No two records share an address in another case, so that of one spelling is found by the same index.
  @Test
  void anExactTextIsFoundByTheIndexThatIgnoresCase() {
    assertThat(plan(shop.of("Guest").filter("email == 'Ann@b.ch'")))
        .containsExactly("SEARCH t USING INDEX guests__unique_email$case (email$case=?)");
    assertThat(plan(shop.of("Guest").filter("email in ['Ann@b.ch', 'Bob@b.ch']")))
        .contains("SEARCH t USING INDEX guests__unique_email$case (email$case=?)");
  }

  @Test
  void listsAreSortedWithoutRegardToCaseAlongTheIndex() {
    Question byName = shop.of("Guest").sort(Folding.CASE, "name");
    assertThat(plan(byName)).containsExactly("SCAN t USING INDEX guests__index_name$case");
    assertThat(plan(byName.after(Optional.of(new Read.Key(List.of("Ann"), "g1")))))
        .containsExactly("SEARCH t USING INDEX guests__index_name$case ((name$case,id)>(?,?))");
    assertThat(
            plan(
                shop.of("Guest")
                    .filter("city.foldAccents() == 'zurich'")
                    .sort(Folding.ACCENTS, "name")))
        .containsExactly(
            "SEARCH t USING INDEX guests__index_city$accents_name$accents (city$accents=?)");
    assertThat(plan(byName.after(Optional.empty()).asOf(1)))
        .containsExactly("SCAN l USING COVERING INDEX guests_history__index_name$case", LOOK_UP);
  }
}
