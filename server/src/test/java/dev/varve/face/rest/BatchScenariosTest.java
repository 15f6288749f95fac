package dev.varve.face.rest;

import static dev.varve.face.rest.Scenario.scenario;

import dev.varve.face.openapi.OpenApiContract;
import dev.varve.kernel.Rows;
import dev.varve.node.TestServer;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Batches: many operations, all or nothing.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchScenariosTest {
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
  @MethodSource({"carriedOut", "refused"})
  void holds(Scenario scenario) {
    scenario.run(server, contract);
  }

  private static String batch(String... operations) {
    return "{'operations':[" + String.join(",", operations) + "]}";
  }

  private static String post(String path, String body) {
    return "{'method':'POST','path':'%s','body':%s}".formatted(path, body);
  }

  static Stream<Scenario> carriedOut() {
    return Rows.of(
        scenario("operationsAreOneUnitAndReferToEachOther")
            .post(
                "/api/batch",
                batch(
                    "{'method':'POST','path':'/api/orders','ref':'order','body':{'user':'ada','total':'19.90'}}",
                    "{'method':'POST','path':'/api/order-lines','ref':'line','body':{'id':'bl','order':'$order.id','product':'p01','quantity':2}}",
                    "{'method':'PATCH','path':'/api/orders/$order.id','body':{'tags':['$line.id','$order.total','$$order.id'],'shipTo':{'street':'$line.product','city':'$5','country':'CH'}}}",
                    "{'method':'DELETE','path':'/api/order-lines/$line.id'}"))
            .body("{'results':[{'status':201,'ref':'order','location':'/api/orders/")
            .body("'etag':'\\'1\\'','body':{'id':'", "'total':'19.90'")
            .body("{'status':201,'ref':'line','location':'/api/order-lines/bl'")
            .body("{'status':200,'etag':'\\'2\\'','body':{'id':'")
            .body(
                "'shipTo':{'street':'p01','city':'$5','country':'CH'},'tags':['bl','19.90','$order.id']")
            .body("{'status':204}]}")
            .events("CREATE Order, CREATE OrderLine, UPDATE Order, DELETE OrderLine"),
        scenario("aRefCanNameARecordThatWasThereBefore")
            .post(
                "/api/batch",
                batch(
                    "{'method':'PATCH','path':'/api/orders/o1','ref':'old','body':{'total':'12.00'},'ifMatch':'\\'1\\''}",
                    post("/api/order-lines", "{'order':'$old.id','product':'p07','quantity':1}")))
            .body("{'status':200,'ref':'old','etag':'\\'2\\''", "'order':'o1','product':'p07'")
            .events("UPDATE Order, CREATE OrderLine"),
        scenario("aBatchReplacesAndRestores")
            .given("POST", "/api/users", "{'id':'ben','name':'Ben','email':'ben@example.com'}")
            .post(
                "/api/batch",
                batch(
                    "{'method':'PUT','path':'/api/users/ben','body':{'name':'B','email':'b@example.com'}}",
                    post("/api/users/ben/restore", "{'version':1}")))
            .body("'name':'B'", "'name':'Ben'")
            .events("UPDATE User, UPDATE User"),
        scenario("aBatchOfOneIsABatch")
            .post("/api/batch", batch(post("/api/messages", "{'text':'hi'}")))
            .body("{'results':[{'status':201,'location':'/api/messages/", "'body':{'id':'")
            .lacks("'hi'")
            .events("CREATE Message"));
  }

  static Stream<Scenario> refused() {
    return Rows.of(
        scenario("everyWrongOperationIsNamedAtOnce")
            .post(
                "/api/batch",
                batch(
                    "{'methd':'POST','path':'/api/orders','body':{}}",
                    post("/api/ordrs", "{}"),
                    "{'method':'GET','path':'/api/orders'}",
                    post("/api/users", "{'name':7,'mail':'x'}"),
                    "7",
                    "{'method':'DELETE','path':'/api/orders/o1','body':{}}",
                    "{'method':'POST','path':'/api/orders/o1','body':{}}",
                    "{'method':'PUT','path':'/api/orders','body':{}}",
                    "{'method':'PATCH','path':'/api/orders/o1?x=1','body':{}}",
                    "{'method':'PATCH','path':'/api/orders/o1','body':{},'ifMatch':'v7'}",
                    "{'method':'PATCH','path':'/api/orders/o1','body':[]}",
                    "{'method':'POST','path':'/api/users','body':{'name':'N','email':'n@example.com'},'ifMatch':'*'}"))
            .gives(400)
            .body("'code':'VALIDATION_ERROR','message':'Invalid input data'")
            .says(
                "{\"field\":\"operations[0].methd\",\"message\":\"is not known here. Did you mean 'method'?\"}")
            .body("{'field':'operations[0].method','message':'must be POST, PUT, PATCH or DELETE'}")
            .says(
                "{\"field\":\"operations[1].path\",\"message\":\"leads to no model. Did you mean '/api/orders'?\"}")
            .body("{'field':'operations[2].method','message':'must be POST, PUT, PATCH or DELETE'}")
            .body("{'field':'operations[3].body.name','message':'must be text'}")
            .body("{'field':'operations[3].body.email','message':'is required'}")
            .says(
                "{\"field\":\"operations[3].body.mail\",\"message\":\"is not a field of User. Did you mean 'email'?\"}")
            .body(
                "{'field':'operations[4]','message':'must be an object with method, path and body'}")
            .body("{'field':'operations[5].body','message':'is not for DELETE: leave it out'}")
            .body(
                "{'field':'operations[6].path','message':'POST goes to /api/orders or /api/orders/ID/restore'}")
            .body("{'field':'operations[7].path','message':'PUT goes to /api/orders/ID'}")
            .body("{'field':'operations[8].path','message':'takes no query")
            .body(
                "{'field':'operations[9].ifMatch','message':'must be the version of the record as you read it, such as 3,")
            .body(
                "{'field':'operations[10].body','message':'The body must be a JSON object with the fields of Order'}")
            .body("{'field':'operations[11].ifMatch','message':'is not for a new record"),
        scenario("wrongReferencesAreNamed")
            .post(
                "/api/batch",
                batch(
                    "{'method':'POST','path':'/api/orders','ref':'order','body':{'user':'ada','total':1}}",
                    post("/api/order-lines", "{'order':'$ordr.id','quantity':1}"),
                    post("/api/order-lines", "{'order':'$order.nothing','quantity':1}"),
                    "{'method':'DELETE','path':'/api/orders/$late.id'}",
                    "{'method':'POST','path':'/api/orders','ref':'late','body':{'user':'ada','total':1}}",
                    "{'method':'POST','path':'/api/orders','ref':'late','body':{'user':'ada','total':1}}",
                    "{'method':'POST','path':'/api/orders','ref':'no good','body':{'user':'ada','total':1}}",
                    "{'method':'PATCH','path':'/api/orders/$order.total','body':{}}"))
            .gives(400)
            .says(
                "{\"field\":\"operations[1].body.order\",\"message\":\"no operation before this one has the ref 'ordr'. Did you mean 'order'?\"}")
            .says(
                "{\"field\":\"operations[2].body.order\",\"message\":\"the body of operations[0] gives no 'nothing'")
            .says(
                "{\"field\":\"operations[3].path\",\"message\":\"no operation before this one has the ref 'late'.\"}")
            .says(
                "{\"field\":\"operations[5].ref\",\"message\":\"'late' is the ref of operations[4] already\"}")
            .body("{'field':'operations[6].ref','message':'must be a name of at most 64")
            .says(
                "{\"field\":\"operations[7].path\",\"message\":\"'$order.total' is not text, and cannot stand in a path\"}"),
        scenario("onlySingleValuesAreReferredTo")
            .post(
                "/api/batch",
                batch(
                    "{'method':'POST','path':'/api/orders','ref':'order','body':{'user':'ada','total':1,'tags':['a']}}",
                    post("/api/order-lines", "{'order':'$order.tags','quantity':1}")))
            .gives(400)
            .body(
                "{'field':'operations[1].body.order','message':'refers to a list or an object: only single values can be referred to'}"),
        scenario("referencesDoNotMakeASmallBatchAHugeOne")
            .post(
                "/api/batch",
                batch(
                    "{'method':'POST','path':'/api/orders','ref':'order','body':{'user':'ada','total':1,'note':'%s'}}"
                        .formatted("a".repeat(300_000)),
                    post(
                        "/api/orders",
                        "{'user':'ada','tags':['$order.note','$order.note','$order.note','$order.note']}")))
            .gives(413)
            .says("The references of the batch stand for more than 1,048,576 characters"),
        scenario("aReferenceToAWrongOperationSaysSo")
            .post(
                "/api/batch",
                batch(
                    "{'method':'POST','path':'/api/orders','ref':'order','body':{'user':'ada'}}",
                    post("/api/order-lines", "{'order':'$order.id','quantity':1}")))
            .gives(400)
            .body("{'field':'operations[0].body.total','message':'is required'}")
            .body(
                "{'field':'operations[1].body.order','message':'refers to operations[0], which is wrong itself'}"),
        scenario("oneRefusalUndoesAll")
            .post(
                "/api/batch",
                batch(
                    post("/api/users", "{'id':'und','name':'U','email':'u@example.com'}"),
                    post("/api/users", "{'name':'A','email':'ada@example.com'}")))
            .gives(409)
            .body(
                "'code':'ALREADY_EXISTS','message':'operations[1]: A User with this email exists already'")
            .body("{'field':'operations[1].body.email','message':'is taken'}"),
        scenario("aRefusalInABatchOfOneNamesTheOperationToo")
            .post("/api/batch", batch(post("/api/users", "{'name':'A','email':'ada@example.com'}")))
            .gives(409)
            .body("'message':'operations[0]: A User", "{'field':'operations[0].body.email'"),
        scenario("aForbiddenOperationIsNamed")
            .post(
                "/api/batch",
                batch(
                    post("/api/messages", "{'text':'x'}"),
                    post("/api/countries", "{'name':'Utopia'}")))
            .gives(403)
            .body("'message':'operations[1]: ", "{'field':'operations[1]'"),
        scenario("anOperationOnWhatIsNotThereIsNamed")
            .post(
                "/api/batch",
                batch(
                    post("/api/messages", "{'text':'x'}"),
                    "{'method':'DELETE','path':'/api/orders/nope'}"))
            .gives(404)
            .says("operations[1]: No Order has the id 'nope'"),
        scenario("aLostRaceIsNamed")
            .post(
                "/api/batch",
                batch(
                    post("/api/messages", "{'text':'x'}"),
                    "{'method':'PATCH','path':'/api/orders/o2','body':{'total':1},'ifMatch':'\\'9\\''}"))
            .gives(412)
            .body("operations[1]: The record is at version 1"),
        scenario("aMissingReferenceIsNamed")
            .post(
                "/api/batch",
                batch(
                    post("/api/messages", "{'text':'x'}"),
                    post("/api/orders", "{'user':'nobody','total':1}")))
            .gives(422)
            .body("{'field':'operations[1].body.user'"),
        scenario("aBatchHasOperations")
            .post("/api/batch", "{'operations':[]}")
            .gives(400)
            .body("{'field':'operations','message':'must be a list of at least one operation'}"),
        scenario("aBatchIsAnObject")
            .post("/api/batch", "[]")
            .gives(400)
            .body(
                "'code':'MALFORMED_REQUEST','message':'The body must be a JSON object with a list of operations"),
        scenario("anUnknownMemberOfABatchIsNamed")
            .post("/api/batch", "{'operation':[]}")
            .gives(400)
            .says(
                "{\"field\":\"operation\",\"message\":\"is not known here. Did you mean 'operations'?\"}"),
        scenario("tooManyOperationsAreRefused")
            .post(
                "/api/batch",
                batch(
                    Collections.nCopies(1_001, post("/api/messages", "{'text':'x'}"))
                        .toArray(String[]::new)))
            .gives(413)
            .body(
                "'code':'TOO_LARGE','message':'The batch has 1,001 operations, and at most 1,000 are taken: split it'"));
  }
}
