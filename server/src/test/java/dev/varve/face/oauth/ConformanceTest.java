package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.claims;
import static dev.varve.face.oauth.Provider.code;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.json;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.varve.face.auth.PageSettings;
import dev.varve.kernel.Json;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What the plans of the OpenID Foundation look at in every answer: discovery, ID tokens, sessions and logout.
class ConformanceTest {
  private static final SteppedClock CLOCK = SteppedClock.ticking();
  private static final String SCOPES = "openid email profile";

  private static TestServer server;
  private static String email;

  @BeforeAll
  static void start() {
    server = TestServer.start(Bank.plan(CLOCK));
    email = Provider.somebody(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Map<String, String> asking(String... more) {
    Map<String, String> asked = new LinkedHashMap<>(request("notes-page", PAGE, SCOPES));
    for (int i = 0; i < more.length; i += 2) {
      asked.put(more[i], more[i + 1]);
    }
    return asked;
  }

  private static Reply tokens(Visitor visitor, Map<String, String> asked) {
    Reply reply = token(server, codeForm("notes-page", PAGE, code(visitor, asked, email)));
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return reply;
  }

  @Test
  void whatIsDiscoveredIsWholeAndTrue() {
    Reply reply = server.get(Metadata.OPENID);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).startsWith("application/json");
    Map<String, Object> found = json(reply);
    assertThat(found)
        .containsEntry("issuer", Bank.ISSUER)
        .containsEntry("authorization_response_iss_parameter_supported", true)
        .containsEntry("backchannel_logout_supported", true)
        .containsEntry("backchannel_logout_session_supported", true)
        .containsEntry("code_challenge_methods_supported", List.of("S256"))
        .containsEntry("dpop_signing_alg_values_supported", List.of("ES256", "PS256", "EdDSA"))
        .containsEntry(
            "prompt_values_supported", List.of("none", "login", "consent", "select_account"))
        .containsEntry("require_pushed_authorization_requests", false)
        .containsEntry("ui_locales_supported", List.of("de", "en"))
        .containsEntry("request_parameter_supported", false)
        .containsEntry("request_uri_parameter_supported", false);
    found.forEach((name, value) -> {
      if (name.endsWith("_endpoint") || name.endsWith("_uri")) {
        assertThat(String.valueOf(value))
            .as(name)
            .startsWith(Bank.ISSUER + "/")
            .doesNotContain("#");
      }
      if (name.endsWith("_supported") && value instanceof Collection<?> values) {
        assertThat(values).as(name).isNotEmpty().doesNotHaveDuplicates();
      }
    });
    assertThat(found)
        .containsKeys(
            "jwks_uri",
            "pushed_authorization_request_endpoint",
            "device_authorization_endpoint",
            "end_session_endpoint",
            "response_types_supported",
            "subject_types_supported",
            "grant_types_supported",
            "claims_supported");
    assertThat((Collection<?>) found.get("scopes_supported")).anyMatch("openid"::equals);
  }

  @Test
  void theLanguagesOfFilesAreDiscoveredToo(@TempDir Path languages) throws IOException {
    Files.writeString(languages.resolve("fr.properties"), "signIn.title=Se connecter\n");
    PageSettings pages = new PageSettings("", "", "#1b5e7a", "#8cc7e0", languages.toString());
    try (TestServer french = TestServer.start(Bank.plan(CLOCK).with(pages))) {
      assertThat(json(french.get(Metadata.OPENID)))
          .containsEntry("ui_locales_supported", List.of("de", "en", "fr"));
    }
  }

  @Test
  void keysArePublicAndHaveNamesOfTheirOwn() throws Exception {
    tokens(new Visitor(server), asking());
    List<JWK> keys = JWKSet.parse(server.get("/.well-known/jwks.json").text()).getKeys();
    assertThat(keys).isNotEmpty().noneMatch(JWK::isPrivate);
    assertThat(keys.stream().map(JWK::getKeyID).toList())
        .doesNotHaveDuplicates()
        .doesNotContainNull();
  }

  @Test
  void everyIdTokenSaysWhatItHasToAndNothingEmpty() throws Exception {
    for (String nonce : new String[] {"n-1", "n".repeat(64), "n".repeat(384)}) {
      Reply reply = tokens(new Visitor(server), asking("nonce", nonce));
      assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
      SignedJWT token = SignedJWT.parse(text(reply, "id_token"));
      assertThat(token.getHeader().getKeyID()).isNotBlank();
      Map<String, Object> claims = claims(text(reply, "id_token"));
      assertThat(claims)
          .containsEntry("iss", Bank.ISSUER)
          .containsEntry("aud", "notes-page")
          .containsEntry("nonce", nonce);
      assertThat(claims.values()).doesNotContainNull().doesNotContain("", List.of(), Map.of());
      long now = CLOCK.instant().getEpochSecond();
      assertThat((Long) claims.get("iat")).isBetween(now - 300, now);
      assertThat((Long) claims.get("exp")).isBetween(now, now + 600);
      assertThat((Long) claims.get("auth_time")).isLessThanOrEqualTo(now);
      assertThat(text(reply, "access_token").length()).isGreaterThan(100);
      Map<String, Object> info =
          json(server.send("GET", UserInfo.PATH, Provider.bearer(text(reply, "access_token")), ""));
      assertThat(info.get("updated_at")).isInstanceOf(Long.class);
      assertThat(info.get("email_verified")).isInstanceOf(Boolean.class);
    }
    Map<String, String> without = asking();
    without.remove("nonce");
    assertThat(claims(text(tokens(new Visitor(server), without), "id_token")))
        .doesNotContainKey("nonce");
  }

  private static long authTime(Visitor visitor, Map<String, String> asked) {
    return (Long)
        Objects.requireNonNull(claims(text(tokens(visitor, asked), "id_token")).get("auth_time"));
  }

  @Test
  void whenSomebodySignedInIsToldAndAskedAnew() {
    Visitor visitor = new Visitor(server);
    long first = authTime(visitor, asking());
    CLOCK.move(Duration.ofSeconds(2));
    assertThat(authTime(visitor, asking("prompt", "none"))).isEqualTo(first);
    assertThat(authTime(visitor, asking("max_age", "10000"))).isEqualTo(first);
    long again = authTime(visitor, asking("max_age", "1"));
    assertThat(again).isGreaterThan(first);
    CLOCK.move(Duration.ofSeconds(2));
    assertThat(authTime(visitor, asking("prompt", "login"))).isGreaterThan(again);
  }

  /// What is sent to the end of a session.
  interface Leaving {
    Map<String, String> with(String idToken);
  }

  private static Arguments leaving(String name, String to, Leaving parameters) {
    return arguments(name, to, parameters);
  }

  static Stream<Arguments> leavings() {
    String registered = "https://notes.example/";
    return Stream.of(
        leaving(
            "hint, address and state",
            registered + "?state=s",
            token ->
                Map.of(
                    "id_token_hint", token, "post_logout_redirect_uri", registered, "state", "s")),
        leaving(
            "no state",
            registered,
            token -> Map.of("id_token_hint", token, "post_logout_redirect_uri", registered)),
        leaving(
            "an address that is not registered",
            "",
            token ->
                Map.of(
                    "id_token_hint", token, "post_logout_redirect_uri", "https://evil.example/")),
        leaving(
            "an address with more",
            "",
            token ->
                Map.of(
                    "id_token_hint", token, "post_logout_redirect_uri", registered + "?foo=bar")),
        leaving("no hint", "", _ -> Map.of("post_logout_redirect_uri", registered)),
        leaving(
            "a hint with alg none",
            "",
            token ->
                Map.of("id_token_hint", unsigned(token), "post_logout_redirect_uri", registered)),
        leaving(
            "a hint that somebody else signed",
            "",
            token ->
                Map.of("id_token_hint", resigned(token), "post_logout_redirect_uri", registered)),
        leaving(
            "a hint of another client",
            "",
            token ->
                Map.of(
                    "id_token_hint",
                    token,
                    "client_id",
                    "office",
                    "post_logout_redirect_uri",
                    registered)),
        leaving("nothing", "", _ -> Map.of()),
        leaving("a state alone", "", _ -> Map.of("state", "s")),
        leaving("a hint alone", "", token -> Map.of("id_token_hint", token)));
  }

  private static String unsigned(String token) {
    String header = KeyHolder.base64("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
    return header + "." + token.split("\\.", -1)[1] + ".";
  }

  private static String resigned(String token) {
    KeyHolder other = KeyHolder.es256();
    return other.signed(Map.of("alg", "ES256", "typ", "JWT", "kid", other.id()), claims(token));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("leavings")
  void aBrowserIsSentOnAfterLogoutOnlyWhereItsClientHasRegistered(
      String name, String to, Leaving leaving) {
    Visitor visitor = new Visitor(server);
    String idToken = text(tokens(visitor, asking()), "id_token");
    Reply reply =
        visitor.send("GET", Logout.PATH + "?" + Visitor.form(leaving.with(idToken)), Map.of(), "");
    assertThat(reply.header("Location")).isEqualTo(to);
    if (!to.isEmpty()) {
      Reply silent = Provider.authorize(visitor, asking("prompt", "none"));
      assertThat(Visitor.parameters(silent.header("Location")))
          .containsEntry("error", "login_required");
    } else {
      assertThat(reply.status()).as("a page: signed out, or asking").isEqualTo(200);
    }
  }

  @Test
  void whoIsThereIsToldByGetAndByPost() {
    String access = text(tokens(new Visitor(server), asking()), "access_token");
    Object told = Json.read(server.send("GET", UserInfo.PATH, Provider.bearer(access), "").bytes());
    assertThat(server.send("POST", UserInfo.PATH, Provider.bearer(access), "").json())
        .isEqualTo(told);
    assertThat(server.get(UserInfo.PATH).status()).isEqualTo(401);
  }
}
