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
import dev.varve.node.TestServer;
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
            GatewayFixture.route("/known", Map.of("allow", "authenticated"))));
  }
}
