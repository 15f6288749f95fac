package dev.varve.lane.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Read;
import dev.varve.node.TestStorage;
import dev.varve.schema.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryTest {
  private static final String SHOP =
      """
      type User @model @auth(rules: [{allow: where, when: "!record.hidden"}]) {
        id: ID!
        email: String!
        hidden: Boolean! @default(value: false)
        phone: String @auth(rules: [{allow: where, when: "record.email == 'anna@example.com'"}])
        orders: [Order!]! @hasMany(by: "user")
      }

      type Order @model
        @index(fields: ["status", "createdAt"])
        @auth(rules: [{allow: where, when: "record.status != 'SECRET'"}]) {
        id: ID!
        user: User @relation(onDelete: SET_NULL)
        status: String!
        total: Decimal @scale(digits: 2)
        note: String @auth(rules: [{allow: where, when: "record.user.email == 'anna@example.com'"}])
        lines: [Line!]! @hasMany(by: "order")
        notices: [Notice!]! @hasMany(by: "order")
          @auth(rules: [{allow: where, when: "record.status == 'PAID'"}])
      }

      type Line @model(cache: {strategy: CACHE_ASIDE}) @auth(rules: [{allow: public}]) {
        id: ID!
        order: Order! @relation(onDelete: CASCADE)
        product: Product @relation(onDelete: SET_NULL)
      }

      type Notice @model @auth(rules: [{allow: public}]) {
        id: ID!
        text: String!
        order: Order @relation(onDelete: CASCADE)
          @auth(rules: [{allow: where, when: "record.text != 'private'"}])
      }

      type Product @model(history: false) @auth(rules: [{allow: public}]) {
        id: ID!
        name: String!
        lines: [Line!]! @hasMany(by: "product")
      }

      type Sale @model @auth(rules: [{allow: where, when: "record.endsAt > now"}]) {
        id: ID!
        endsAt: DateTime!
      }
      """;

  @TempDir Path folder;
  private Backend shop;

  @BeforeEach
  void start() {
    shop = new Backend(folder, SHOP);
    shop.create("User", "{'id': 'anna', 'email': 'anna@example.com', 'phone': '1'}");
    shop.create("User", "{'id': 'bert', 'email': 'bert@example.com', 'phone': '2'}");
    shop.create("User", "{'id': 'carl', 'email': 'carl@example.com', 'hidden': true}");
    order("o1", "anna", "PAID");
    order("o2", "bert", "PAID");
    order("o3", "carl", "DRAFT");
    order("o4", "anna", "SECRET");
    shop.create("Product", "{'id': 'tea', 'name': 'Tea'}");
  }

  @AfterEach
  void stop() {
    shop.close();
  }

  private long order(String id, String user, String status) {
    return shop.create(
        "Order",
        "{'id': '%s', 'user': '%s', 'status': '%s', 'note': 'n'}".formatted(id, user, status));
  }

  private long line(String id, String order) {
    return shop.create(
        "Line", "{'id': '%s', 'order': '%s', 'product': 'tea'}".formatted(id, order));
  }

  private static Problem problem(ThrowingCallable call) {
    Problem problem = catchThrowableOfType(Problem.class, call);
    assertThat(problem).as("a refusal").isNotNull();
    return problem;
  }

  private List<String> visibleFields(Item item) {
    return item.entity().model().fields().stream()
        .filter(field -> !field.system() && item.visible().test(field))
        .map(Field::name)
        .toList();
  }

  /// Ids with what was expanded: `o1(user=anna lines=[l1 l2])`.
  private static String text(Item item) {
    List<String> related =
        item.related().entrySet().stream()
            .sorted(java.util.Map.Entry.comparingByKey())
            .map(entry ->
                entry.getKey()
                    + "="
                    + switch (entry.getValue()) {
                      case Item.Related.One one -> one.item().map(QueryTest::text).orElse("null");
                      case Item.Related.Many many ->
                          many.items().stream().map(QueryTest::text).toList().toString();
                    })
            .toList();
    return item.entity().id() + (related.isEmpty() ? "" : "(" + String.join(" ", related) + ")");
  }

  private static List<String> texts(Page page) {
    return page.items().stream().map(QueryTest::text).toList();
  }

  @Test
  void aRecordComesFromMemoryWithItsJson() {
    long position = shop.create("Product", "{'id': 'rice', 'name': 'Rice'}");
    long before = shop.queries();

    FoundRecord found = shop.of("Product").one("rice").orElseThrow();

    assertThat(found.rendered().map(json -> new String(json, StandardCharsets.UTF_8)))
        .hasValue(
            "{\"id\":\"rice\",\"name\":\"Rice\",\"createdAt\":\"2026-03-01T12:00:00Z\","
                + "\"updatedAt\":\"2026-03-01T12:00:00Z\",\"version\":1}");
    assertThat(found.position()).isEqualTo(position);
    assertThat(shop.queries()).isEqualTo(before);
  }

  @Test
  void aPageTakesFromMemoryWhatIsThereAndReadsTheRestAtOnce() {
    for (int i = 0; i < 5; i++) {
      line("many%d".formatted(i), "o1");
    }
    shop.of("Line").one("many3");
    long before = shop.queries();

    Page first = shop.of("Line").list();
    long read = shop.queries() - before;
    Page second = shop.of("Line").list();

    // the head of the log, the ids, the records that are not in memory; twice where it was begun
    // without a transaction
    assertThat(read).isEqualTo(TestStorage.system().equals("postgresql") ? 5 : 3);
    assertThat(shop.queries() - before - read).isEqualTo(2);
    assertThat(ids(first)).contains("many0", "many3", "many4").isEqualTo(ids(second));
    assertThat(first.items()).allMatch(item -> item.rendered().isPresent());
  }

  private static List<String> ids(Page page) {
    return page.items().stream().map(item -> item.entity().id()).toList();
  }

  @Test
  void aRecordThatIsNotInMemoryIsReadOnceAndKept() {
    long position = line("l1", "o1");
    long before = shop.queries();

    FoundRecord first = shop.of("Line").one("l1").orElseThrow();
    long read = shop.queries() - before;
    FoundRecord second = shop.of("Line").one("l1").orElseThrow();

    assertThat(first.position()).isEqualTo(position);
    assertThat(second.item().entity()).isEqualTo(first.item().entity());
    assertThat(first.rendered()).isPresent();
    assertThat(read).isEqualTo(2);
    assertThat(shop.queries() - before).isEqualTo(read);
  }

  @Test
  void aRecordThatIsNotThereIsAbsent() {
    assertThat(shop.of("Order").one("o9")).isEmpty();
  }

  @Test
  void aRecordThatTheRuleHidesIsAbsent() {
    assertThat(shop.of("User").one("carl")).isEmpty();
    assertThat(shop.of("User").ids()).containsExactly("anna", "bert");
    assertThat(shop.of("User").asOperator().ids()).containsExactly("anna", "bert", "carl");
  }

  @Test
  void aFieldIsHiddenRecordByRecord() {
    List<Item> listed = shop.of("User").list().items();

    assertThat(visibleFields(listed.get(0))).containsExactly("email", "hidden", "phone");
    assertThat(visibleFields(listed.get(1))).containsExactly("email", "hidden");
    assertThat(visibleFields(shop.of("User").one("anna").orElseThrow().item())).contains("phone");
    FoundRecord bert = shop.of("User").one("bert").orElseThrow();
    assertThat(visibleFields(bert.item())).doesNotContain("phone");
    assertThat(bert.rendered()).isEmpty();
  }

  @Test
  void aRuleThatLooksAtARelatedRecordHidesAFieldInListsAndAlone() {
    List<Item> listed = shop.of("Order").list().items();

    assertThat(visibleFields(listed.get(0))).contains("note");
    assertThat(visibleFields(listed.get(1))).doesNotContain("note");
    assertThat(visibleFields(shop.of("Order").one("o1").orElseThrow().item())).contains("note");
    assertThat(visibleFields(shop.of("Order").one("o2").orElseThrow().item()))
        .doesNotContain("note");
  }

  @Test
  void onlyTheFieldsAskedForAreVisible() {
    FoundRecord found = shop.of("Order").fields("status").one("o1").orElseThrow();

    assertThat(visibleFields(found.item())).containsExactly("status");
    assertThat(found.item().visible().test(shop.model("Order").id())).isFalse();
    assertThat(found.rendered()).isEmpty();
  }

  @Test
  void aFilterFindsNoRelatedRecordThatTheCallerMayNotRead() {
    assertThat(shop.of("Order").filter("user.email.endsWith('example.com')").ids())
        .containsExactly("o1", "o2");
    assertThat(shop.of("Order").filter("user.email != 'x'").ids()).containsExactly("o1", "o2");
    assertThat(shop.of("Order").asOperator().filter("user.email != 'x'").ids())
        .containsExactly("o1", "o2", "o3", "o4");
  }

  @Test
  void aListIsCountedWhole() {
    Page page = shop.of("Order").filter("status == 'PAID'").limit(1).counted().list();

    assertThat(page.items()).hasSize(1);
    assertThat(page.count()).hasValue(2);
    assertThat(shop.of("Order").list().count()).isEmpty();
  }

  @Test
  void aPageNamesWhereTheNextOneStarts() {
    Page first = shop.of("Order").sort("-status").limit(2).list();
    Page second = shop.of("Order").sort("-status").limit(2).after(first.next()).list();

    assertThat(texts(first)).containsExactly("o2", "o1");
    assertThat(first.next()).hasValue(new Read.Key(List.of("PAID"), "o1"));
    assertThat(texts(second)).containsExactly("o3");
    assertThat(second.next()).isEmpty();
  }

  @Test
  void relatedRecordsAreGivenAlong() {
    line("l1", "o1");
    line("l2", "o1");
    line("l3", "o2");

    assertThat(texts(shop.of("Order").expand("user", "lines.product").list()))
        .containsExactly(
            "o1(lines=[l1(product=tea), l2(product=tea)] user=anna)",
            "o2(lines=[l3(product=tea)] user=bert)",
            "o3(lines=[] user=null)");
    assertThat(text(shop.of("Line").expand("order.user.orders").one("l1").orElseThrow().item()))
        .isEqualTo("l1(order=o1(user=anna(orders=[o1])))");
  }

  @Test
  void anAbsentReferenceExpandsToNothing() {
    shop.create("Order", "{'id': 'o5', 'status': 'PAID'}");

    assertThat(text(shop.of("Order").expand("user").one("o5").orElseThrow().item()))
        .isEqualTo("o5(user=null)");
  }

  @Test
  void expandedRecordsHideTheirFieldsToo() {
    Item order = shop.of("Order").expand("user").one("o2").orElseThrow().item();

    assertThat(order.related().get("user"))
        .isInstanceOfSatisfying(
            Item.Related.One.class,
            one -> assertThat(visibleFields(one.item().orElseThrow())).doesNotContain("phone"));
  }

  @Test
  void aFieldThatIsExpandedIsWantedEvenWhenItIsNotNamed() {
    Item order = shop.of("Order").fields("status").expand("user").one("o1").orElseThrow().item();

    assertThat(text(order)).isEqualTo("o1(user=anna)");
    assertThat(visibleFields(order)).containsExactly("user", "status");
  }

  @Test
  void aToManyRelationIsLeftOutWhereItsRuleSaysSo() {
    shop.create("Notice", "{'id': 'n1', 'order': 'o1', 'text': 'open'}");
    shop.create("Notice", "{'id': 'n2', 'order': 'o3', 'text': 'open'}");

    assertThat(texts(shop.of("Order").expand("notices").list()))
        .containsExactly("o1(notices=[n1])", "o2(notices=[])", "o3");
    assertThat(text(shop.of("Order").expand("notices").one("o3").orElseThrow().item()))
        .isEqualTo("o3");
  }

  @Test
  void aRecordIsNotListedThroughAFieldThatItHides() {
    shop.create("Notice", "{'id': 'n1', 'order': 'o1', 'text': 'open'}");
    shop.create("Notice", "{'id': 'n2', 'order': 'o1', 'text': 'private'}");

    assertThat(text(shop.of("Order").expand("notices").one("o1").orElseThrow().item()))
        .isEqualTo("o1(notices=[n1])");
  }

  @Test
  void aToManyExpansionGivesTheFirstHundredAndWhereItGoesOn() {
    for (int i = 0; i < 101; i++) {
      line("l%03d".formatted(i), "o1");
    }
    line("m1", "o2");

    List<Item> orders = shop.of("Order").expand("lines").list().items();

    assertThat(orders.get(0).related().get("lines"))
        .isInstanceOfSatisfying(
            Item.Related.Many.class,
            many -> {
              assertThat(many.items()).hasSize(100);
              assertThat(many.next()).hasValue(new Read.Key(List.of(), "l099"));
            });
    assertThat(orders.get(1).related().get("lines"))
        .isInstanceOfSatisfying(
            Item.Related.Many.class,
            many -> {
              assertThat(Question.ids(many.items())).containsExactly("m1");
              assertThat(many.next()).isEmpty();
            });
    assertThat(
            shop.of("Line")
                .filter("order == 'o1'")
                .after(Optional.of(new Read.Key(List.of(), "l099")))
                .ids())
        .containsExactly("l100");
  }

  @Test
  void anExpansionTakesOneQueryHoweverManyRecordsItIsFor() {
    for (int i = 0; i < 20; i++) {
      order("p%02d".formatted(i), i % 2 == 0 ? "anna" : "bert", "PAID");
      line("a%02d".formatted(i), "p%02d".formatted(i));
      line("b%02d".formatted(i), "p%02d".formatted(i));
    }
    long before = shop.queries();

    Page page = shop.of("Order").expand("user.orders", "lines.product").list();

    // the head of the log, the page, users, their orders, lines, products
    assertThat(shop.queries() - before).isEqualTo(6);
    assertThat(page.items()).hasSize(23);
  }

  @Test
  void expansionsThatGiveTooMuchAreRefused() {
    shop.unit(
        IntStream.range(0, 300)
            .mapToObj(i -> shop.creation("Line", "{'id': 'l%03d', 'order': 'o1'}".formatted(i)))
            .toArray(Command[]::new));

    Problem problem = problem(() -> shop.of("Line").limit(300).expand("order.lines").list());

    // the hundred lines of the one order are read once, but shown three hundred times
    assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
    assertThat(problem.details())
        .containsExactly(
            new FieldError(
                "expansion",
                "would give more than 20000 related records: ask for fewer records, or for fewer related ones"));
    assertThat(shop.of("Line").limit(150).expand("order.lines").list().items()).hasSize(150);
  }

  @Test
  void aListIsReadAsOfAPosition() {
    line("l1", "o1");
    long before = shop.merge("Order", "o2", "{'total': '1.00'}");
    shop.merge("Order", "o1", "{'status': 'SHIPPED', 'user': 'bert'}");
    shop.delete("Line", "l1");
    shop.delete("Order", "o2");
    shop.merge("User", "anna", "{'hidden': true}");

    Page then =
        shop.of("Order").filter("status == 'PAID'").expand("user").asOf(before).counted().list();

    assertThat(texts(then)).containsExactly("o1(user=anna)", "o2(user=bert)");
    assertThat(then.position()).isEqualTo(before);
    assertThat(then.count()).hasValue(2);
    assertThat(texts(shop.of("Order").expand("lines").asOf(before).list()))
        .containsExactly("o1(lines=[l1])", "o2(lines=[])", "o3(lines=[])");
    assertThat(texts(shop.of("Order").expand("user", "lines").list()))
        .containsExactly("o1(lines=[] user=bert)", "o3(lines=[] user=null)");
    assertThat(shop.of("Order").asOf(0).ids()).isEmpty();
  }

  @Test
  void aRecordIsReadAsOfAPosition() {
    long before = shop.merge("Order", "o1", "{'total': '1.00'}");
    shop.merge("Order", "o1", "{'status': 'SECRET'}");

    FoundRecord found = shop.of("Order").asOf(before).one("o1").orElseThrow();

    assertThat(found.item().entity().version()).isEqualTo(2);
    assertThat(found.position()).isEqualTo(before);
    assertThat(shop.of("Order").one("o1")).isEmpty();
    assertThat(shop.of("Order").asOf(3).one("o1")).isEmpty();
  }

  @Test
  void anInstantNamesTheLastPositionAtOrBeforeIt() {
    shop.pass(Duration.ofSeconds(10));
    long ten = shop.merge("Order", "o1", "{'status': 'SHIPPED'}");
    shop.pass(Duration.ofSeconds(10));
    shop.merge("Order", "o1", "{'status': 'BACK'}");

    FoundRecord found =
        shop.of("Order").asOf(Backend.START.plusSeconds(19)).one("o1").orElseThrow();

    assertThat(found.position()).isEqualTo(ten);
    assertThat(found.item().entity().value(shop.model("Order").field("status").orElseThrow()))
        .isEqualTo("SHIPPED");
    assertThat(shop.of("Order").asOf(Backend.START.plusSeconds(20)).list().position())
        .isEqualTo(ten + 1);
    assertThat(shop.of("Order").asOf(Backend.START.minusSeconds(1)).ids()).isEmpty();
  }

  @Test
  void aMomentInTheFutureIsRefused() {
    Problem instant = problem(() -> shop.of("Order").asOf(Backend.START.plusSeconds(1)).list());
    Problem position = problem(() -> shop.of("Order").asOf(99).one("o1"));

    assertThat(instant.code()).isEqualTo(ErrorCode.INVALID_INSTANT);
    assertThat(instant)
        .hasMessage(
            "The moment is in the future: 2026-03-01T12:00:01Z is after now, 2026-03-01T12:00:00Z");
    assertThat(position.code()).isEqualTo(ErrorCode.INVALID_INSTANT);
    assertThat(position)
        .hasMessage("The moment is in the future: the log ends at position 8, before 99");
  }

  @Test
  void aModelWithoutHistoryHasNoPast() {
    FieldError expected =
        new FieldError(
            "moment", "Product keeps no history (@model(history: false)): ask without it");

    assertThat(problem(() -> shop.of("Product").asOf(1).list()).details())
        .containsExactly(expected);
    assertThat(problem(() -> shop.of("Product").asOf(1).one("tea")).details())
        .containsExactly(expected);
    assertThat(problem(() -> shop.of("Line").asOf(1).expand("product").list()).details())
        .containsExactly(expected);
    assertThat(
            problem(() -> shop.of("Line").asOf(1).filter("product.name == 'Tea'").list()).details())
        .containsExactly(expected);
    assertThatThrownBy(() -> shop.versions("Product", "tea"))
        .hasMessage("Product keeps no history (@model(history: false))");
  }

  @Test
  void whatHasRunOutDoesNotComeBackByAskingForThePast() {
    long then = shop.create("Sale", "{'id': 's1', 'endsAt': '2026-03-01T12:00:05Z'}");
    assertThat(shop.of("Sale").ids()).containsExactly("s1");
    assertThat(shop.of("Sale").one("s1")).isPresent();

    shop.pass(Duration.ofSeconds(10));

    assertThat(shop.of("Sale").ids()).isEmpty();
    assertThat(shop.of("Sale").one("s1")).isEmpty();
    assertThat(shop.of("Sale").asOf(then).ids()).isEmpty();
    assertThat(shop.of("Sale").asOf(then).one("s1")).isEmpty();
  }

  @Test
  void theTagOfAListChangesWithWhatItShowsAndWithWhatItsRulesLookAt() {
    long product = shop.create("Product", "{'id': 'rice', 'name': 'Rice'}");
    assertThat(shop.of("Product").listTag()).hasValue(product);
    Optional<Long> orders = shop.of("Order").listTag();

    long line = line("l1", "o1");
    assertThat(shop.of("Product").listTag()).hasValue(product);
    assertThat(shop.of("Product").expand("lines").listTag()).hasValue(line);
    assertThat(shop.of("Order").listTag()).isEqualTo(orders);

    // the rule of the field 'note' looks at the user
    long user = shop.merge("User", "bert", "{'phone': '3'}");
    assertThat(shop.of("Order").listTag()).hasValue(user);
    assertThat(shop.of("Line").listTag()).hasValue(line);
    assertThat(shop.of("Line").filter("order.status == 'PAID'").listTag()).hasValue(user);
  }

  @Test
  void aListThatDependsOnTheTimeHasNoTag() {
    assertThat(shop.of("Sale").listTag()).isEmpty();
    assertThat(shop.of("Order").filter("createdAt < now").listTag()).isEmpty();
  }

  @Test
  void theTagOfAPastListIsItsPosition() {
    assertThat(shop.of("Order").asOf(5).listTag()).hasValue(5L);
    assertThat(shop.of("Order").asOf(Backend.START).listTag()).hasValue(8L);
    assertThat(shop.of("Order").asOf(9).listTag()).isEmpty();
    assertThat(problem(() -> shop.of("Product").asOf(5).listTag()).details())
        .containsExactly(
            new FieldError(
                "moment", "Product keeps no history (@model(history: false)): ask without it"));
  }

  @Test
  void aPlaceOfAnotherListIsRefused() {
    Optional<Read.Key> place = Optional.of(new Read.Key(List.of(), "o1"));

    Problem problem = problem(() -> shop.of("Order").sort("status").after(place).list());

    assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_CURSOR);
    assertThat(problem)
        .hasMessage("The cursor is not of this list: start again from the first page");
  }

  @Test
  void aListOfSeveralWaysThroughAnIndexIsTheSameList() {
    order("o5", "anna", "PAID");
    long then = order("o6", "anna", "PAID");
    shop.merge("Order", "o5", "{'status': 'SENT'}");
    shop.merge("Order", "o1", "{'total': '3.00'}");

    // the index on status and createdAt has what these ask for, the rule included
    assertThat(shop.of("Order").filter("status == 'PAID'").counted().list().count()).hasValue(3);
    assertThat(shop.of("Order").filter("status == 'PAID'").limit(1).idsOfAllPages())
        .containsExactly("o1", "o2", "o6");
    assertThat(shop.of("Order").filter("status == 'PAID'").asOf(then).limit(1).idsOfAllPages())
        .containsExactly("o1", "o2", "o5", "o6");
    assertThat(
            shop.of("Order")
                .filter("status == 'PAID'")
                .sort("-createdAt")
                .asOf(then)
                .limit(1)
                .idsOfAllPages())
        .containsExactly("o6", "o5", "o2", "o1");
    assertThat(
            shop.of("Order")
                .filter("status == 'SECRET' || status == 'DRAFT'")
                .asOf(then)
                .counted()
                .list()
                .count())
        .hasValue(1);
  }
}
