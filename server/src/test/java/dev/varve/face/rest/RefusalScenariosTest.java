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

/// What no resource takes: bad input, bad paths, bad bodies. Nothing is written here.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusalScenariosTest {
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
  @MethodSource({"bodies", "paths", "shapes"})
  void holds(Scenario scenario) {
    scenario.run(server, contract);
  }

  static Stream<Scenario> bodies() {
    return Rows.of(
        scenario("everyWrongFieldIsNamedAtOnce")
            .post(
                "/api/products",
                "{'sku':'x','nme':'N','category':1,'price':'1.234','weight':'heavy','stock':1.5,'since':'today','seen':'now','page':'ftp://x','code':'1','published':'yes','version':3}")
            .gives(400)
            .body("{'error':{'code':'VALIDATION_ERROR','message':'Invalid input data','details':[")
            .body("{'field':'sku','message':'must match the pattern [A-Z]{2}-[0-9]{3}'}")
            .body("{'field':'name','message':'is required'}")
            .body("{'field':'category','message':'must be text'}")
            .body(
                "{'field':'price','message':'must have at most 2 decimal places, as its @scale says (it has 3)'}")
            .body("{'field':'weight','message':'must be a number'}")
            .body("{'field':'stock','message':'must be a whole number from ")
            .body("{'field':'since','message':'must be a date, such as 2026-01-31'}")
            .body("{'field':'seen','message':'must be a date and time with offset")
            .body("{'field':'page','message':'must be an absolute http or https URL")
            .body("{'field':'code','message':'must be a UUID")
            .body("{'field':'published','message':'must be true or false'}")
            .body("{'field':'version','message':'is set by Varve: leave it out'}")
            .says(
                "{\"field\":\"nme\",\"message\":\"is not a field of Product. Did you mean 'name'?\"}"),
        scenario("malformedJsonIsPointedAt")
            .post("/api/users", "{'name': }")
            .gives(400)
            .body("'code':'MALFORMED_REQUEST'", "line 1"),
        scenario("aBodyThatIsNoObjectIsRefused")
            .post("/api/users", "[]")
            .gives(400)
            .body("'message':'The body must be a JSON object with the fields of User'"),
        scenario("anEmptyBodyIsRefused")
            .ask("POST", "/api/users", " ")
            .gives(400)
            .body("'code':'MALFORMED_REQUEST'"),
        scenario("tooDeepIsRefused")
            .post("/api/products", "{'extra':" + "[".repeat(70) + "]".repeat(70) + "}")
            .gives(400)
            .body("'code':'MALFORMED_REQUEST'"),
        scenario("tooLargeIsRefused")
            .post("/api/messages", "{'text':'" + "x".repeat(1 << 20) + "'}")
            .gives(413)
            .body("'code':'TOO_LARGE'"),
        scenario("anotherMediaTypeIsRefused")
            .post("/api/users", "name=x")
            .sending("Content-Type", "application/x-www-form-urlencoded")
            .gives(415)
            .body("'code':'UNSUPPORTED_MEDIA_TYPE'", "application/json"),
        scenario("aMergePatchIsForPatchAlone")
            .put("/api/users/ada", "{}")
            .sending("Content-Type", "application/merge-patch+json")
            .gives(415),
        scenario("aSecondMemberOfOneNameIsRefused")
            .post("/api/users", "{'name':'A','name':'B'}")
            .gives(400)
            .body("'code':'MALFORMED_REQUEST'"),
        scenario("anIdempotencyKeyIsVisibleText")
            .post("/api/users", "{'name':'A','email':'a@example.com'}")
            .sending("Idempotency-Key", "a b")
            .gives(400)
            .body(
                "'message':'The header Idempotency-Key must be 1 to 255 visible ASCII characters, such as a UUID'"),
        scenario("anIdempotencyKeyIsShort")
            .post("/api/users", "{'name':'A','email':'a@example.com'}")
            .sending("Idempotency-Key", "k".repeat(256))
            .gives(400),
        scenario("aMalformedTagIsRefusedOnReads")
            .get("/api/users/ada")
            .sending("If-None-Match", "ada")
            .gives(400)
            .body("'code':'MALFORMED_REQUEST'"));
  }

  static Stream<Scenario> paths() {
    return Rows.of(
        scenario("anUnknownModelIsNotFound")
            .get("/api/ordrs/o1")
            .gives(404)
            .body("'message':'There is nothing at /api/ordrs/o1. Did you mean /api/orders?'"),
        scenario("anUnknownModelIsNotFoundByWritesEither")
            .post("/api/user", "{}")
            .gives(404)
            .body("'message':'There is nothing at /api/user. Did you mean /api/users?'"),
        scenario("aModelThatIsLikeNoneIsNotFound")
            .get("/api/zzzzzzzz")
            .gives(404)
            .body(
                "'message':'There is nothing at /api/zzzzzzzz. /openapi.json lists what there is'"),
        scenario("anUnknownActionIsNotFound")
            .get("/api/orders/o1/line")
            .gives(404)
            .body("A record has /api/orders/ID/history and /api/orders/ID/restore"),
        scenario("anotherPathIsNotFound").get("/nowhere").gives(404).body("'code':'NOT_FOUND'"),
        scenario("aListIsNotReplaced")
            .put("/api/orders", "{}")
            .gives(405)
            .header("Allow", "GET, HEAD, POST, OPTIONS")
            .body("'code':'METHOD_NOT_ALLOWED'"),
        scenario("aRecordIsNotPosted")
            .post("/api/orders/o1", "{}")
            .gives(405)
            .header("Allow", "DELETE, GET, HEAD, PATCH, PUT, OPTIONS"),
        scenario("whatAPathTakesCanBeAsked")
            .ask("OPTIONS", "/api/orders/o1", "")
            .gives(204)
            .header("Allow", "DELETE, GET, HEAD, PATCH, PUT, OPTIONS"),
        scenario("aBatchIsOnlyPosted").get("/api/batch").gives(405));
  }

  static Stream<Scenario> shapes() {
    return Rows.of(
        scenario("anErrorCanBeAProblemOfRfc9457")
            .get("/api/users/nobody")
            .sending("Accept", "application/problem+json")
            .gives(404)
            .header("Content-Type", "application/problem+json")
            .body("'title':'Not Found','status':404")
            .says("\"detail\":\"No User has the id 'nobody'\",\"code\":\"NOT_FOUND\""),
        scenario("anErrorNamesItsRequest")
            .get("/api/users/nobody")
            .sending("X-Request-Id", "my-request")
            .gives(404)
            .header("X-Request-Id", "my-request")
            .body("'requestId':'my-request'"));
  }
}
