package dev.varve.face.gateway.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.GatewayFixture;
import dev.varve.face.gateway.GatewaySettings;
import dev.varve.kernel.Json;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Servers with aggregates, as their `varve.yaml` would say, and those who ask them.
final class AggregateFixture {
  static final String SCHEMA =
      """
      type User @model @account @auth(rules: [
          {allow: owner, ownerField: "id"}, {allow: role, roles: ["staff"]}]) {
        id: ID!
        name: String!
      }

      # each sees their own, staff all
      type Order @model @auth(rules: [
          {allow: owner, ownerField: "user"}, {allow: role, roles: ["staff"]}]) {
        id: ID!
        user: User!
        status: String! @default(value: "PAID")
        customer: String
        lines: [OrderLine!]! @hasMany(by: "order")
      }

      type OrderLine @model @auth(rules: [{allow: public}]) {
        id: ID!
        order: Order! @relation(onDelete: CASCADE)
        product: Product!
      }

      type Product @model @auth(rules: [{allow: public}]) {
        id: ID!
        name: String!
      }

      type Counter @model @auth(rules: [{allow: public}]) {
        id: ID!
        value: Int!
      }

      # keeps no history
      type Ping @model(history: false) @auth(rules: [{allow: public}]) {
        id: ID!
        text: String!
      }
      """;

  private static final String PASSWORD = "correct horse battery";

  private AggregateFixture() {}

  /// @param aggregates elements of `gateway.aggregates`, in JSON or YAML, one a line
  static TestServer start(OtherService service, String... aggregates) {
    return TestServer.start(TestServer.Plan.of(SCHEMA).with(settings(service.url(), aggregates)));
  }

  static GatewaySettings settings(String url, String... aggregates) {
    return GatewayFixture.read(yaml(url, aggregates));
  }

  private static String yaml(String url, String... aggregates) {
    return """
    gateway:
      services: {other: {urls: [%s], connectionsMax: 8, timeouts: {headers: 1m}}}
      aggregates:
        - %s
    """
        .formatted(url, String.join("\n    - ", aggregates));
  }

  /// Makes an account, `name@example.com`, and signs it in.
  ///
  /// @return the headers of its requests
  static Map<String, String> signedUp(TestServer server, String name, String... roles) {
    String email = name + "@example.com";
    server.administration().create(email, List.of(roles), Map.of("name", name), PASSWORD);
    Reply reply =
        server.send(
            "POST", "/auth/sign-in", Map.of(), text(Map.of("email", email, "password", PASSWORD)));
    return Map.of("Authorization", "Bearer " + at(reply, "accessToken"));
  }

  static void post(TestServer server, Map<String, String> who, String path, Map<String, ?> body) {
    Reply reply = server.send("POST", path, who, text(body));
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
  }

  static String text(Object value) {
    return new String(Json.bytes(json -> Json.write(json, value)), StandardCharsets.UTF_8);
  }

  /// What stands at a path of the answer, such as `errors.parcel.code`.
  static @Nullable Object at(Reply reply, String path) {
    return ValuePath.parse(path).in(reply.json());
  }
}
