package dev.varve.face.rest;

import static dev.varve.face.rest.Scenario.scenario;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.openapi.OpenApiContract;
import dev.varve.kernel.Rows;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Lists: pages, sorts, filters, fields, expansions, counts, moments. Nothing is written here.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ListScenariosTest {
  private final TestServer server = TestServer.start(Shop.SCHEMA);
  private final OpenApiContract contract = OpenApiContract.of(server);

  @BeforeAll
  void seed() {
    Shop.seed(server);
    // more lines of one order than an expansion gives
    for (int i = 0; i < 105; i++) {
      String body =
          "{'operations':[{'method':'POST','path':'/api/products','ref':'p','body':{'id':'z%03d','sku':'ZZ-%03d','name':'Z','category':'z','price':'%d'}},{'method':'POST','path':'/api/order-lines','body':{'id':'z%03d','order':'o2','product':'$p.id','quantity':1}}]}"
              .formatted(i, i, 100 + i, i);
      Reply reply = server.send("POST", "/api/batch", Map.of(), body.replace('\'', '"'));
      assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"pages", "sorts", "filters", "selections", "moments", "wrong"})
  void holds(Scenario scenario) {
    scenario.run(server, contract);
  }

  static Stream<Scenario> pages() {
    return Rows.of(
        scenario("aListHasItemsAndNoCursorWhenItEnds")
            .get("/api/orders")
            .header("Varve-Position", "122")
            .lacksHeader("Link")
            .body("{'items':[{'id':'o1'", "},{'id':'o2'", "}],'nextCursor':null}"),
        scenario("anEmptyListIsAnEmptyPage")
            .get("/api/countries")
            .body("{'items':[],'nextCursor':null}"),
        scenario("thirtyAreOnAPageUnlessSaidOtherwise")
            .get("/api/products?fields=id")
            .body("{'id':'p01'}", "{'id':'z017'}],'nextCursor':'")
            .lacks("z018"),
        scenario("fiveHundredAreTheMost")
            .get("/api/products?limit=500&fields=id")
            .body("{'id':'z104'}],'nextCursor':null}"),
        scenario("allAreCountedWhenAsked")
            .get("/api/products?limit=1&fields=id&count=exact")
            .body("'count':117}"),
        scenario("onlyThoseThatMatchAreCounted")
            .get("/api/products?limit=1&category=tea&fields=id&count=exact")
            .body("'count':4}"),
        scenario("aListThatHasNotChangedIsNotSentAgain")
            .get("/api/users")
            .sending("If-None-Match", "W/\"1.1\"")
            .gives(304)
            .header("ETag", "W/\"1.1\""),
        scenario("aListThatHasChangedIsSent")
            .get("/api/users")
            .sending("If-None-Match", "W/\"0.1\"")
            .header("ETag", "W/\"1.1\"")
            .body("'id':'ada'"));
  }

  static Stream<Scenario> sorts() {
    return Rows.of(
        scenario("aListIsSorted")
            .get("/api/products?sort=price&limit=2&fields=price")
            .body("{'items':[{'price':'8.50'},{'price':'9.50'}]"),
        scenario("aListIsSortedTheOtherWay")
            .get("/api/products?sort=-price&limit=2&fields=price&category[ne]=z")
            .body("{'items':[{'price':'19.50'},{'price':'18.50'}]"),
        scenario("aListIsSortedByManyFields")
            .get(
                "/api/products?sort=category,-id&limit=9&fields=id,category&category[in]=coffee,tea")
            .body("{'id':'p11','category':'coffee'},{'id':'p10','category':'coffee'}")
            .body("{'id':'p01','category':'coffee'},{'id':'p12','category':'tea'}"));
  }

  static Stream<Scenario> filters() {
    return Rows.of(
        scenario("equal").get("/api/orders?status=PAID").body("'o2'").lacks("'o1'"),
        scenario("eq").get("/api/orders?status[eq]=PAID").body("'o2'").lacks("'o1'"),
        scenario("ne").get("/api/orders?status[ne]=PAID").body("'o1'").lacks("'o2'"),
        scenario("gt").get("/api/orders?total[gt]=10").body("'o2'").lacks("'o1'"),
        scenario("gte").get("/api/orders?total[gte]=10.00").body("'o1'", "'o2'"),
        scenario("lt").get("/api/orders?total[lt]=99.9").body("'o1'").lacks("'o2'"),
        scenario("lte").get("/api/orders?total[lte]=99.9").body("'o1'", "'o2'"),
        scenario("in").get("/api/orders?id[in]=o2,o7").body("'o2'").lacks("'o1'"),
        scenario("containsText").get("/api/users?email[contains]=@example").body("'ada'"),
        scenario("containsElement").get("/api/orders?tags[contains]=b").body("'o1'").lacks("'o2'"),
        scenario("startsWith").get("/api/users?name[startsWith]=A").body("'ada'"),
        scenario("isNull").get("/api/orders?shipTo[isNull]=true").body("'o1'", "'o2'"),
        scenario("isNotNull").get("/api/orders?shipTo[isNull]=false").body("'items':[]"),
        scenario("aRange")
            .get("/api/products?price[gte]=9.5&price[lt]=11.5&sort=price&fields=price")
            .body("{'items':[{'price':'9.50'},{'price':'10.50'}],"),
        scenario("aRelatedField")
            .get("/api/orders?user.email[contains]=ada@&limit=1")
            .body("'user':'ada'"),
        scenario("anExpression")
            .get("/api/orders?filter=status == \"PAID\" && total >= 50.0")
            .body("'o2'")
            .lacks("'o1'"),
        scenario("anExpressionOverRelations")
            .get(
                "/api/order-lines?filter=order.user.name.startsWith(\"A\") && product.price < 19.0")
            .body("'id':'l2'")
            .lacks("'id':'l1'"),
        scenario("anExpressionAndAShorthandBothHold")
            .get("/api/orders?filter=total > 1.0&status=DRAFT")
            .body("'o1'")
            .lacks("'o2'"),
        scenario("theOtherSideOfARelation")
            .get("/api/order-lines?order=o1")
            .body("'l1'", "'l2'")
            .lacks("'z0"),
        scenario("whatMayNotBeReadIsNotListed")
            .get("/api/products?published=false")
            .body("'items':[]"));
  }

  static Stream<Scenario> selections() {
    return Rows.of(
        scenario("onlyTheFieldsThatWereChosen")
            .get("/api/orders?fields=id,total")
            .body("{'items':[{'id':'o1','total':'10.00'},{'id':'o2','total':'99.90'}],"),
        scenario("aReferenceIsExpandedInAList")
            .get("/api/orders?expand=user&fields=id,user.name")
            .body(
                "{'items':[{'id':'o1','user':{'name':'Ada'}},{'id':'o2','user':{'name':'Ada'}}],"),
        scenario("manyAreExpanded")
            .get("/api/orders?expand=lines&fields=id,lines.id&id=o1")
            .body("{'items':[{'id':'o1','lines':[{'id':'l1'},{'id':'l2'}]}],"),
        scenario("noMoreThanAHundredAreExpanded")
            .get("/api/orders?expand=lines&fields=id,lines.id&id=o2")
            .body("{'id':'z000'}", "{'id':'z099'}],'linesNextCursor':'")
            .lacks("z100"),
        scenario("expansionsGoFourLevelsDeep")
            .get(
                "/api/users?expand=orders.lines.order.user&fields=id,orders.id,orders.lines.id,orders.lines.order.id,orders.lines.order.user.name")
            .body(
                "{'id':'ada','orders':[{'id':'o1','lines':[{'id':'l1','order':{'id':'o1','user':{'name':'Ada'}}}"),
        scenario("aFieldThatMayNotBeReadIsAbsentFromItsRecordAlone")
            .get("/api/orders?fields=id,note")
            .body("{'items':[{'id':'o1','note':null},{'id':'o2'}],"));
  }

  static Stream<Scenario> moments() {
    return Rows.of(
        scenario("aListAsOfAPosition")
            .get("/api/products?asOf=position:3&fields=id&count=exact")
            .header("Varve-Position", "3")
            .body("{'items':[{'id':'p01'},{'id':'p02'}],'nextCursor':null,'count':2}"),
        scenario("anExpansionAsOfAPosition")
            .get(
                "/api/users?asOf=position:14&expand=orders.lines&fields=id,orders.id,orders.lines.id")
            .body("{'items':[{'id':'ada','orders':[{'id':'o1','lines':[]}]}],"),
        scenario("aListBeforeEverything")
            .get("/api/products?asOf=position:0")
            .header("Varve-Position", "0")
            .body("{'items':[],"),
        scenario("aListAsOfAnInstantBeforeEverything")
            .get("/api/products?asOf=2020-01-01T00:00:00+01:00")
            .body("{'items':[],"),
        scenario("aPastListIsTheSameForEver")
            .get("/api/products?asOf=position:3")
            .sending("If-None-Match", "W/\"3.1\"")
            .gives(304));
  }

  static Stream<Scenario> wrong() {
    return Rows.of(
        scenario("everyWrongParameterIsNamedAtOnce")
            .get(
                "/api/orders?limt=3&limit=0&sort=-foo&asOf=soon&expand=usr&fields=tota&total[gte3]=5&total[gt]=x&filter=a&count=yes&fields=id")
            .gives(400)
            .body("'code':'INVALID_PARAMETER','message':'Invalid query parameters'")
            .body("{'field':'limit','message':'must be a whole number from 1 to 500'}")
            .says(
                "{\"field\":\"sort\",\"message\":\"'foo' is not a field of Order; there are id, user, status,")
            .body("{'field':'fields','message':'is given more than once; give it once'}")
            .says("'usr' is not a relation of Order. Did you mean 'user'?")
            .says("'tota' is not a field of Order. Did you mean 'total'?")
            .body(
                "{'field':'asOf','message':'must be an instant such as 2026-03-01T00:00:00Z, or position:1234 for a log position'}")
            .body("{'field':'count','message':'must be exact, or left out'}")
            .says("{\"field\":\"filter\",\"message\":\"at column 1: Order has no field 'a'.")
            .says(
                "{\"field\":\"limt\",\"message\":\"is not a parameter here. Did you mean 'limit'?\"}")
            .says(
                "{\"field\":\"total[gte3]\",\"message\":\"'gte3' is not an operator. Did you mean 'gte'?\"}")
            .says("{\"field\":\"total[gt]\",\"message\":\"total is a Decimal: 'x' is no number\"}"),
        scenario("anUnknownValueOfAnEnumIsNamed")
            .get("/api/orders?status=PAYD")
            .gives(400)
            .says("Did you mean 'PAID'?"),
        scenario("aTooLargeLimitIsRefused")
            .get("/api/orders?limit=501")
            .gives(400)
            .body("'message':'Invalid query parameter','details':[{'field':'limit'"),
        scenario("tooManySortsAreRefused")
            .get("/api/products?sort=id,name,sku,price,stock,since")
            .gives(400)
            .body("sorts by more than 5 fields"),
        scenario("whatHasNoOrderIsNotSortedBy")
            .get("/api/orders?sort=tags,shipTo,id,id")
            .gives(400)
            .says("'tags' is of type [String!]! and cannot be sorted by")
            .says("'shipTo' is of type Address and cannot be sorted by")
            .says("'id' is there twice"),
        scenario("expansionsEndAtFourLevels")
            .get("/api/users?expand=orders.lines.order.user.orders")
            .gives(400)
            .says("'orders.lines.order.user.orders' goes deeper than 4 levels"),
        scenario("aPlainFieldIsNotExpanded")
            .get("/api/orders?expand=total")
            .gives(400)
            .says("'total' of Order is not a relation, and is given without expand"),
        scenario("fieldsOfARelationNeedItsExpansion")
            .get("/api/orders?fields=user.name,lines")
            .gives(400)
            .says("'user.name' chooses from a relation that is not expanded; add expand=user")
            .says("'lines' is a relation; add expand=lines"),
        scenario("anInstantWhosePlusWasLostIsExplained")
            .ask("GET", "/api/orders?asOf=2026-01-01T00:00:00 01:00", "")
            .gives(400)
            .body(
                "'code':'INVALID_INSTANT','message':'Invalid moment'", "; write + as %2B in a URL"),
        scenario("aFutureListIsRefused")
            .get("/api/orders?asOf=2999-01-01T00:00:00Z")
            .gives(400)
            .body("'code':'INVALID_INSTANT'"),
        scenario("aDamagedCursorIsRefused")
            .get("/api/orders?cursor=AAAAAFsiT3JkZXIiXQ")
            .gives(400)
            .body(
                "'code':'INVALID_CURSOR','message':'Invalid cursor','details':[{'field':'cursor','message':'is not a cursor that a list here gave"),
        scenario("aListThatNobodyMayReadIsForbidden").get("/api/messages").gives(403),
        scenario("aFilterByWhatMayNotBeReadIsRefused").get("/api/messages?text=x").gives(403));
  }

  @Test
  void pagesFollowEachOtherByTheirCursors() {
    List<String> ids = new ArrayList<>();
    String target = "/api/products?limit=7&sort=-category,price&fields=id";
    int pages = 0;
    while (!target.isEmpty()) {
      Reply reply = server.get(target);
      assertThat(reply.status()).as(reply.text()).isEqualTo(200);
      reply.text().lines().forEach(line -> ids.addAll(ids(line)));
      target = next(reply.header("Link"));
      pages++;
    }
    assertThat(pages).isEqualTo(17);
    assertThat(ids).hasSize(117).doesNotHaveDuplicates();
    assertThat(ids.subList(103, 107)).containsExactly("z103", "z104", "p12", "p09");
  }

  @Test
  void aPageThatIsAskedForAsOfAMomentGoesOnAtThatMoment() {
    Reply first = server.get("/api/products?limit=2&fields=id&asOf=position:4");
    assertThat(ids(first.text())).containsExactly("p01", "p02");
    Reply second = server.get(next(first.header("Link")));
    assertThat(ids(second.text())).containsExactly("p03");
    assertThat(second.header("Link")).isEmpty();
  }

  @Test
  void theCursorOfAnExpansionGoesOnInTheListOfItsTarget() {
    String text = server.get("/api/orders/o2?expand=lines&fields=lines.id").text();
    String name = "\"linesNextCursor\":\"";
    String cursor = text.substring(text.indexOf(name) + name.length(), text.lastIndexOf('"'));
    Reply rest = server.get("/api/order-lines?order=o2&fields=id&cursor=" + cursor);
    assertThat(ids(rest.text())).containsExactly("z100", "z101", "z102", "z103", "z104");
  }

  @Test
  void aCursorBelongsToItsListAndItsSort() {
    String link = server.get("/api/products?limit=1&sort=price").header("Link");
    String cursor = link.substring(link.indexOf("cursor=") + 7, link.indexOf('>'));
    assertThat(server.get("/api/products?sort=-price&cursor=" + cursor).text())
        .contains(
            "INVALID_CURSOR",
            "is of the list sorted by 'price'; ask with that sort, or start without a cursor");
    assertThat(server.get("/api/orders?sort=total&cursor=" + cursor).text())
        .contains("INVALID_CURSOR", "is of another list; start without a cursor");
    String broken = cursor.substring(0, cursor.length() - 2) + "xx";
    assertThat(server.get("/api/products?sort=price&cursor=" + broken).text())
        .contains("INVALID_CURSOR", "is not a cursor that a list here gave");
  }

  private static String next(String link) {
    return link.isEmpty() ? "" : link.substring(1, link.indexOf('>'));
  }

  private static List<String> ids(String text) {
    return java.util.regex.Pattern.compile("\"id\":\"([^\"]+)\"")
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .toList();
  }
}
