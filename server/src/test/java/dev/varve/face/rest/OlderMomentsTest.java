package dev.varve.face.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.rest.KnownCallers.Reply;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people try with older versions whose rule looks at a record that is another one by now: whoever could not
/// read a version at its time does not get at it later.
class OlderMomentsTest {
  private static final String SCHEMA =
      """
      type User @model @account @auth(rules: [{allow: authenticated, operations: [READ]}]) {
        email: Email! @unique
      }

      type Order @model @auth(rules: [{allow: owner}]) {
        user: User!
        title: String
      }

      type Item @model @auth(rules: [{allow: where, when: "record.order.user == me.id"}]) {
        order: Order! @relation(onDelete: CASCADE)
        text: String
      }

      type Doc @model
        @auth(rules: [{allow: owner}, {allow: where, when: "record.guest == me.id", operations: [READ]}]) {
        user: User!
        guest: ID
      }

      type Note @model
        @auth(rules: [
          {allow: where, when: "record.doc.user == me.id"},
          {allow: where, when: "record.doc.guest == me.id", operations: [READ, UPDATE]}]) {
        doc: Doc!
        text: String
      }

      type Page @model @auth(rules: [{allow: public}]) {
        doc: Doc
        text: String
          @auth(rules: [
            {allow: where, when: "record.doc.user == me.id"},
            {allow: where, when: "record.doc.guest == me.id"}])
      }

      type Room @model(history: false) @auth(rules: [{allow: owner}]) { user: User! }

      type Talk @model @auth(rules: [{allow: where, when: "record.room.user == me.id"}]) {
        room: Room! @relation(onDelete: CASCADE)
        text: String
      }
      """;

  private static final String ADA = "Account ada";
  private static final String BOB = "Account bob";

  private KnownCallers server;

