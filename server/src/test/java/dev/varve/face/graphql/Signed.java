package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Somebody who has signed in.
record Signed(String id, String token) {
  private static final String PASSWORD = "correct horse battery";

  /// Makes an account, `name@example.com`, and signs it in.
  static Signed up(TestServer server, String name, List<String> roles, Map<String, Object> fields) {
    String email = name + "@example.com";
    String id = server.administration().create(email, roles, fields, PASSWORD).id();
    byte[] credentials =
        Json.bytes(json -> Json.write(json, Map.of("email", email, "password", PASSWORD)));
    Reply reply =
        server.send(
            "POST", "/auth/sign-in", Map.of(), new String(credentials, StandardCharsets.UTF_8));
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return new Signed(id, (String) Scenario.at(reply.json(), "accessToken"));
  }

  Map<String, String> headers() {
    return Map.of("Authorization", "Bearer " + token);
  }

  /// Of `connection_init`.
  String payload() {
    return "{'Authorization':'Bearer %s'}".formatted(token);
  }
}
