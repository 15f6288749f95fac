package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.varve.face.gateway.upstream.IdentityKind;
import dev.varve.kernel.Json;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who may ask for what, and what a service is told of them.
final class AdmissionTest {
  private static final String SECRET = "a secret of more than thirty-two bytes";

  private static FaultyUpstream upstream;
  private static TestServer server;
  private static final Map<String, String> TOKENS = new LinkedHashMap<>();

  @BeforeAll
  static void start() {
    upstream = FaultyUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    GatewaySettings settings =
        new GatewaySettings(
            Map.of(
                "shipping",
                GatewayFixture.patient("shipping", upstream.url()),
                "signed",
                GatewayFixture.with(
                    GatewayFixture.patient("signed", upstream.url()),
                    Map.of("identity", IdentityKind.HEADERS)),
                "tokens",
                GatewayFixture.with(
                    GatewayFixture.patient("tokens", upstream.url()),
                    Map.of("identity", IdentityKind.JWT))),
            List.of(
                route("/public", Map.of("allow", "public")),
                route("/known", Map.of("allow", "authenticated")),
                route("/admins", Map.of("allow", "role admin")),
                route(
                    "/when",
                    Map.of(
                        "when",
                        "me.roles.exists(r, r == 'admin') || request.method == 'GET' && request.query.open == 'yes'")),
                route("/mine", Map.of("when", "me.email == request.headers['x-email']")),
                route("/later", Map.of("when", "now < timestamp('2020-01-01T00:00:00Z')")),
                route(
                    "/limited",
                    Map.of(
                        "limit",
                        new RouteLimit(
                            2,
                            java.time.Duration.ofHours(1),
                            dev.varve.net.limit.LimitSettings.By.ADDRESS))),
                route("/own", Map.of("forwardToken", true)),
                route("/signed/**", Map.of("to", "signed")),
                route("/tokens", Map.of("to", "tokens"))));
    server =
        TestServer.start(
            Plan.of(
                    """
                    type User @model @account @auth(rules: [{allow: role, roles: ["admin"]}]) {
                      id: ID!
                    }
                    """)
                .with(settings)
                .knowing(Map.of("VARVE_GATEWAY_SECRET", SECRET)));
    Map.Entry<String, String> admin = server.firstAdministrator().orElseThrow();
    TOKENS.put("admin", signIn(admin.getKey(), admin.getValue()));
    server.administration().create("ada@example.com", List.of(), Map.of(), "correct horse battery");
    TOKENS.put("ada", signIn("ada@example.com", "correct horse battery"));
    TOKENS.put("stranger", "x.y.z");
  }

  private static RouteSettings route(String path, Map<String, ?> parts) {
    return GatewayFixture.route(path, parts);
  }

  private static String signIn(String email, String password) {
    Reply reply =
        server.send(
            "POST",
            "/auth/sign-in",
            Map.of(),
            "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(email, password));
    return String.valueOf(((Map<?, ?>) Objects.requireNonNull(reply.json())).get("accessToken"));
  }

  @AfterAll
  static void stop() {
    server.close();
    upstream.close();
  }

  private static Reply send(String who, String method, String target, Map<String, String> more) {
    Map<String, String> headers = new LinkedHashMap<>(more);
    if (TOKENS.containsKey(who)) {
      headers.put("Authorization", "Bearer " + TOKENS.get(who));
    }
    return server.send(method, target, headers, "");
  }

  @ParameterizedTest
  @CsvSource({
    "nobody,   GET,  /public,        200",
    "stranger, GET,  /public,        200",
    "ada,      GET,  /public,        200",
    "nobody,   GET,  /known,         401",
    "stranger, GET,  /known,         401",
    "ada,      GET,  /known,         200",
    "nobody,   GET,  /admins,        401",
    "ada,      GET,  /admins,        403",
    "admin,    GET,  /admins,        200",
    "nobody,   GET,  /when,          401",
    "nobody,   GET,  /when?open=yes, 200",
    "nobody,   POST, /when?open=yes, 401",
    "ada,      POST, /when,          403",
    "admin,    POST, /when,          200",
    "nobody,   GET,  /mine,          401",
    "admin,    GET,  /mine,          403",
    "ada,      GET,  /mine,          200",
    "admin,    GET,  /later,         403",
  })
  void whoMayIsToldFromWhoMayNot(String who, String method, String target, int status) {
    int heard = upstream.heads().size();

    Reply reply = send(who, method, target, Map.of("X-Email", "ada@example.com"));

    assertThat(reply.status()).as(reply.text()).isEqualTo(status);
    assertThat(upstream.heads().size() - heard).isEqualTo(status == 200 ? 1 : 0);
  }

  @Test
  void aLimitHoldsForItsRoute() {
    Reply first = send("nobody", "GET", "/limited", Map.of());
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.header("RateLimit")).startsWith("\"gateway-shipping-7\";r=1;t=");
    assertThat(send("nobody", "GET", "/limited", Map.of()).status()).isEqualTo(200);
    Reply third = send("nobody", "GET", "/limited", Map.of());
    assertThat(third.status()).isEqualTo(429);
    assertThat(third.header("Retry-After")).isNotEmpty();
    assertThat(third.header("RateLimit")).contains("r=0");
    assertThat(send("nobody", "GET", "/public", Map.of()).status()).isEqualTo(200);
  }