  @BeforeEach
  void start(@TempDir Path data) {
    server = new KnownCallers(data, SCHEMA);
    Seed.create(server, "/api/users", "{'id': 'ada', 'email': 'ada@example.com'}");
    Seed.create(server, "/api/users", "{'id': 'bob', 'email': 'bob@example.com'}");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String does(int status, String by, String method, String target, String body) {
    Reply reply = server.send(by, method, target, body, Map.of());
    assertThat(reply.status()).describedAs(reply.text()).isEqualTo(status);
    return reply.text();
  }

  private void refuses(int status, String by, String method, String target, String body) {
    long before = server.position();
    assertThat(does(status, by, method, target, body)).doesNotContain("SECRET");
    assertThat(server.position()).describedAs("nothing is written").isEqualTo(before);
  }

  private static String asOf(long position) {
    return "{'asOf': 'position:%d'}".formatted(position);
  }

  private void orderOfAdaIsGone() {
    does(201, ADA, "POST", "/api/orders", "{'id': 'o', 'user': 'ada'}");
    does(201, ADA, "POST", "/api/items", "{'id': 'i', 'order': 'o', 'text': 'SECRET'}");
    does(204, ADA, "DELETE", "/api/orders/o", "");
  }

  @Test
  void anotherOrderWithTheSameIdOpensNoItemOfTheFirst() {
    orderOfAdaIsGone();
    Seed.create(server, "/api/orders", "{'id': 'o', 'user': 'bob'}");
    refuses(404, BOB, "GET", "/api/items/i/history", "");
    refuses(404, BOB, "POST", "/api/items/i/restore", "{'version': 1}");
  }

  @Test
  void theIdOfADeletedOrderIsTakenForThoseWhoCouldNotReadIt() {
    orderOfAdaIsGone();
    long before = server.position();
    assertThat(does(409, BOB, "POST", "/api/orders", "{'id': 'o'}"))
        .contains("ALREADY_EXISTS", "A Order with this id exists already");
    refuses(404, BOB, "GET", "/api/orders/o", "");
    assertThat(server.position()).isEqualTo(before);
    does(201, BOB, "POST", "/api/orders", "{'id': 'never'}");
    does(201, ADA, "POST", "/api/orders", "{'id': 'o'}");
  }

  @Test
  void norIsItFreeWithinABatch() {
    does(201, ADA, "POST", "/api/orders", "{'id': 'o'}");
    does(
        200,
        ADA,
        "POST",
        "/api/batch",
        "{'operations': ["
            + "{'method': 'DELETE', 'path': '/api/orders/o'},"
            + "{'method': 'POST', 'path': '/api/orders', 'body': {'id': 'o'}},"
            + "{'method': 'DELETE', 'path': '/api/orders/o'}]}");
    refuses(409, BOB, "POST", "/api/orders", "{'id': 'o'}");
  }

  @Test
  void itsOwnerBringsItBack() {
    orderOfAdaIsGone();
    does(200, ADA, "POST", "/api/orders/o/restore", "{'version': 1}");
    assertThat(does(200, ADA, "POST", "/api/items/i/restore", "{'version': 1}")).contains("SECRET");
  }

  @Test
  void whatWasMadeInTheSameBatchIsBroughtBack() {
    does(
        200,
        ADA,
        "POST",
        "/api/batch",
        "{'operations': ["
            + "{'method': 'POST', 'path': '/api/orders', 'body': {'id': 'o'}},"
            + "{'method': 'POST', 'path': '/api/items', 'body': {'id': 'i', 'order': 'o', 'text': 'one'}},"
            + "{'method': 'PATCH', 'path': '/api/items/i', 'body': {'text': 'two'}},"
            + "{'method': 'POST', 'path': '/api/items/i/restore', 'body': {'version': 1}}]}");
    assertThat(does(200, ADA, "GET", "/api/items/i", "")).contains("one");
  }

  @Test
  void whoeverIsLetInLaterGetsNoEarlierVersion() {
    does(201, ADA, "POST", "/api/docs", "{'id': 'd', 'user': 'ada'}");
    does(201, ADA, "POST", "/api/notes", "{'id': 'n', 'doc': 'd', 'text': 'DRAFT SECRET'}");
    long made = server.position();
    does(200, ADA, "PATCH", "/api/notes/n", "{'text': 'clean'}");
    does(200, ADA, "PATCH", "/api/docs/d", "{'guest': 'bob'}");
    does(200, BOB, "PATCH", "/api/notes/n", "{'text': 'of bob'}");
    assertThat(does(200, BOB, "GET", "/api/notes/n/history", ""))
        .contains("of bob")
        .doesNotContain("SECRET");
    refuses(404, BOB, "POST", "/api/notes/n/restore", "{'version': 1}");
    refuses(404, BOB, "POST", "/api/notes/n/restore", "{'version': 2}");
    refuses(404, BOB, "POST", "/api/notes/n/restore", asOf(made));
    refuses(404, BOB, "POST", "/api/notes/n/restore", asOf(made + 1));
    assertThat(does(200, ADA, "POST", "/api/notes/n/restore", "{'version': 1}")).contains("SECRET");
  }

  @Test
  void norAnEarlierValueOfAField() {
    does(201, ADA, "POST", "/api/docs", "{'id': 'd', 'user': 'ada'}");
    does(201, ADA, "POST", "/api/pages", "{'id': 'p', 'doc': 'd', 'text': 'SECRET'}");
    long made = server.position();
    does(200, ADA, "PATCH", "/api/pages/p", "{'text': 'clean'}");
    does(200, ADA, "PATCH", "/api/docs/d", "{'guest': 'bob'}");
    refuses(403, BOB, "POST", "/api/pages/p/restore", "{'version': 1}");
    refuses(403, BOB, "POST", "/api/pages/p/restore", asOf(made));
    assertThat(does(200, ADA, "POST", "/api/pages/p/restore", "{'version': 1}")).contains("SECRET");
  }

  @Test
  void anotherRoomWithTheSameIdOpensNoPastOfTheFirst() {
    does(201, ADA, "POST", "/api/rooms", "{'id': 'r', 'user': 'ada'}");
    does(201, ADA, "POST", "/api/talks", "{'id': 't', 'room': 'r', 'text': 'SECRET'}");
    does(200, ADA, "PATCH", "/api/talks/t", "{'text': 'said'}");
    assertThat(does(200, ADA, "GET", "/api/talks/t/history", "")).contains("SECRET", "said");
    does(204, ADA, "DELETE", "/api/rooms/r", "");
    does(201, BOB, "POST", "/api/rooms", "{'id': 'r', 'user': 'bob'}");
    refuses(404, BOB, "GET", "/api/talks/t/history", "");
    refuses(404, BOB, "POST", "/api/talks/t/restore", "{'version': 1}");
  }
}
