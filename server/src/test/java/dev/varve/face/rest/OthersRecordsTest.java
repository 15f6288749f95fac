package dev.varve.face.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.rest.KnownCallers.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What people try with the records of others, by every way in. Each attempt asserts the answer, and that
/// nothing was written which is not said.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OthersRecordsTest {
  private static final String SCHEMA =
      """
      type User @model @account
        @auth(rules: [
          {allow: owner, ownerField: "id", operations: [READ, UPDATE]},
          {allow: role, roles: ["admin"]}]) {
        email: Email! @unique
        name: String
        team: Team
        orders: [Order!]! @hasMany(by: "user")
      }

      type Team @model @auth(rules: [{allow: authenticated, operations: [READ]}]) { name: String! }

      type Order @model
        @auth(rules: [
          {allow: owner, ownerField: "user"},
          {allow: where, when: "record.status == 'SHARED'", operations: [READ]},
          {allow: where, when: "record.user.team == me.team", operations: [READ]},
          {allow: role, roles: ["staff"]}]) {
        user: User!
        status: Status! @default(value: "OPEN")
        code: String @unique
        total: Int @default(value: 0)
        note: String @auth(rules: [{allow: role, roles: ["staff"]}])
        priority: Int @auth(rules: [{allow: owner, operations: [READ]}, {allow: role, roles: ["staff"]}])
        lines: [Line!]! @hasMany(by: "order")
      }

      type Line @model
        @auth(rules: [
          {allow: where, when: "record.order.user == me.id"},
          {allow: role, roles: ["staff"], operations: [READ]}]) {
        order: Order! @relation(onDelete: CASCADE)
        text: String
      }

      type Task @model @auth(rules: [{allow: owner, ownerField: "keeper", transferable: true}, {allow: authenticated, operations: [READ]}]) {
        keeper: ID!
        title: String
      }

      type Audit @model @auth(rules: [{allow: role, roles: ["admin"], operations: [READ]}]) { text: String }

      enum Status { OPEN SHARED }
      """;

  private static final String ADA = "Account ada";
  private static final String BOB = "Account bob";
  private static final String CAROL = "Account carol";
  private static final String SAM = "Account sam";
  private static final String EVE = "Account eve";
  private static final String NOBODY = "";

  private KnownCallers server;

  /// One attempt.
  static final class Attempt {
    private final String name;
    private String by = NOBODY;
    private String method = "GET";
    private String target = "/";
    private String body = "";
    private final Map<String, String> headers = new java.util.LinkedHashMap<>();
    private int status = 200;
    private final List<String> has = new ArrayList<>();
    private final List<String> lacks = new ArrayList<>();
    private int units;

    Attempt(String name) {
      this.name = name;
    }

    Attempt by(String who) {
      by = who;
      return this;
    }

    Attempt get(String path) {
      target = path;
      return this;
    }

    Attempt ask(String verb, String path, String text) {
      method = verb;
      target = path;
      body = text;
      return this;
    }

    Attempt with(String header, String value) {
      headers.put(header, value);
      return this;
    }

    Attempt gives(int expected) {
      status = expected;
      return this;
    }

    Attempt has(String... parts) {
      has.addAll(List.of(parts));
      return this;
    }

    Attempt lacks(String... parts) {
      lacks.addAll(List.of(parts));
      return this;
    }

    Attempt writes() {
      units = 1;
      return this;
    }

    void run(KnownCallers server) {
      long before = server.position();
      Reply reply = server.send(by, method, target, body, headers);
      String text = reply.text().replace('"', '\'');
      assertThat(reply.status()).describedAs(text).isEqualTo(status);
      for (String part : has) {
        assertThat(text).contains(part);
      }
      for (String part : lacks) {
        assertThat(text).doesNotContain(part);
      }
      assertThat(server.position() - before).describedAs("units written").isEqualTo(units);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Attempt attempt(String name) {
    return new Attempt(name);
  }

  @BeforeAll
  void start(@TempDir Path data) {
    server = new KnownCallers(data, SCHEMA);
    seed("/api/teams", "{'id': 'north', 'name': 'North'}");
    seed("/api/users", "{'id': 'ada', 'email': 'ada@example.com', 'name': 'Ada'}");
    seed("/api/users", "{'id': 'bob', 'email': 'bob@example.com', 'team': 'north'}");
    seed("/api/users", "{'id': 'carol', 'email': 'carol@example.com', 'team': 'north'}");
    seed("/api/users", "{'id': 'sam', 'email': 'sam@example.com', 'roles': ['staff']}");
    seed("/api/users", "{'id': 'eve', 'email': 'eve@example.com', 'roles': ['admin']}");
    seed(
        "/api/orders", "{'id': 'o-ada', 'user': 'ada', 'note': 'n-ada', 'total': 5, 'code': 'C1'}");
    seed(
        "/api/orders",
        "{'id': 'o-bob', 'user': 'bob', 'note': 'n-bob', 'total': 1, 'code': 'C2', 'priority': 9}");
    seed(
        "/api/orders", "{'id': 'o-shared', 'user': 'bob', 'status': 'SHARED', 'note': 'n-shared'}");
    seed("/api/orders", "{'id': 'o-gone', 'user': 'ada', 'priority': 3}");
    seed("/api/lines", "{'id': 'l-ada', 'order': 'o-ada', 'text': 't-ada'}");
    seed("/api/lines", "{'id': 'l-bob', 'order': 'o-bob', 'text': 't-bob'}");
    seed("/api/tasks", "{'id': 't-ada', 'keeper': 'ada', 'title': 'dig'}");
    new Attempt("bob changes his")
        .by(BOB)
        .ask("PATCH", "/api/orders/o-bob", "{'total': 2}")
        .writes()
        .run(server);
    new Attempt("ada deletes hers")
        .by(ADA)
        .ask("DELETE", "/api/orders/o-gone", "")
        .gives(204)
        .writes()
        .run(server);
  }

  private void seed(String path, String body) {
    Seed.create(server, path, body);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({
    "reading",
    "asking",
    "writing",
    "owning",
    "hidden",
    "massAssignment",
    "restoring",
    "batches",
    "withoutSigningIn"
  })
  void holds(Attempt attempt) {
    attempt.run(server);
  }

  static Stream<Attempt> reading() {
    return Stream.of(
        attempt("anOrderOfAnotherDoesNotExist")
            .by(ADA)
            .get("/api/orders/o-bob")
            .gives(404)
            .lacks("bob@", "n-bob"),
        attempt("norInThePast").by(ADA).get("/api/orders/o-bob?asOf=position:8").gives(404),
        attempt("norItsHistory").by(ADA).get("/api/orders/o-bob/history").gives(404),
        attempt("onesOwnExists")
            .by(ADA)
            .get("/api/orders/o-ada")
            .has("'id':'o-ada'")
            .lacks("n-ada"),
        attempt("whatIsSharedExists")
            .by(ADA)
            .get("/api/orders/o-shared")
            .has("'id':'o-shared'")
            .lacks("n-shared"),
        attempt("anOrderOfTheTeamExists")
            .by(CAROL)
            .get("/api/orders/o-bob")
            .has("'id':'o-bob'")
            .lacks("n-bob"),
        attempt("whoHasNoTeamIsOfNone").by(SAM).get("/api/users/ada").gives(404),
        attempt("twoWithoutTeamAreNotOfOneTeam").by(EVE).get("/api/orders/o-ada").gives(404),
        attempt("aRoleSeesAll")
            .by(SAM)
            .get("/api/orders?count=exact")
            .has("'count':3", "n-ada", "n-bob"),
        attempt("aProgramWithTheRoleToo")
            .by("Machine staff")
            .get("/api/orders?count=exact")
            .has("'count':3"),
        attempt("aProgramWithoutItSeesWhatEverybodySees")
            .by("Machine other")
            .get("/api/orders?count=exact")
            .has("'count':1", "o-shared"),
        attempt("aListHoldsOnesOwnAndWhatIsShared")
            .by(ADA)
            .get("/api/orders?count=exact")
            .has("'count':2", "o-ada", "o-shared")
            .lacks("o-bob"),
        attempt("aPageIsFull")
            .by(ADA)
            .get("/api/orders?limit=2")
            .has("o-ada", "o-shared", "'nextCursor':null"),
        attempt("aListOfThePastToo")
            .by(ADA)
            .get("/api/orders?asOf=position:11&count=exact")
            .has("'count':3", "o-gone")
            .lacks("o-bob"),
        attempt("linesFollowTheirOrder")
            .by(ADA)
            .get("/api/lines?count=exact")
            .has("'count':1", "t-ada")
            .lacks("t-bob"),
        attempt("usersSeeThemselves")
            .by(ADA)
            .get("/api/users?count=exact")
            .has("'count':1", "ada@example.com")
            .lacks("bob@"),
        attempt("securityEventsAreForAdministrators")
            .by(ADA)
            .get("/api/security-events")
            .gives(403)
            .has("FORBIDDEN"),
        attempt("andThereForThem")
            .by(EVE)
            .get("/api/security-events")
            .has("'kind':'ACCOUNT_CREATED'"),
        attempt("whatTakesARoleSaysSo")
            .by(ADA)
            .get("/api/audits")
            .gives(403)
            .has(
                "No rule allows you to read Audit: it takes a role that you do not have. An administrator can give roles"));
  }

  static Stream<Attempt> asking() {
    return Stream.of(
        attempt("aHiddenFieldIsNoFilter")
            .by(ADA)
            .get("/api/orders?note=n-bob")
            .gives(400)
            .has("cannot use Order.note"),
        attempt("norInAnExpression")
            .by(ADA)
            .get("/api/orders?filter=note == 'n-bob'")
            .gives(400)
            .has("cannot use Order.note"),
        attempt("norOverARelation")
            .by(ADA)
            .get("/api/lines?filter=order.note == 'n-bob'")
            .gives(400)
            .has("cannot use Order.note"),
        attempt("norASort")
            .by(ADA)
            .get("/api/orders?sort=note")
            .gives(400)
            .has("cannot use Order.note"),
        attempt("norWhereItIsHiddenOnSome")
            .by(ADA)
            .get("/api/orders?sort=priority")
            .gives(400)
            .has("cannot use Order.priority"),
        attempt("staffMay").by(SAM).get("/api/orders?note=n-bob&sort=priority").has("o-bob"),
        attempt("aFilterFindsNothingOfOthers").by(ADA).get("/api/orders?code=C2").has("'items':[]"),
        attempt("norThroughARelation")
            .by(CAROL)
            .get("/api/orders?filter=user.email == 'bob@example.com'")
            .has("'items':[]"),
        attempt("anExpandedOwnerIsHidden")
            .by(ADA)
            .get("/api/orders/o-shared?expand=user")
            .has("'user':null")
            .lacks("bob@"),
        attempt("onesOwnIsShown")
            .by(ADA)
            .get("/api/orders/o-ada?expand=user,lines")
            .has("ada@example.com", "t-ada"),
        attempt("expandedListsHoldWhatOneMaySee")
            .by(CAROL)
            .get("/api/orders/o-bob?expand=lines")
            .has("'lines':[]")
            .lacks("t-bob"),
        attempt("aCountTellsNothing")
            .by(ADA)
            .get("/api/orders?total[gte]=1&count=exact")
            .has("'count':1"),
        attempt("meIsNoFilter")
            .by(ADA)
            .get("/api/orders?filter=user == me.id")
            .gives(400)
            .has("There is no 'me' in a filter"),
        attempt("fieldsAskForNoMore")
            .by(ADA)
            .get("/api/orders/o-shared?fields=note,priority,total")
            .has("'total'")
            .lacks("n-shared", "priority"));
  }

  static Stream<Attempt> writing() {
    return Stream.of(
        attempt("PATCH").by(ADA).ask("PATCH", "/api/orders/o-bob", "{'total': 9}").gives(404),
        attempt("PUT").by(ADA).ask("PUT", "/api/orders/o-bob", "{'user': 'ada'}").gives(404),
        attempt("DELETE").by(ADA).ask("DELETE", "/api/orders/o-bob", "").gives(404),
        attempt("restore")
            .by(ADA)
            .ask("POST", "/api/orders/o-bob/restore", "{'version': 1}")
            .gives(404),
        attempt("PATCH of what is shared")
            .by(ADA)
            .ask("PATCH", "/api/orders/o-shared", "{'total': 9}")
            .gives(403),
        attempt("DELETE of what is shared")
            .by(ADA)
            .ask("DELETE", "/api/orders/o-shared", "")
            .gives(403),
        attempt("PATCH within the team")
            .by(CAROL)
            .ask("PATCH", "/api/orders/o-bob", "{'total': 9}")
            .gives(403),
        attempt("a line of another's order")
            .by(ADA)
            .ask("POST", "/api/lines", "{'order': 'o-bob', 'text': 'x'}")
            .gives(403),
        attempt("a line moved to another's order")
            .by(ADA)
            .ask("PATCH", "/api/lines/l-ada", "{'order': 'o-bob'}")
            .gives(403),
        attempt("a line of a shared order")
            .by(ADA)
            .ask("POST", "/api/lines", "{'order': 'o-shared'}")
            .gives(403),
        attempt("another user").by(ADA).ask("PATCH", "/api/users/bob", "{'name': 'x'}").gives(404),
        attempt("If-Match tells nothing")
            .by(ADA)
            .ask("PATCH", "/api/orders/o-bob", "{'total': 9}")
            .with("If-Match", "\"1\"")
            .gives(404),
        attempt("an unknown record looks the same")
            .by(ADA)
            .ask("PATCH", "/api/orders/none", "{'total': 9}")
            .gives(404)
            .has("No Order has the id 'none'"));
  }

  static Stream<Attempt> owning() {
    return Stream.of(
        attempt("theOwnerIsFilledIn")
            .by(ADA)
            .ask("POST", "/api/orders", "{'id': 'o-new', 'total': 7}")
            .gives(201)
            .has("'user':'ada'")
            .writes(),
        attempt("butNotForThoseWithoutAccount")
            .by("Machine staff")
            .ask("POST", "/api/orders", "{'total': 7}")
            .gives(400)
            .has("'field':'user','message':'is required'"),
        attempt("nobodyMakesOrdersForOthers")
            .by(ADA)
            .ask("POST", "/api/orders", "{'user': 'bob'}")
            .gives(403)
            .has("'field':'user','message':'names somebody else: leave it out to be the owner'"),
        attempt("nobodyGivesTheirsAway")
            .by(ADA)
            .ask("PATCH", "/api/orders/o-ada", "{'user': 'bob'}")
            .gives(403),
        attempt("evenStaffDoNotChangeTheOwner")
            .by(SAM)
            .ask("PATCH", "/api/orders/o-ada", "{'user': 'sam'}")
            .gives(422)
            .has("names the owner, who stays the same: leave it out"),
        attempt("sendingItBackIsNoChange")
            .by(ADA)
            .ask("PATCH", "/api/orders/o-ada", "{'user': 'ada'}"),
        attempt("aTransferableRecordIsGivenAway")
            .by(ADA)
            .ask("PATCH", "/api/tasks/t-ada", "{'keeper': 'bob'}")
            .has("'keeper':'bob'")
            .writes(),
        attempt("andIsTheirsNoMore")
            .by(ADA)
            .ask("PATCH", "/api/tasks/t-ada", "{'keeper': 'ada'}")
            .gives(403),
        attempt("aTakenIdOfAHiddenRecordIsNotToldToThoseWhoMayNotCreate")
            .by(ADA)
            .ask("POST", "/api/orders", "{'id': 'o-bob', 'user': 'bob'}")
            .gives(403)
            .lacks("exists"));
  }

  static Stream<Attempt> hidden() {
    return Stream.of(
        attempt("aHiddenFieldIsNotSet")
            .by(ADA)
            .ask("PATCH", "/api/orders/o-ada", "{'note': 'x'}")
            .gives(403)
            .has("'field':'note'"),
        attempt("norGuessed")
            .by(ADA)
            .ask("PATCH", "/api/orders/o-ada", "{'note': 'n-ada'}")
            .gives(403)
            .has("'field':'note'"),
        attempt("norGuessedByPut")
            .by(ADA)
            .ask("PUT", "/api/orders/o-ada", "{'user': 'ada', 'note': 'n-ada'}")
            .gives(403),
        attempt("norAtCreation").by(ADA).ask("POST", "/api/orders", "{'note': 'x'}").gives(403),
        attempt("aReplacementKeepsWhatItsAuthorDoesNotSee")
            .by(ADA)
            .ask("PUT", "/api/orders/o-ada", "{'user': 'ada', 'code': 'C1', 'total': 5}")
            .lacks("n-ada"),
        attempt("aTakenCodeIsSaidWithoutMore")
            .by(ADA)
            .ask("PATCH", "/api/orders/o-ada", "{'code': 'C2'}")
            .gives(409)
            .lacks("o-bob", "bob"));
  }

  static Stream<Attempt> massAssignment() {
    return Stream.of(
        attempt("roles")
            .by(ADA)
            .ask("PATCH", "/api/users/ada", "{'roles': ['admin']}")
            .gives(403)
            .has("'field':'roles'"),
        attempt("verified").by(ADA).ask("PATCH", "/api/users/ada", "{'verified': true}").gives(403),
        attempt("disabled").by(ADA).ask("PATCH", "/api/users/ada", "{'disabled': true}").gives(403),
        attempt("email")
            .by(ADA)
            .ask("PATCH", "/api/users/ada", "{'email': 'eve@example.com'}")
            .gives(403)
            .lacks("taken"),
        attempt("roles by PUT")
            .by(ADA)
            .ask("PUT", "/api/users/ada", "{'email': 'ada@example.com', 'roles': ['admin']}")
            .gives(403),
        attempt("id")
            .by(ADA)
            .ask("PATCH", "/api/orders/o-ada", "{'id': 'o-bob'}")
            .gives(400)
            .has("'field':'id'"),
        attempt("createdAt")
            .by(ADA)
            .ask("PATCH", "/api/orders/o-ada", "{'createdAt': '2020-01-01T00:00:00Z'}")
            .gives(400),
        attempt("createdAt at creation")
            .by(ADA)
            .ask("POST", "/api/orders", "{'createdAt': '2020-01-01T00:00:00Z'}")
            .gives(400),
        attempt("version").by(ADA).ask("PATCH", "/api/orders/o-ada", "{'version': 9}").gives(412),
        attempt("a user of one's own")
            .by(ADA)
            .ask("POST", "/api/users", "{'email': 'x@example.com', 'roles': ['admin']}")
            .gives(403),
        attempt("a security event")
            .by(EVE)
            .ask("POST", "/api/security-events", "{'kind': 'X'}")
            .gives(403),
        attempt("one's own name")
            .by(ADA)
            .ask("PATCH", "/api/users/ada", "{'name': 'A.'}")
            .has("'name':'A.'")
            .writes(),
        attempt("an administrator gives roles")
            .by(EVE)
            .ask("PATCH", "/api/users/carol", "{'verified': true}")
            .has("'verified':true")
            .writes());
  }

  static Stream<Attempt> restoring() {
    return Stream.of(
        attempt("aDeletedOrderComesBackOnlyWithWhatItsOwnerMaySet")
            .by(ADA)
            .ask("POST", "/api/orders/o-gone/restore", "{'version': 1}")
            .gives(403)
            .has("'field':'priority'"),
        attempt("nobodyBringsBackThatOfAnother")
            .by(BOB)
            .ask("POST", "/api/orders/o-gone/restore", "{'version': 1}")
            .gives(404),
        attempt("norDoStaffWhoMayNotKnowItsOwner")
            .by(SAM)
            .ask("POST", "/api/orders/o-gone/restore", "{'version': 1}")
            .gives(422)
            .has("no User has the id 'ada'"));
  }

  static Stream<Attempt> batches() {
    String own = "{'method': 'POST', 'path': '/api/orders', 'body': {'id': 'o-batch'}}";
    return Stream.of(
        attempt("oneRefusalUndoesAll")
            .by(ADA)
            .ask(
                "POST",
                "/api/batch",
                "{'operations': ["
                    + own
                    + ", {'method': 'PATCH', 'path': '/api/orders/o-bob', 'body': {'total': 9}}]}")
            .gives(404)
            .has("operations[1]"),
        attempt("aReferenceOpensNothing")
            .by(ADA)
            .ask(
                "POST",
                "/api/batch",
                "{'operations': [{'method': 'POST', 'path': '/api/lines', 'body': {'order': 'o-bob'}}]}")
            .gives(403),
        attempt("restoreIsNoWayRound")
            .by(ADA)
            .ask(
                "POST",
                "/api/batch",
                "{'operations': [{'method': 'POST', 'path': '/api/orders/o-bob/restore', 'body': {'version': 1}}]}")
            .gives(404),
        attempt("norAreRoles")
            .by(ADA)
            .ask(
                "POST",
                "/api/batch",
                "{'operations': [{'method': 'PATCH', 'path': '/api/users/ada', 'body': {'roles': ['admin']}}]}")
            .gives(403),
        attempt("theOwnerIsFilledInHereToo")
            .by(ADA)
            .ask("POST", "/api/batch", "{'operations': [" + own + "]}")
            .has("'user':'ada'")
            .writes());
  }

  static Stream<Attempt> withoutSigningIn() {
    return Stream.of(
        attempt("reading what takes somebody")
            .get("/api/users")
            .gives(401)
            .has("UNAUTHENTICATED", "sign in, and send the access token"),
        attempt("reading one").get("/api/users/ada").gives(401),
        attempt("what is shared is for all")
            .get("/api/orders?count=exact")
            .has("'count':1", "o-shared"),
        attempt("the rest does not exist").get("/api/orders/o-ada").gives(404),
        attempt("creating").ask("POST", "/api/orders", "{}").gives(401).has("UNAUTHENTICATED"),
        attempt("creating for somebody").ask("POST", "/api/orders", "{'user': 'ada'}").gives(401),
        attempt("changing what is shared")
            .ask("PATCH", "/api/orders/o-shared", "{'total': 9}")
            .gives(401),
        attempt("deleting").ask("DELETE", "/api/orders/o-ada", "").gives(401),
        attempt("a batch")
            .ask(
                "POST",
                "/api/batch",
                "{'operations': [{'method': 'DELETE', 'path': '/api/orders/o-shared'}]}")
            .gives(401)
            .has("operations[0]"),
        attempt("what nobody may is refused as that")
            .ask("POST", "/api/teams", "{'name': 'x'}")
            .gives(403)
            .has("No rule allows anybody to create Team"));
  }

  @Test
  void tagsDifferForCallersWhoSeeOtherThings() {
    String staff = tag(SAM, "/api/orders/o-shared");
    String ada = tag(ADA, "/api/orders/o-shared");
    String nobody = tag(NOBODY, "/api/orders/o-shared");
    assertThat(List.of(staff, ada, nobody)).doesNotHaveDuplicates();
    assertThat(tag(ADA, "/api/orders/o-shared")).isEqualTo(ada);
    Reply cached =
        server.send(SAM, "GET", "/api/orders/o-shared", "", Map.of("If-None-Match", ada));
    assertThat(cached.status()).isEqualTo(200);
    assertThat(
            server
                .send(ADA, "GET", "/api/orders/o-shared", "", Map.of("If-None-Match", ada))
                .status())
        .isEqualTo(304);
    assertThat(tag(ADA, "/api/orders")).isNotEqualTo(tag(BOB, "/api/orders"));
    assertThat(tag(SAM, "/api/audits")).isEmpty();
    assertThat(
            server
                .send(
                    ADA, "GET", "/api/orders", "", Map.of("If-None-Match", tag(BOB, "/api/orders")))
                .status())
        .isEqualTo(200);
    // whoever has signed in sees the same of a team
    assertThat(tag(ADA, "/api/teams/north"))
        .isEqualTo(tag(BOB, "/api/teams/north"))
        .isEqualTo("\"1\"");
    assertThat(server.send(ADA, "GET", "/api/orders/o-ada", "", Map.of()).header("Vary"))
        .isEqualTo("Authorization, Cookie");
  }

  @Test
  void aTagOfOneselfIsTakenForAWrite() {
    Reply made = server.send(BOB, "POST", "/api/orders", "{'id': 'o-tag'}", Map.of());
    String tag = made.header("ETag");
    assertThat(tag).startsWith("\"1-").isEqualTo(tag(BOB, "/api/orders/o-tag"));
    Reply stale =
        server.send(
            BOB, "PATCH", "/api/orders/o-tag", "{'total': 1}", Map.of("If-Match", "\"2-0\""));
    assertThat(stale.status()).isEqualTo(412);
    Reply changed =
        server.send(BOB, "PATCH", "/api/orders/o-tag", "{'total': 1}", Map.of("If-Match", tag));
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.header("ETag")).startsWith("\"2-");
    assertThat(server.send(BOB, "DELETE", "/api/orders/o-tag", "", Map.of()).status())
        .isEqualTo(204);
  }

  private String tag(String by, String path) {
    return server.send(by, "GET", path, "", Map.of()).header("ETag");
  }
}
