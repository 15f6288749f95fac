package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import io.smallrye.graphql.client.Response;
import io.smallrye.graphql.client.dynamic.api.DynamicGraphQLClient;
import io.smallrye.graphql.client.vertx.dynamic.VertxDynamicGraphQLClientBuilder;
import io.smallrye.graphql.client.websocket.WebsocketSubprotocol;
import io.smallrye.mutiny.subscription.Cancellable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Subscriptions heard by a client that Varve did not write.
class ForeignSubscriberTest {
  private static final String SCHEMA =
      """
      type User @model @account @auth(rules: [{allow: owner, ownerField: "id", operations: [READ]}]) {
        name: String!
      }

      type Note @model @auth(rules: [{allow: owner, ownerField: "by"}]) {
        by: User!
        text: String!
      }
      """;

  @Test
  void aClientSignsInWithItsInitAndHearsOfEveryChangeOfItsOwn() throws Exception {
    try (TestServer server = TestServer.start(SCHEMA)) {
      Signed ada = Signed.up(server, "ada", List.of(), Map.of("name", "Ada"));
      Signed bob = Signed.up(server, "bob", List.of(), Map.of("name", "Bob"));
      DynamicGraphQLClient client = client(server, ada);
      try {
        hearsOfItsOwn(server, client, ada, bob);
      } finally {
        client.close();
      }
    }
  }

  private static void hearsOfItsOwn(
      TestServer server, DynamicGraphQLClient client, Signed ada, Signed bob) throws Exception {
    BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    Cancellable listening =
        client
            .subscription(
                "subscription ($after: String) { noteChanged(after: $after) { operation record { text by { name } } } }",
                Map.of("after", Long.toString(server.position())))
            .subscribe()
            .with(response -> heard.add(told(response)), heard::add);
    write(server, bob, "POST", "/api/notes", "{'id':'b','text':'not for her'}");
    write(server, ada, "POST", "/api/notes", "{'id':'a','text':'one'}");
    write(server, ada, "PATCH", "/api/notes/a", "{'text':'two'}");
    assertThat(next(heard))
        .isEqualTo(
            "{\"noteChanged\":{\"operation\":\"CREATE\",\"record\":{\"text\":\"one\",\"by\":{\"name\":\"Ada\"}}}}");
    assertThat(next(heard))
        .isEqualTo(
            "{\"noteChanged\":{\"operation\":\"UPDATE\",\"record\":{\"text\":\"two\",\"by\":{\"name\":\"Ada\"}}}}");
    assertThat(client.executeSync("{ notes { text } }").getData().toString())
        .isEqualTo("{\"notes\":[{\"text\":\"two\"}]}");
    listening.cancel();
  }

  private static DynamicGraphQLClient client(TestServer server, Signed by) {
    return new VertxDynamicGraphQLClientBuilder()
        .url("http://127.0.0.1:%d/graphql".formatted(server.port()))
        .subprotocols(WebsocketSubprotocol.GRAPHQL_TRANSPORT_WS)
        .initPayload(Map.of("Authorization", "Bearer " + by.token()))
        .executeSingleOperationsOverWebsocket(true)
        .build();
  }

  private static String told(Response response) {
    return response.hasError() ? response.getErrors().toString() : response.getData().toString();
  }

  private static Object next(BlockingQueue<Object> heard) throws InterruptedException {
    Object next = heard.poll(Patience.SECONDS, TimeUnit.SECONDS);
    return next == null ? "nothing" : next;
  }

  private static void write(
      TestServer server, Signed by, String method, String target, String body) {
    assertThat(server.send(method, target, by.headers(), Scenario.quoted(body)).status())
        .isBetween(200, 299);
  }
}
