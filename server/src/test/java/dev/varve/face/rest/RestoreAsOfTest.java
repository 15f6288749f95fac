package dev.varve.face.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.openapi.OpenApiContract;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Records go back to what they were at a moment, alone or as one unit.
class RestoreAsOfTest {
  private final TestServer server = TestServer.start(Shop.SCHEMA);
  private final OpenApiContract contract = OpenApiContract.of(server);

  @AfterEach
  void stop() {
    server.close();
  }

  private Reply does(int status, String method, String path, String body) {
    Reply reply = server.send(method, path, Map.of(), body.replace('\'', '"'));
    contract.check(method, path, reply);
    assertThat(reply.status()).as(reply.text()).isEqualTo(status);
    return reply;
  }

  private void createUser(String id) {
    does(
        201,
        "POST",
        "/api/users",
        "{'id': '%s', 'name': 'User %s', 'email': '%s@example.com'}".formatted(id, id, id));
  }

  private static String member(Reply reply, String name) {
    return reply.json() instanceof Map<?, ?> members ? String.valueOf(members.get(name)) : "";
  }

  @Test
  void aRecordGoesBackToWhatItWasAtAPosition() {
    createUser("ada");
    does(200, "PATCH", "/api/users/ada", "{'name': 'Second'}");
    long then = server.position();
    does(200, "PATCH", "/api/users/ada", "{'name': 'Third'}");
    createUser("bea");
    Reply back =
        does(200, "POST", "/api/users/ada/restore", "{'asOf': 'position:%d'}".formatted(then + 1));
    assertThat(member(back, "version")).as("it is so already").isEqualTo("3");
    back = does(200, "POST", "/api/users/ada/restore", "{'asOf': 'position:%d'}".formatted(then));
    assertThat(member(back, "name")).isEqualTo("Second");
    assertThat(back.header("ETag")).isEqualTo("\"4\"");
    assertThat(server.events(then)).containsExactly("UPDATE User", "CREATE User", "UPDATE User");
  }

  @Test
  void aRecordGoesBackToWhatItWasAtAnInstant() {
    createUser("ada");
    Instant written = Instant.parse(member(server.get("/api/users/ada"), "updatedAt"));
    while (!Instant.now().isAfter(written.plusMillis(1))) {
      Thread.onSpinWait();
    }
    does(200, "PATCH", "/api/users/ada", "{'name': 'Changed'}");
    Reply back = does(200, "POST", "/api/users/ada/restore", "{'asOf': '%s'}".formatted(written));
    assertThat(member(back, "name")).isEqualTo("User ada");
  }

  @Test
  void manyRecordsGoBackAsOneUnit() {
    createUser("ada");
    createUser("bea");
    long then = server.position();
    does(200, "PATCH", "/api/users/ada", "{'name': 'Changed'}");
    does(204, "DELETE", "/api/users/bea", "");
    long before = server.position();
    String restore =
        "{'method': 'POST', 'path': '/api/users/%s/restore', 'body': {'asOf': 'position:%d'}}";
    Reply back =
        does(
            200,
            "POST",
            "/api/batch",
            "{'operations': [%s, %s]}"
                .formatted(restore.formatted("ada", then), restore.formatted("bea", then)));
    assertThat(back.text()).contains("User ada", "User bea");
    assertThat(server.events(before)).containsExactly("UPDATE User, UNDELETE User");
    Reply refused =
        does(
            404,
            "POST",
            "/api/batch",
            "{'operations': [%s, %s]}"
                .formatted(restore.formatted("ada", then), restore.formatted("bea", 1)));
    assertThat(refused.text())
        .contains("operations[1]: User 'bea' has no version as of position 1 that can be restored");
    assertThat(server.events(before)).hasSize(1);
  }

  @Test
  void aMomentThatCannotBeGoneBackToIsRefused() {
    createUser("ada");
    assertThat(does(400, "POST", "/api/users/ada/restore", "{'asOf': 'monday'}").text())
        .contains("\"field\":\"asOf\",\"message\":\"must be an instant such as");
    assertThat(does(400, "POST", "/api/users/ada/restore", "{'asOf': 7}").text())
        .contains("\"field\":\"asOf\",\"message\":\"must be an instant such as");
    assertThat(does(400, "POST", "/api/users/ada/restore", "{'asOf': 'position:99'}").text())
        .contains("INVALID_INSTANT", "is in the future: the log ends at position 1");
    assertThat(
            does(
                    400,
                    "POST",
                    "/api/users/ada/restore",
                    "{'version': 1, 'asOf': '2026-03-01T00:00:00Z'}")
                .text())
        .contains(
            "\"field\":\"asOf\",\"message\":\"stands in place of version: give one of the two\"");
    assertThat(does(400, "POST", "/api/users/ada/restore", "{}").text())
        .contains("or give asOf, the moment to go back to");
  }

  @Test
  void eachWayOfAskingHasItsOwnWordForAPrecondition() {
    createUser("ada");
    does(204, "DELETE", "/api/users/ada", "");
    String wrong = "names a version, and a deleted record has none: leave it out";
    Reply alone =
        server.send(
            "POST", "/api/users/ada/restore", Map.of("If-Match", "\"1\""), "{\"version\": 1}");
    assertThat(alone.status()).isEqualTo(412);
    assertThat(alone.text()).contains("\"field\":\"If-Match\",\"message\":\"" + wrong);
    Reply inBatch =
        does(
            412,
            "POST",
            "/api/batch",
            "{'operations': [{'method': 'POST', 'path': '/api/users/ada/restore', 'body': {'version': 1}, 'ifMatch': 1}]}");
    assertThat(inBatch.text())
        .contains("\"field\":\"operations[0].ifMatch\",\"message\":\"" + wrong);
    Reply later =
        does(
            400,
            "POST",
            "/api/batch",
            "{'operations': [{'method': 'POST', 'path': '/api/users/ada/restore', 'body': {'asOf': 'position:99'}}]}");
    assertThat(later.text())
        .contains("\"field\":\"operations[0].body.asOf\",\"message\":\"is in the future: ");
  }

  @Test
  void insideABatchTheVersionStandsAsInTheRecord() {
    createUser("ada");
    String patch =
        "{'operations': [{'method': 'PATCH', 'path': '/api/users/ada', 'body': {'nick': '%s'}, 'ifMatch': %s}]}";
    does(200, "POST", "/api/batch", patch.formatted("a", "1"));
    does(200, "POST", "/api/batch", patch.formatted("b", "'2'"));
    does(200, "POST", "/api/batch", patch.formatted("c", "'\\'3\\''"));
    assertThat(does(412, "POST", "/api/batch", patch.formatted("d", "3")).text())
        .contains("The record is at version 4");
    for (String wrong : new String[] {"-1", "1.5", "true", "'one'", "'01'"}) {
      assertThat(does(400, "POST", "/api/batch", patch.formatted("e", wrong)).text())
          .as(wrong)
          .contains(
              "operations[0].ifMatch",
              "must be the version of the record as you read it, such as 3");
    }
  }
}
