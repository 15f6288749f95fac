package dev.varve.face.gateway;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.bearer;
import static dev.varve.face.oauth.Provider.code;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.upstream.IdentityKind;
import dev.varve.face.oauth.Provider;
import dev.varve.face.oauth.Visitor;
import dev.varve.identity.client.ClientSettings;
import dev.varve.identity.client.ConsentPolicy;
import dev.varve.identity.client.OAuthSettings;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Other applications that people have let in, before the gateway.
class ApplicationTest {
  private static final String SECRET = "a secret of more than thirty-two bytes";

  @Test
  void aServiceIsNeverToldThatAnApplicationIsTheAccount() {
    try (FaultyUpstream upstream =
            FaultyUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        TestServer server =
            TestServer.start(
                Provider.plan()
                    .with(settings(upstream))
                    .knowing(Map.of("VARVE_GATEWAY_SECRET", SECRET, "OFFICE_SECRET", SECRET)))) {
      String email = Provider.somebody(server);
      Map<String, String> asked = request("notes-page", PAGE, "openid notes:read");
      String access =
          text(
              token(server, codeForm("notes-page", PAGE, code(new Visitor(server), asked, email))),
              "access_token");
      String account =
          server.column("SELECT id FROM users WHERE email = '%s'".formatted(email)).getFirst();

      assertThat(server.send("GET", "/public", bearer(access), "").status()).isEqualTo(200);
      assertThat(upstream.heads().getLast()).doesNotContain(account);
      assertThat(server.send("GET", "/mine", bearer(access), "").status()).isEqualTo(401);
      assertThat(server.send("GET", "/known", bearer(access), "").header("WWW-Authenticate"))
          .contains("insufficient_scope");
    }
  }

  @Test
  void anApplicationComesWithTheScopeOfARouteAndIsToldOfWithoutRoles() {
    try (FaultyUpstream upstream =
            FaultyUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        TestServer server =
            TestServer.start(
                Provider.plan()
                    .with(settings(upstream))
                    .with(tools())
                    .knowing(Map.of("VARVE_GATEWAY_SECRET", SECRET)))) {
      server
          .administration()
          .create(EMAIL, List.of("admin"), Map.of("name", "Root"), "correct horse battery");
      String account =
          server.column("SELECT id FROM users WHERE email = '%s'".formatted(EMAIL)).getFirst();

      Reply nobody = server.get("/tools/list");
      assertThat(nobody.status()).isEqualTo(401);
      assertThat(nobody.header("WWW-Authenticate"))
          .contains("scope=\"tools\"", "/.well-known/oauth-protected-resource/tools\"");
      String metadata = nobody.header("WWW-Authenticate").replaceAll(".*//[^/]*(/[^\"]*)\"$", "$1");
      String resource = text(server.get(metadata), "resource");

      assertThat(
              server.send("GET", "/tools/list", bearer(access(server, "openid", "")), "").status())
          .isEqualTo(403);
      String access = access(server, "openid tools", resource);
      assertThat(server.send("GET", "/tools/list", bearer(access), "").status()).isEqualTo(200);
      String told = upstream.heads().getLast();
      assertThat(told).contains(account).doesNotContain("admin", access);
      // for that path and no other
      assertThat(server.send("GET", "/known", bearer(access), "").status()).isEqualTo(401);
    }
  }

  private static final String EMAIL = "root@example.com";
  private static final String BACK = "https://assistant.example/back";

  private static OAuthSettings tools() {
    return new OAuthSettings(
        Map.of(
            "assistant",
            new ClientSettings(
                "assistant",
                "Assistant",
                List.of(BACK),
                List.of(),
                List.of("openid", "tools"),
                List.of("authorization_code"),
                "",
                ConsentPolicy.ASK)),
        Map.of());
  }

  private static String access(TestServer server, String scope, String resource) {
    Map<String, String> asked = new LinkedHashMap<>(request("assistant", BACK, scope));
    if (!resource.isEmpty()) {
      asked.put("resource", resource);
    }
    String code = code(new Visitor(server), asked, EMAIL);
    return text(token(server, codeForm("assistant", BACK, code)), "access_token");
  }

  private static GatewaySettings settings(FaultyUpstream upstream) {
    return new GatewaySettings(
        Map.of(
            "shipping",
            GatewayFixture.with(
                GatewayFixture.service("shipping", upstream.url()),
                Map.of("identity", IdentityKind.HEADERS))),
        List.of(
            GatewayFixture.route("/public", Map.of("allow", "public")),
            GatewayFixture.route("/mine", Map.of("allow", "public", "when", "me.name == 'Ada'")),
            GatewayFixture.route("/known", Map.of("allow", "authenticated")),
            GatewayFixture.route("/tools/**", Map.of("allow", "scope tools"))));
  }
}