  @Test
  void ownCredentialsReachTheServiceWhenTheRouteSaysSoAlone() {
    Map<String, String> more = Map.of("Cookie", "a=b", "DPoP", "a.b.c");
    send("ada", "GET", "/known", more);
    assertThat(upstream.heads().getLast()).doesNotContain("Authorization", "Cookie", "DPoP");
    send("ada", "GET", "/own", more);
    assertThat(upstream.heads().getLast())
        .contains("Authorization: Bearer ", "Cookie: a=b", "DPoP: a.b.c");
  }

  @Test
  void aTokenOfThisServerThatIsNotGoodReachesNoService() {
    String ended = signIn("ada@example.com", "correct horse battery");
    Map<String, String> bearer = Map.of("Authorization", "Bearer " + ended);
    assertThat(server.send("GET", "/own", bearer, "").status()).isEqualTo(200);
    assertThat(server.send("POST", "/auth/sign-out", bearer, "").status()).isLessThan(300);
    int seen = upstream.heads().size();
    String key = "Bearer vk_0123456789abcdef0123456789abcdef0123456789a";
    for (String own : List.of("Bearer " + ended, "dpop " + ended, "Bearer " + ended + "A", key)) {
      Reply refused = server.send("GET", "/own", Map.of("Authorization", own), "");
      assertThat(refused.status()).as(own).isEqualTo(401);
    }
    assertThat(upstream.heads()).hasSize(seen);
    assertThat(server.send("GET", "/public", bearer, "").status()).isEqualTo(200);

    for (String others : List.of("Basic YTpi", "Bearer of-the-service-itself", "Bearer x.e30.z")) {
      Reply reply = server.send("GET", "/own", Map.of("Authorization", others), "");
      assertThat(reply.status()).as(others).isEqualTo(200);
      assertThat(upstream.heads().getLast()).contains("Authorization: " + others);
    }
  }

  @Test
  void signedHeadersSayWhoAsks() throws Exception {
    send("admin", "GET", "/signed/x?y=z", Map.of("Varve-Roles", "root"));
    Map<String, String> headers = headers(upstream.heads().getLast());

    assertThat(headers.get("varve-actor")).isEqualTo("user:" + headers.get("varve-account"));
    assertThat(headers.get("varve-roles")).isEqualTo("admin");
    byte[] key = hmac(SECRET.getBytes(StandardCharsets.UTF_8), "signed");
    String signed =
        String.join(
                "\n",
                "v1",
                "signed",
                headers.get("varve-time"),
                "GET",
                "/signed/x?y=z",
                headers.get("varve-actor"),
                headers.get("varve-account"),
                headers.get("varve-roles"))
            + "\n";
    assertThat(headers.get("varve-signature"))
        .isEqualTo("v1=" + HexFormat.of().formatHex(hmac(key, signed)));

    send("nobody", "GET", "/signed/x", Map.of());
    assertThat(headers(upstream.heads().getLast()))
        .containsEntry("varve-actor", "anonymous")
        .containsEntry("varve-account", "")
        .containsEntry("varve-roles", "");
  }

  private static Map<String, String> headers(String head) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    head.lines()
        .skip(1)
        .filter(line -> !line.isEmpty())
        .forEach(line -> {
          int colon = line.indexOf(':');
          headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        });
    return headers;
  }

  private static byte[] hmac(byte[] key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aTokenForTheServiceSaysWhoAsksAndOpensNothingElse() throws Exception {
    send("admin", "GET", "/tokens", Map.of());
    String token = headers(upstream.heads().getLast()).get("varve-token");
    Map<String, Object> claims = SignedJWT.parse(token).getJWTClaimsSet().getClaims();

    assertThat(claims)
        .containsEntry("aud", List.of("tokens"))
        .containsEntry("roles", List.of("admin"));
    assertThat(SignedJWT.parse(token).getJWTClaimsSet().getSubject()).isNotEmpty();
    byte[] keys = server.send("GET", "/.well-known/jwks.json", Map.of(), "").bytes();
    assertThat(String.valueOf(Json.read(keys)))
        .contains(SignedJWT.parse(token).getHeader().getKeyID());
    assertThat(
            server.send("GET", "/known", Map.of("Authorization", "Bearer " + token), "").status())
        .isEqualTo(401);
    send("nobody", "GET", "/tokens", Map.of());
    assertThat(headers(upstream.heads().getLast())).doesNotContainKey("varve-token");
  }
}
