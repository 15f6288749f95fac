package dev.varve.face.rest;

import static dev.varve.face.rest.Scenario.scenario;

import dev.varve.face.openapi.OpenApiContract;
import dev.varve.kernel.Rows;
import dev.varve.node.TestServer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// One record: created, read, replaced, merged, deleted, restored, and its history.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordScenariosTest {
  private final TestServer server = TestServer.start(Shop.SCHEMA);
  private final OpenApiContract contract = OpenApiContract.of(server);

  @BeforeAll
  void seed() {
    Shop.seed(server);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"create", "read", "replace", "merge", "delete", "restore", "history"})
  void holds(Scenario scenario) {
    scenario.run(server, contract);
  }

  private static String user(String id) {
    return "{'id': '%s', 'name': 'User %s', 'email': '%s@example.com'}".formatted(id, id, id);
  }

  private static String order(String id) {
    return "{'id': '%s', 'user': 'ada', 'total': '10.00', 'note': 'n'}".formatted(id);
  }

  static Stream<Scenario> create() {
    return Rows.of(
        scenario("aNewRecordComesWithItsPathAndItsTag")
            .post("/api/users", user("bea"))
            .gives(201)
            .header("Location", "/api/users/bea")
            .header("ETag", "\"1\"")
            .header("Content-Type", "application/json")
            .body("{'id':'bea','name':'User bea','email':'bea@example.com','nick':null,")
            .body("'version':1}")
            .events("CREATE User"),
        scenario("anIdIsMadeWhenNoneIsGiven")
            .post("/api/users", "{'name': 'No Id', 'email': 'noid@example.com'}")
            .gives(201)
            .body("{'id':'0", "-7", "'version':1}")
            .events("CREATE User"),
        scenario("theLocationOfAStrangeIdIsEncoded")
            .post("/api/users", "{'id': 'a/b c+ü', 'name': 'Odd', 'email': 'odd@example.com'}")
            .gives(201)
            .header("Location", "/api/users/a%2Fb%20c%2B%C3%BC")
            .events("CREATE User"),
        scenario("aStrangeIdIsFoundUnderItsLocation")
            .given("POST", "/api/users", "{'id': 'x/y z', 'name': 'X', 'email': 'x@example.com'}")
            .get("/api/users/x%2Fy%20z")
            .body("'id':'x/y z'"),
        scenario("defaultsAreFilledIn")
            .post("/api/orders", "{'user': 'ada', 'total': 5}")
            .gives(201)
            .body("'status':'DRAFT','total':'5.00'", "'tags':[]")
            .events("CREATE Order"),
        scenario("everyTypeTravelsAsDescribed")
            .post(
                "/api/products",
                """
                {'id': 'full', 'sku': 'ZZ-001', 'name': 'Full', 'category': 'tea', 'price': 19.9,
                 'weight': 0.5, 'stock': 9007199254740993, 'since': '2026-01-31',
                 'seen': '2026-01-31T10:30:00.5+01:00', 'page': 'https://example.com/x',
                 'code': '0198C5F2-6F1A-7C3E-9B1D-2F4A8E6C0B57', 'extra': {'a': [1, null, 'x']}}\
                """)
            .gives(201)
            .body("'price':'19.90','weight':0.5,'stock':9007199254740993,'since':'2026-01-31'")
            .body("'seen':'2026-01-31T09:30:00.500Z','page':'https://example.com/x'")
            .body("'code':'0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57','extra':{'a':[1,null,'x']}")
            .events("CREATE Product"),
        scenario("whoMayWriteButNotReadLearnsTheIdAlone")
            .post("/api/messages", "{'text': 'psst'}")
            .gives(201)
            .header("ETag", "\"1\"")
            .body("{'id':'")
            .lacks("psst", "version")
            .events("CREATE Message"),
        scenario("aTakenIdIsAConflict")
            .post("/api/users", "{'id': 'ada', 'name': 'Other', 'email': 'other@example.com'}")
            .gives(409)
            .body(
                "{'error':{'code':'ALREADY_EXISTS','message':'A User with this id exists already'")
            .body("{'field':'id','message':'is taken: choose another, or leave it out'}")
            .body("'requestId':'"),
        scenario("aTakenUniqueValueIsAConflict")
            .post("/api/users", "{'name': 'Other', 'email': 'ada@example.com'}")
            .gives(409)
            .body("'code':'ALREADY_EXISTS','message':'A User with this email exists already'")
            .body("{'field':'email','message':'is taken'}"),
        scenario("valuesTakenTogetherAreAConflict")
            .post("/api/order-lines", "{'order': 'o1', 'product': 'p01', 'quantity': 1}")
            .gives(409)
            .body("'message':'A OrderLine with this order, product exists already'"),
        scenario("aMissingReferenceBreaksARule")
            .post("/api/orders", "{'user': 'nobody', 'total': 1}")
            .gives(422)
            .body("'code':'REFERENCE_NOT_FOUND'")
            .says("no User has the id 'nobody'"),
        scenario("whatNoRuleAllowsIsForbidden")
            .post("/api/countries", "{'name': 'Utopia'}")
            .gives(403)
            .body("'code':'FORBIDDEN'"),
        scenario("aFieldThatARuleForbidsIsNotSet")
            .post("/api/orders", "{'user': 'ada', 'total': 1, 'status': 'PAID', 'note': 'secret'}")
            .gives(403)
            .body("{'field':'note','message':'is not yours to set: leave it out'}"));
  }

  static Stream<Scenario> read() {
    return Rows.of(
        scenario("aRecordComesWholeWithItsTagAndPosition")
            .get("/api/users/ada")
            .header("ETag", "\"1\"")
            .header("Cache-Control", "private, no-cache")
            .body(
                "{'id':'ada','name':'Ada','email':'ada@example.com','nick':'ace','address':null,"),
        scenario("theHeadOfARecordIsItsHeadersAlone")
            .ask("HEAD", "/api/users/ada", "")
            .header("ETag", "\"1\"")
            .header("Content-Type", "application/json"),
        scenario("whatHasNotChangedIsNotSentAgain")
            .get("/api/users/ada")
            .sending("If-None-Match", "\"7\", \"1\"")
            .gives(304)
            .header("ETag", "\"1\""),
        scenario("aWeakTagIsEnoughForARead")
            .get("/api/users/ada")
            .sending("If-None-Match", "W/\"1\"")
            .gives(304),
        scenario("whatHasChangedIsSent")
            .get("/api/users/ada")
            .sending("If-None-Match", "\"2\"")
            .gives(200)
            .body("'id':'ada'"),
        scenario("fieldsAreChosen")
            .get("/api/users/ada?fields=name,id")
            .header("ETag", "\"1\"")
            .body("{'id':'ada','name':'Ada'}"),
        scenario("aReferenceIsExpanded")
            .get("/api/orders/o1?expand=user")
            .body("'user':{'id':'ada','name':'Ada'", "'status':'DRAFT'"),
        scenario("expansionsGoThroughLists")
            .get(
                "/api/users/ada?expand=orders.lines.product&fields=id,orders.id,orders.lines.product.sku")
            .body("{'id':'ada','orders':[{'id':'", "{'id':'o1','lines':[{'id':'l1'")
            .body("'product':{'sku':'AB-001'}"),
        scenario("anExpandedRecordThatHasNotChangedIsNotSentAgain")
            .get("/api/orders/o1?expand=user")
            .sending("If-None-Match", "*")
            .gives(304),
        scenario("anUnknownRecordIsNotFound")
            .get("/api/users/nobody")
            .gives(404)
            .body("'code':'NOT_FOUND'")
            .says("No User has the id 'nobody'"),
        scenario("aRecordThatMayNotBeReadDoesNotExist")
            .given(
                "POST",
                "/api/products",
                "{'id':'hid','sku':'HI-001','name':'H','category':'x','price':1,'published':false}")
            .get("/api/products/hid")
            .gives(404)
            .says("No Product has the id 'hid'"),
        scenario("aModelThatNobodyMayReadIsForbidden")
            .get("/api/messages/any")
            .gives(403)
            .body("'code':'FORBIDDEN'"),
        scenario("aFieldThatMayNotBeReadIsAbsent")
            .get("/api/orders/o2")
            .body("'status':'PAID'")
            .lacks("'note'"),
        scenario("aFieldThatMayBeReadIsThere").get("/api/orders/o1").body("'note':null"),
        scenario("aRecordIsReadAsOfAPosition")
            .given("PATCH", "/api/products/p12", "{'name': 'Renamed'}")
            .get("/api/products/p12?asOf=position:13")
            .header("ETag", "\"1\"")
            .header("Varve-Position", "13")
            .body("'name':'Product 12'"),
        scenario("aRecordWasNotThereBeforeItWasCreated")
            .get("/api/users/ada?asOf=position:0")
            .gives(404)
            .says("No User has the id 'ada' as of position 0"),
        scenario("aRecordWasNotThereInThePast")
            .get("/api/users/ada?asOf=2020-01-01T00:00:00Z")
            .gives(404)
            .says("No User has the id 'ada' as of 2020-01-01T00:00:00Z"),
        scenario("theFutureIsRefused")
            .get("/api/users/ada?asOf=2999-01-01T00:00:00Z")
            .gives(400)
            .body("'code':'INVALID_INSTANT'")
            .says("is in the future"),
        scenario("aFuturePositionIsRefused")
            .get("/api/users/ada?asOf=position:999999")
            .gives(400)
            .body("'code':'INVALID_INSTANT'", "'field':'asOf'"),
        scenario("aModelWithoutHistoryHasNoPast")
            .get("/api/pings?asOf=position:1")
            .gives(400)
            .body("'field':'asOf'")
            .says("history"),
        scenario("anUnknownParameterOfARecordIsNamed")
            .get("/api/users/ada?field=name&limit=3")
            .gives(400)
            .body("'code':'INVALID_PARAMETER','message':'Invalid query parameters'")
            .says(
                "{\"field\":\"field\",\"message\":\"is not a parameter here. Did you mean 'fields'?\"}")
            .body(
                "{'field':'limit','message':'is not a parameter here; there are fields, expand, asOf'}"));
  }

  static Stream<Scenario> replace() {
    return Rows.of(
        scenario("aRecordIsReplacedAsAWhole")
            .given(
                "POST", "/api/users", "{'id':'eve','name':'E','email':'e@example.com','nick':'n'}")
            .put("/api/users/eve", "{'name': 'Eve', 'email': 'eve@example.com'}")
            .header("ETag", "\"2\"")
            .body("'name':'Eve','email':'eve@example.com','nick':null", "'version':2")
            .events("UPDATE User"),
        scenario("whatWasReadCanBeSentBack")
            .given("POST", "/api/orders", order("r1"))
            .put(
                "/api/orders/r1",
                "{'id':'r1','user':'ada','status':'DRAFT','total':'11.00','tags':[],'version':1}")
            .body("'total':'11.00'", "'version':2")
            .events("UPDATE Order"),
        scenario("nothingIsWrittenWhenNothingChanges")
            .given("POST", "/api/orders", order("r2"))
            .patch("/api/orders/r2", "{'total': 10}")
            .header("ETag", "\"1\"")
            .body("'version':1"),
        scenario("theRightVersionIsReplaced")
            .given("POST", "/api/users", user("fay"))
            .put("/api/users/fay", "{'name': 'Fay', 'email': 'fay@example.com'}")
            .sending("If-Match", "\"1\"")
            .header("ETag", "\"2\"")
            .events("UPDATE User"),
        scenario("aLostRaceIsRefused")
            .given("POST", "/api/users", user("gus"))
            .put("/api/users/gus", "{'name': 'Gus', 'email': 'gus@example.com'}")
            .sending("If-Match", "\"2\"")
            .gives(412)
            .body(
                "'code':'PRECONDITION_FAILED','message':'The record is at version 1, which is not the one expected"),
        scenario("aWeakTagNeverMatchesAWrite")
            .given("POST", "/api/users", user("hal"))
            .put("/api/users/hal", "{'name': 'Hal', 'email': 'hal@example.com'}")
            .sending("If-Match", "W/\"1\"")
            .gives(412),
        scenario("oneOfManyTagsIsEnough")
            .given("POST", "/api/users", user("ida"))
            .put("/api/users/ida", "{'name': 'Ida', 'email': 'ida@example.com'}")
            .sending("If-Match", "\"x\", \"1\"")
            .events("UPDATE User"),
        scenario("anyVersionMayBeReplaced")
            .given("POST", "/api/users", user("jan"))
            .put("/api/users/jan", "{'name': 'Jan', 'email': 'jan@example.com'}")
            .sending("If-Match", "*")
            .events("UPDATE User"),
        scenario("aMalformedTagIsRefused")
            .put("/api/users/ada", "{'name': 'Ada', 'email': 'ada@example.com'}")
            .sending("If-Match", "1")
            .gives(400)
            .body("'code':'MALFORMED_REQUEST'"),
        scenario("whatIsNotThereCannotBeReplaced")
            .put("/api/users/nobody", "{'name': 'N', 'email': 'n@example.com'}")
            .gives(404),
        scenario("aRequiredFieldIsRequired")
            .put("/api/users/ada", "{'nick': 'x'}")
            .gives(400)
            .body(
                "{'field':'name','message':'is required'},{'field':'email','message':'is required'}"),
        scenario("anImmutableFieldStays")
            .given("POST", "/api/users", user("kim"))
            .given("POST", "/api/orders", order("r3"))
            .put("/api/orders/r3", "{'user': 'kim', 'total': 1}")
            .gives(422)
            .body("'code':'RULE_VIOLATION'")
            .body(
                "{'field':'user','message':'is immutable: it keeps the value it was created with'}"),
        scenario("whatARuleForbidsIsNotReplaced")
            .given("POST", "/api/orders", "{'id':'r4','user':'ada','total':1,'status':'SHIPPED'}")
            .put("/api/orders/r4", "{'total': 2, 'status': 'SHIPPED'}")
            .gives(403)
            .body("'message':'You are not permitted to update this Order'"));
  }

  static Stream<Scenario> merge() {
    return Rows.of(
        scenario("aMergeChangesWhatItNames")
            .given(
                "POST", "/api/users", "{'id':'lea','name':'L','email':'l@example.com','nick':'n'}")
            .patch("/api/users/lea", "{'name': 'Lea'}")
            .sending("Content-Type", "application/merge-patch+json")
            .header("ETag", "\"2\"")
            .body("'name':'Lea','email':'l@example.com','nick':'n'")
            .events("UPDATE User"),
        scenario("aMergeMayBePlainJson")
            .given("POST", "/api/users", user("max"))
            .patch("/api/users/max", "{'nick': 'mx'}")
            .body("'nick':'mx'")
            .events("UPDATE User"),
        scenario("nullRemoves")
            .given(
                "POST",
                "/api/users",
                "{'id':'ned','name':'N','email':'ned@example.com','nick':'n'}")
            .patch("/api/users/ned", "{'nick': null}")
            .body("'nick':null")
            .events("UPDATE User"),
        scenario("aRequiredFieldIsNotRemoved")
            .patch("/api/users/ada", "{'name': null}")
            .gives(400)
            .body("{'field':'name','message':'is required: it cannot be removed'}"),
        scenario("aValueIsMergedMemberByMember")
            .given(
                "POST",
                "/api/users",
                "{'id':'ole','name':'O','email':'o@example.com','address':{'street':'1','city':'Bern','country':'CH'}}")
            .patch("/api/users/ole", "{'address': {'city': 'Basel'}}")
            .body("'address':{'street':'1','city':'Basel','country':'CH'}")
            .events("UPDATE User"),
        scenario("aWrongMemberOfAValueIsNamedByItsPath")
            .patch(
                "/api/users/ada",
                "{'address': {'street': 1, 'city': 'B', 'country': 'Swiss', 'zip': 1}}")
            .gives(400)
            .body("{'field':'address.street','message':'must be text'}")
            .body("{'field':'address.country','message':'must match the pattern [A-Z]{2}'}")
            .body("{'field':'address.zip','message':'is not a field of Address."),
        scenario("aRuleHoldsForTheRecordAfterAChangeToo")
            .given("POST", "/api/orders", order("m1"))
            .patch("/api/orders/m1", "{'status': 'SHIPPED'}")
            .gives(403),
        scenario("aFieldDisappearsWhenItsRuleNoLongerHolds")
            .given("POST", "/api/orders", "{'id':'m2','user':'ada','total':1}")
            .patch("/api/orders/m2", "{'status': 'PAID'}")
            .body("'status':'PAID'")
            .lacks("'note'")
            .events("UPDATE Order"));
  }

  static Stream<Scenario> delete() {
    return Rows.of(
        scenario("aDeletionHasNoBody")
            .given("POST", "/api/users", user("pam"))
            .delete("/api/users/pam")
            .gives(204)
            .lacksHeader("Content-Type")
            .events("DELETE User"),
        scenario("whatIsDeletedIsGone")
            .given("POST", "/api/users", user("quy"))
            .given("DELETE", "/api/users/quy", "")
            .get("/api/users/quy")
            .gives(404),
        scenario("aDeletionOfTheWrongVersionIsRefused")
            .delete("/api/users/ada")
            .sending("If-Match", "\"99\"")
            .gives(412),
        scenario("whatIsReferredToIsNotDeleted")
            .delete("/api/users/ada")
            .gives(409)
            .body("'code':'CONFLICT'", "'message':'User is still referred to by Order.user"),
        scenario("aDeletionCascades")
            .given("POST", "/api/orders", order("d1"))
            .given("POST", "/api/order-lines", "{'order':'d1','product':'p01','quantity':1}")
            .delete("/api/orders/d1")
            .gives(204)
            .events("DELETE Order, DELETE OrderLine"),
        scenario("aDeletionClearsReferences")
            .given(
                "POST",
                "/api/products",
                "{'id':'pd','sku':'DE-001','name':'D','category':'x','price':1}")
            .given(
                "POST", "/api/order-lines", "{'id':'ld','order':'o1','product':'pd','quantity':1}")
            .delete("/api/products/pd")
            .gives(204)
            .events("DELETE Product, UPDATE OrderLine"),
        scenario("whatIsNotThereCannotBeDeleted").delete("/api/users/nobody").gives(404),
        scenario("aDeletionTakesNoParameters")
            .delete("/api/users/ada?force=true")
            .gives(400)
            .body("{'field':'force','message':'is not a parameter here; there are none'}"));
  }

  static Stream<Scenario> restore() {
    return Rows.of(
        scenario("anOlderVersionIsWrittenBackAsANewChange")
            .given("POST", "/api/users", user("ron"))
            .given("PATCH", "/api/users/ron", "{'name': 'Changed'}")
            .post("/api/users/ron/restore", "{'version': 1}")
            .header("ETag", "\"3\"")
            .body("'name':'User ron'", "'version':3")
            .events("UPDATE User"),
        scenario("aDeletedRecordComesBack")
            .given("POST", "/api/users", user("sue"))
            .given("DELETE", "/api/users/sue", "")
            .post("/api/users/sue/restore", "{'version': 1}")
            .header("ETag", "\"3\"")
            .body("'id':'sue','name':'User sue'")
            .events("UNDELETE User"),
        scenario("theWrongVersionIsNotRestoredOver")
            .given("POST", "/api/users", user("tom"))
            .given("PATCH", "/api/users/tom", "{'name': 'Changed'}")
            .post("/api/users/tom/restore", "{'version': 1}")
            .sending("If-Match", "\"1\"")
            .gives(412),
        scenario("anUnknownVersionIsNotFound")
            .post("/api/users/ada/restore", "{'version': 99}")
            .gives(404)
            .says("User 'ada' has no version 99 that can be restored"),
        scenario("whatKeepsNoHistoryIsNotRestored")
            .given("POST", "/api/pings", "{'id': 'back', 'text': 'x'}")
            .post("/api/pings/back/restore", "{'version': 1}")
            .gives(404)
            .says("Ping keeps no history (@model(history: false)), so nothing can be restored"),
        scenario("aRestoreNamesItsVersion")
            .post("/api/users/ada/restore", "{'versoin': 1}")
            .gives(400)
            .says(
                "{\"field\":\"versoin\",\"message\":\"is not known here; there are version and asOf. Did you mean 'version'?\"}")
            .body(
                "{'field':'version','message':'must be the number of the version to restore, such as 3; or give asOf, the moment to go back to'}"),
        scenario("aRestoreIsAnObject")
            .post("/api/users/ada/restore", "3")
            .gives(400)
            .body("'code':'MALFORMED_REQUEST'"));
  }

  static Stream<Scenario> history() {
    return Rows.of(
        scenario("everyVersionIsKept")
            .given("POST", "/api/users", user("uma"))
            .given(
                "PATCH", "/api/users/uma", "{'name': 'Uma', 'nick': 'u'}", "X-Request-Id", "req-7")
            .given("DELETE", "/api/users/uma", "")
            .get("/api/users/uma/history")
            .body(
                "{'items':[{'version':3,'operation':'DELETE'", "'record':{'id':'uma','name':'Uma'")
            .body("{'version':2,'operation':'UPDATE'", "'actor':'anonymous','requestId':'req-7'")
            .body("'changed':['name','nick'],'record':{'id':'uma','name':'Uma'")
            .body("{'version':1,'operation':'CREATE'", "'name':'User uma'", "'nextCursor':null}"),
        scenario("theHistoryIsPaged")
            .given("POST", "/api/users", user("vic"))
            .given("PATCH", "/api/users/vic", "{'name': 'Vic'}")
            .get("/api/users/vic/history?limit=1")
            .body("'version':2", "'nextCursor':'")
            .lacks("'version':1,"),
        scenario("theHistoryOfNobodyIsNotFound").get("/api/users/nobody/history").gives(404),
        scenario("aModelMayKeepNoHistory")
            .given("POST", "/api/pings", "{'id': 'g', 'text': 'x'}")
            .get("/api/pings/g/history")
            .gives(404)
            .body("'message':'Ping keeps no history (@model(history: false))'"),
        scenario("theCursorOfAnotherHistoryIsRefused")
            .get("/api/users/ada/history?cursor=abcd")
            .gives(400)
            .body("'code':'INVALID_CURSOR','message':'Invalid cursor'"));
  }
}
