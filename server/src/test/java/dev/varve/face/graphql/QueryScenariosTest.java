package dev.varve.face.graphql;

import static dev.varve.face.graphql.Scenario.scenario;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Rows;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QueryScenariosTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = Shop.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static Stream<Scenario> scenarios() {
    return Rows.of(
        scenario("aRecordByItsId")
            .ask("{ user(id: 'ada') { id name email } }")
            .data("{'user':{'id':'ada','name':'Ada','email':'ada@example.com'}}"),
        scenario("aRecordThatIsNotThereIsNull")
            .ask("{ user(id: 'eve') { id } }")
            .data("{'user':null}"),
        scenario("aHiddenRecordIsNull")
            .ask("{ product(id: 'p2') { id } }")
            .data("{'product':null}"),
        scenario("everyScalarHasItsForm")
            .ask(
                "{ product(id: 'p1') { price weight stock since seen page code extra published version } }")
            .data(
                "{'product':{'price':'12.50','weight':0.5,'stock':9007199254740993,'since':'2026-01-31',"
                    + "'seen':'2026-01-31T09:30:00Z','page':'https://example.com/mug','code':'0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57',"
                    + "'extra':{'a':[1,2.5,null,true]},'published':true,'version':1}}"),
        scenario("aValueIsAnObject")
            .ask("{ user(id: 'ada') { address { __typename c: city } } }")
            .data("{'user':{'address':{'__typename':'Address','c':'Bern'}}}"),
        scenario("anAbsentValueIsNull")
            .ask("{ user(id: 'bob') { address { city } } }")
            .data("{'user':{'address':null}}"),
        scenario("aFieldHiddenOnTheRecordIsNull")
            .ask("{ orders(limit: 2) { id note tags } }")
            .data(
                "{'orders':[{'id':'o1','note':'n1','tags':['t1']},{'id':'o2','note':null,'tags':['t2']}]}"),
        scenario("relationsBothWays")
            .ask(
                "{ order(id: 'o1') { user { name orders(limit: 1) { id user { id } } } lines { quantity product { name } } } }")
            .data(
                "{'order':{'user':{'name':'Ada','orders':[{'id':'o1','user':{'id':'ada'}}]},"
                    + "'lines':[{'quantity':1,'product':{'name':'Mug'}},{'quantity':2,'product':{'name':'Mug'}}]}}"),
        scenario("aRelationMayBeAskedForTwice")
            .ask(
                "{ user(id: 'ada') { big: orders(where: {total: {gt: 25}}) { id } last: orders(limit: 1, orderBy: [{total: DESC}]) { id } } }")
            .data("{'user':{'big':[{'id':'o3'},{'id':'o4'}],'last':[{'id':'o4'}]}}"),
        scenario("relatedRecordsAreSortedForEachParent")
            .ask(
                "{ users { id orders(limit: 2, orderBy: [{status: DESC}, {total: DESC}]) { id } } }")
            .data(
                "{'users':[{'id':'ada','orders':[{'id':'o2'},{'id':'o4'}]},{'id':'bob','orders':[{'id':'o5'}]}]}"),
        scenario("fragmentsAndConditionsOfFields")
            .ask(
                "query Q($no: Boolean!, $yes: Boolean!) { user(id: 'ada') { ...A @include(if: $yes) email @skip(if: $yes) ... on Node { nodeId } ... @include(if: $no) { id } } }"
                    + " fragment A on User { name name }")
            .with("{'no':false,'yes':true}")
            .data("{'user':{'name':'Ada','nodeId':'User:ada'}}"),
        scenario("fieldsOfOneNameAreMerged")
            .ask(
                "{ user(id: 'ada') { address { city } } ...B } fragment B on Query { user(id: 'ada') { address { country } } }")
            .data("{'user':{'address':{'city':'Bern','country':'CH'}}}"),
        scenario("anyRecordByItsGlobalId")
            .ask(
                "{ a: node(id: 'Order:o1') { __typename nodeId ... on Order { total } ... on User { name } } b: node(id: 'User:eve') { nodeId } }")
            .data("{'a':{'__typename':'Order','nodeId':'Order:o1','total':'10.50'},'b':null}"),
        scenario("aWordIsNoGlobalId")
            .ask("{ node(id: 'o1') { nodeId } }")
            .gives(400)
            .has(
                "'field':'id','message':'is no global id: give the nodeId of a record, such as User:42'"),
        scenario("listsAreFilteredByField")
            .ask("{ orders(where: {total: {gte: '20.5', lt: 99}, status: {ne: PAID}}) { id } }")
            .data("{'orders':[{'id':'o3'},{'id':'o4'}]}"),
        scenario("conditionsAreJoined")
            .ask(
                "{ orders(where: {or: [{id: {eq: 'o1'}}, {and: [{user: {id: {eq: 'bob'}}}, {total: {gt: 1}}]}]}) { id } }")
            .data("{'orders':[{'id':'o1'},{'id':'o5'}]}"),
        scenario("conditionsAreNegated")
            .ask("{ orders(where: {not: {or: [{status: {eq: PAID}}, {total: {gt: 25}}]}}) { id } }")
            .data("{'orders':[{'id':'o1'}]}"),
        scenario("conditionsGoOverRelations")
            .ask(
                "{ orderLines(where: {order: {user: {email: {startsWith: 'ada', endsWith: '.com', contains: '@'}}}}) { id } }")
            .data("{'orderLines':[{'id':'l1'},{'id':'l2'}]}"),
        scenario("conditionsGoIntoValues")
            .ask("{ users(where: {address: {city: {in: ['Bern', 'a,b']}}}) { id } }")
            .data("{'users':[{'id':'ada'}]}"),
        scenario("whatIsAbsentCanBeLookedFor")
            .ask("{ users(where: {address: {isNull: true}}) { id } }")
            .data("{'users':[{'id':'bob'}]}"),
        scenario("anElementOfAListCanBeLookedFor")
            .ask("{ orders(where: {tags: {contains: 't3'}}) { id } }")
            .data("{'orders':[{'id':'o3'}]}"),
        scenario("nullIsNoCondition")
            .ask("query($n: String) { users(where: {name: {eq: $n}}) { id } }")
            .with("{'n':null}")
            .gives(400)
            .has("'field':'where.name.eq','message':'is null: leave it out, or ask with isNull'"),
        scenario("aFilterMayNotTellWhatIsHidden")
            .ask("{ orders(where: {note: {startsWith: 'n'}}) { id } }")
            .gives(294)
            .data("null")
            .has("'code':'INVALID_PARAMETER'")
            .has("cannot use Order.note, which you may not read on every record"),
        scenario("norMayOneOfRelatedRecords")
            .ask("{ users { orders(orderBy: [{note: ASC}]) { id } } }")
            .gives(294)
            .data("null")
            .has("cannot use Order.note"),
        scenario("aModelThatNobodyReadsIsRefusedAlone")
            .ask("{ user(id: 'ada') { id } message(id: 'x') { id } }")
            .gives(294)
            .data("{'user':{'id':'ada'},'message':null}")
            .has("'path':['message']")
            .has("'code':'FORBIDDEN'"),
        scenario("pagesWithCursors")
            .ask(
                "{ ordersConnection(first: 2, orderBy: [{total: DESC}]) { totalCount nodes { id } edges { node { id total } } pageInfo { hasNextPage hasPreviousPage } } }")
            .data(
                "{'ordersConnection':{'totalCount':5,'nodes':[{'id':'o5'},{'id':'o4'}],"
                    + "'edges':[{'node':{'id':'o5','total':'99.90'}},{'node':{'id':'o4','total':'40.50'}}],"
                    + "'pageInfo':{'hasNextPage':true,'hasPreviousPage':false}}}"),
        scenario("aCountAlone")
            .ask("{ ordersConnection(where: {status: {eq: PAID}}) { totalCount __typename } }")
            .data("{'ordersConnection':{'totalCount':1,'__typename':'OrderConnection'}}"),
        scenario("edgesAndNodesMayAskForDifferentThings")
            .ask(
                "{ usersConnection(first: 1) { nodes { orders(limit: 1) { id } } edges { node { orders(limit: 2) { id } } } } }")
            .data(
                "{'usersConnection':{'nodes':[{'orders':[{'id':'o1'}]}],'edges':[{'node':{'orders':[{'id':'o1'},{'id':'o2'}]}}]}}"),
        scenario("theHistoryOfARecord")
            .ask(
                "{ orderHistory(id: 'o2') { version operation actor changed record { status note } } }")
            .data(
                "{'orderHistory':[{'version':2,'operation':'UPDATE','actor':'anonymous','changed':['status'],'record':{'status':'PAID','note':null}},"
                    + "{'version':1,'operation':'CREATE','actor':'anonymous','changed':['user','status','total','tags','note'],'record':{'status':'DRAFT','note':'n2'}}]}"),
        scenario("olderVersionsOfARecord")
            .ask(
                "{ orderHistory(id: 'o2', beforeVersion: 2, limit: 1) { version } none: orderHistory(id: 'x') { version } }")
            .data("{'orderHistory':[{'version':1}],'none':null}"),
        scenario("aVersionGivesNoRelations")
            .ask("{ orderHistory(id: 'o2') { record { user { name } } } }")
            .gives(400)
            .has("is a relation, which a version does not give"),
        scenario("theWholeQueryAsOfAPosition")
            .ask(
                "query @asOf(at: 'position:8') { orders { id status } user(id: 'ada') { orders { id } } orderLines { id } }")
            .data(
                "{'orders':[{'id':'o1','status':'DRAFT'},{'id':'o2','status':'DRAFT'},{'id':'o3','status':'DRAFT'},{'id':'o4','status':'DRAFT'}],'user':{'orders':[{'id':'o1'},{'id':'o2'},{'id':'o3'},{'id':'o4'}]},'orderLines':[]}")
            .has("'extensions':{'position':8}"),
        scenario("aMomentMayBeAVariable")
            .ask("query($at: String!) @asOf(at: $at) { order(id: 'o2') { status } }")
            .with("{'at':'position:9'}")
            .data("{'order':{'status':'DRAFT'}}"),
        scenario("aMomentToComeIsRefused")
            .ask("query @asOf(at: '2999-01-01T00:00:00Z') { users { id } }")
            .gives(400)
            .has("'message':'Invalid argument of @asOf'")
            .has("'code':'INVALID_INSTANT','details':[{'field':'at','message':'is in the future: ")
            .lacks("'data'"),
        scenario("aMomentThatIsNone")
            .ask("query @asOf(at: 'monday') { users { id } }")
            .gives(400)
            .has("'message':'Invalid argument of @asOf','locations':[{'line':1,'column':7}]")
            .has("'field':'at','message':'must be an instant such as 2026-03-01T00:00:00Z"),
        scenario("aModelWithoutHistoryHasNoPast")
            .ask("query @asOf(at: 'position:1') { pings { id } users { id } }")
            .gives(294)
            .data("null")
            .has("'message':'Invalid argument of @asOf'")
            .has(
                "'details':[{'field':'at','message':'Ping keeps no history (@model(history: false)): ask without it'}]"),
        scenario("anEmptyListIsThere").ask("{ pings { id user { id } } }").data("{'pings':[]}"),
        scenario("typenames")
            .ask("{ __typename users(limit: 1) { __typename } }")
            .data("{'__typename':'Query','users':[{'__typename':'User'}]}"),
        scenario("costsOnRequest")
            .ask("{ users(limit: 10) { orders(limit: 5) { lines(limit: 2) { id } } } }")
            .extension("{'cost':true}")
            .has("'records':160")
            .has("'recordsMax':50000"),
        scenario("limitsOfPages")
            .ask("{ users(limit: 501) { id } }")
            .gives(400)
            .has("'field':'limit','message':'must be a whole number from 1 to 500'"),
        scenario("aCursorOfAnotherList")
            .ask("{ users(cursor: 'abc') { id } }")
            .gives(400)
            .has("'code':'INVALID_CURSOR'")
            .has("'field':'cursor'"),
        scenario("anOrderNamesAFieldOnce")
            .ask("{ users(orderBy: [{name: ASC}, {name: DESC}]) { id } }")
            .gives(400)
            .says("names 'name' twice"));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void answersAsItSays(Scenario scenario) {
    scenario.run(server);
  }

  private static List<String> ids(List<?> records) {
    return records.stream().map(record -> (String) Scenario.at(record, "id")).toList();
  }

  @Test
  void aListIsReadToItsEndByItsCursors() {
    List<String> ids = new ArrayList<>();
    String cursor = "";
    boolean more = true;
    while (more) {
      Reply reply =
          Scenario.ask(
              server, "{ orders(limit: 2, orderBy: [{total: DESC}]%s) { id } }".formatted(cursor));
      ids.addAll(ids(Scenario.list(reply.json(), "data", "orders")));
      more = reply.text().contains("cursors");
      if (more) {
        cursor =
            ", cursor: '%s'"
                .formatted(Scenario.at(reply.json(), "extensions", "cursors", "orders"));
      }
    }
    assertThat(ids).containsExactly("o5", "o4", "o3", "o2", "o1");
  }

  @Test
  void aConnectionIsReadToItsEndByItsCursors() {
    List<String> ids = new ArrayList<>();
    String after = "";
    boolean more = true;
    while (more) {
      Reply reply =
          Scenario.ask(
              server,
              "{ ordersConnection(first: 2%s) { edges { cursor } nodes { id } pageInfo { endCursor hasNextPage } } }"
                  .formatted(after));
      Object connection = Scenario.at(reply.json(), "data", "ordersConnection");
      ids.addAll(ids(Scenario.list(connection, "nodes")));
      Object end = Scenario.at(connection, "pageInfo", "endCursor");
      assertThat(Scenario.at(Scenario.list(connection, "edges").getLast(), "cursor"))
          .isEqualTo(end);
      after = ", after: '%s'".formatted(end);
      more = Boolean.TRUE.equals(Scenario.at(connection, "pageInfo", "hasNextPage"));
    }
    assertThat(ids).containsExactly("o1", "o2", "o3", "o4", "o5");
  }

  @Test
  void theAnswerNamesItsPosition() {
    Reply reply = Scenario.ask(server, "{ users { id } }");
    assertThat(reply.header("Varve-Position")).isEqualTo(Long.toString(server.position()));
    assertThat(reply.text()).contains("\"extensions\":{\"position\":" + server.position());
  }
}
