package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.net.limit.LimitSettings;
import dev.varve.node.TestServer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What operations, arrays of them and batches take of a limit on requests.
final class SpendingTest {
  private static final String SCHEMA =
      "type Note @model @auth(rules: [{allow: public}]) { text: String }";
  private static final int BURST = 1_000;

  private final TestServer server =
      TestServer.start(
          TestServer.Plan.of(SCHEMA)
              .with(
                  List.of(
                      // so slow that nothing comes back while a test runs
                      limit("anonymous-graphql", "/graphql"), limit("batches", "/api/batch"))));

  private static LimitSettings limit(String name, String route) {
    return new LimitSettings(
        name,
        true,
        1,
        Duration.ofDays(31),
        BURST,
        LimitSettings.By.ADDRESS,
        List.of(route),
        List.of(),
        false);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String left(TestServer.Reply reply) {
    return reply.header("RateLimit").replaceAll(".*r=(\\d+).*", "$1");
  }

  private TestServer.Reply post(String path, String body) {
    return server.send(
        "POST", path, Map.of("Content-Type", "application/json"), body.replace('\'', '"'));
  }

  private TestServer.Reply graphql(String query) {
    return post("/graphql", "{'query': '%s'}".formatted(query));
  }

  @Test
  void aQueryCostsItsRecordsAndAMutationItsWrites() {
    assertThat(left(graphql("{notes(limit: 30) {id}}"))).isEqualTo("999");
    assertThat(left(graphql("{notes(limit: 500) {id}}"))).isEqualTo("994");
    assertThat(left(graphql("{__typename}"))).isEqualTo("993");
    assertThat(
            left(
                graphql(
                    "mutation {a: createNote(input: {}) {id} b: createNote(input: {}) {id} c: createNote(input: {}) {id}}")))
        .isEqualTo("990");
    assertThat(
            left(
                post(
                    "/graphql",
                    "[{'query': '{notes(limit: 200) {id}}'}, {'query': '{notes(limit: 200) {id}}'}]")))
        .isEqualTo("986");
  }

  @Test
  void aBatchCostsItsOperations() {
    String operation = "{'method': 'POST', 'path': '/api/notes', 'body': {}}";
    String many = String.join(", ", Collections.nCopies(400, operation));
    String body = "{'operations': [%s]}".formatted(many);
    assertThat(left(post("/api/batch", body))).isEqualTo("600");
    assertThat(left(post("/api/batch", body))).isEqualTo("200");
    TestServer.Reply refused = post("/api/batch", body);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.text()).contains("\"code\":\"TOO_MANY_REQUESTS\"", "The limit 'batches'");
    assertThat(refused.header("Retry-After")).isNotEmpty();
    assertThat(server.send("GET", "/api/notes?limit=1&count=exact", Map.of(), "").text())
        .contains("\"count\":800");
  }

  @Test
  void anOperationThatIsTooMuchIsRefusedInTheWordsOfGraphQl() {
    String large = "{notesConnection(first: 500) {edges {node {id}}}}";
    for (int i = 0; i < BURST / 5 - 1; i++) {
      assertThat(graphql(large).status()).isEqualTo(200);
    }
    assertThat(left(graphql("{__typename}"))).isEqualTo("4");
    TestServer.Reply refused = graphql(large);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.text()).contains("\"errors\"", "TOO_MANY_REQUESTS", "'anonymous-graphql'");
    assertThat(refused.header("Retry-After")).isNotEmpty();
  }

  @Test
  void operationsOverAWebSocketCostTheSame() {
    try (SocketClient client = SocketClient.begin(server)) {
      for (int i = 0; i < 3; i++) {
        client.say(
            "{'id': '%d', 'type': 'subscribe', 'payload': {'query': '{notes(limit: 300) {id}}'}}"
                .formatted(i));
        assertThat(client.next()).contains("'next'");
        assertThat(client.next()).contains("'complete'");
      }
    }
    // the handshake was the first of them
    assertThat(left(graphql("{__typename}"))).isEqualTo(Integer.toString(BURST - 9 - 1));
  }
}
