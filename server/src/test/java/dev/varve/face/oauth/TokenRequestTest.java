package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.OFFICE;
import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.code;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.json;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.varve.kernel.SteppedClock;
import dev.varve.net.limit.LimitSettings;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What comes of requests at the token endpoint that are not as they should be.
class TokenRequestTest {
  private static final String ADA = "ada@example.com";
  private static final SteppedClock CLOCK = SteppedClock.ticking();

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start(Provider.plan().with(CLOCK));
    Provider.signUp(server, ADA);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Map<String, String> fresh() {
    String code = code(new Visitor(server), request("notes-page", PAGE, "openid"), ADA);
    return codeForm("notes-page", PAGE, code);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        arguments("grant_type", "(none)", 400, "invalid_request"),
        arguments("grant_type", "password", 400, "unsupported_grant_type"),
        arguments("grant_type", "client_credentials", 400, "unauthorized_client"),
        arguments("client_id", "(none)", 401, "invalid_client"),
        arguments("client_id", "nobody", 401, "invalid_client"),
        arguments("client_id", "office", 401, "invalid_client"),
        arguments("client_secret", "guess", 401, "invalid_client"),
        arguments("client_assertion", "x.y.z", 401, "invalid_client"),
        arguments("code", "(none)", 400, "invalid_request"),
        arguments("code", "guess", 400, "invalid_grant"),
        arguments("code_verifier", "(none)", 400, "invalid_grant"),
        arguments("code_verifier", "short", 400, "invalid_grant"),
        arguments("code_verifier", "x".repeat(43), 400, "invalid_grant"),
        arguments("code_verifier", "x".repeat(129), 400, "invalid_grant"),
        arguments("redirect_uri", "http://127.0.0.1/callback", 400, "invalid_grant"),
        arguments("resource", "https://other.example/", 400, "invalid_target"));
  }

  @ParameterizedTest(name = "{0} = {1}: {3}")
  @MethodSource("wrong")
  void isRefusedAsTheProtocolHasIt(String name, String value, int status, String error) {
    Map<String, String> form = fresh();
    if (value.equals("(none)")) {
      form.remove(name);
    } else {
      form.put(name, value);
    }
    Reply reply = token(server, form);
    assertThat(text(reply, "error")).isEqualTo(error);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
    assertThat(text(reply, "error_description")).matches("[ -~&&[^\"\\\\]]+");
    if (status == 401) {
      assertThat(reply.header("WWW-Authenticate")).startsWith("Basic");
    }
  }

  @ParameterizedTest
  @CsvSource({
    TokenEndpoint.PATH + ",token",
    TokenStatus.REVOKE + ",token",
    PushedRequests.PATH + ",push",
    DeviceRequests.PATH + ",push"
  })
  void whatWritesIsLimited(String path, String limit) {
    Reply reply = new Visitor(server).post(path, Map.of());
    assertThat(reply.header("RateLimit-Policy")).startsWith("\"" + limit + "\";q=");
  }

  @Test
  void aSecretInTheHeaderIsNoWrongKey() {
    List<LimitSettings> limits =
        Stream.of(LimitSettings.By.KEY, LimitSettings.By.ACCOUNT)
            .map(by ->
                new LimitSettings(
                    "by-" + by.name().toLowerCase(Locale.ROOT),
                    true,
                    1_000,
                    Duration.ofMinutes(1),
                    0,
                    by,
                    List.of(),
                    List.of(),
                    false))
            .toList();
    try (TestServer limited = TestServer.start(Provider.plan().limiting(limits))) {
      for (int i = 0; i < 200; i++) {
        Reply reply = Provider.tokenOfOffice(limited, Map.of("grant_type", "client_credentials"));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
      }
    }
  }

  @Test
  void aRequestTooManyIsRefusedAsTheProtocolHasIt() {
    LimitSettings limit =
        new LimitSettings(
            "all",
            true,
            3,
            Duration.ofHours(1),
            0,
            LimitSettings.By.ROUTE,
            List.of(),
            List.of(),
            false);
    try (TestServer limited = TestServer.start(Provider.plan().limiting(List.of(limit)))) {
      for (String path : List.of(TokenEndpoint.PATH, PushedRequests.PATH, TokenStatus.REVOKE)) {
        Reply reply = new Visitor(limited).post(path, Map.of());
        for (int i = 0; i < 3; i++) {
          reply = new Visitor(limited).post(path, Map.of());
        }
        assertThat(reply.status()).as(path).isEqualTo(429);
        assertThat(reply.header("Retry-After")).isNotEmpty();
        assertThat(reply.header("RateLimit")).contains("r=0");
        assertThat(json(reply))
            .containsEntry("error", "temporarily_unavailable")
            .containsOnlyKeys("error", "error_description");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    TokenEndpoint.PATH + ",text/plain,,415",
    PushedRequests.PATH + ",text/plain,,415",
    DeviceRequests.PATH + ",text/plain,,415",
    TokenStatus.INTROSPECT + ",text/plain,,415",
    TokenStatus.REVOKE + ",text/plain,,415",
    TokenEndpoint.PATH + ",application/x-www-form-urlencoded,br,415"
  })
  void whatIsNoFormIsRefusedAsTheProtocolHasIt(
      String path, String type, @Nullable String coding, int status) {
    Map<String, String> headers = new LinkedHashMap<>(Map.of("Content-Type", type));
    if (coding != null) {
      headers.put("Content-Encoding", coding);
    }
    Reply reply = server.send("POST", path, headers, "client_id=notes-page");
    assertThat(reply.status()).isEqualTo(status);
    assertThat(text(reply, "error")).isEqualTo("invalid_request");
  }

  @Test
  void whoGuessesSecretsIsToldWhenToComeAgain() {
    try (TestServer other = TestServer.start(Provider.plan().with(SteppedClock.standing()))) {
      Map<String, String> form =
          Map.of(
              "grant_type",
              "client_credentials",
              "client_id",
              "office",
              "client_secret",
              "x".repeat(32));
      Reply reply = token(other, form);
      for (int i = 0; i < 200 && reply.status() == 401; i++) {
        reply = token(other, form);
      }
      assertThat(reply.status()).as(reply.text()).isEqualTo(429);
      assertThat(text(reply, "error")).isEqualTo("temporarily_unavailable");
      assertThat(reply.header("Retry-After")).isNotEmpty();
    }
  }

  @Test
  void aTokenThatCannotBeRevokedIsNotSaidToBe() {
    Reply own = Provider.tokenOfOffice(server, Map.of("grant_type", "client_credentials"));
    Reply refused =
        new Visitor(server)
            .post(
                TokenStatus.REVOKE,
                Map.of(
                    "client_id",
                    "office",
                    "client_secret",
                    Provider.SECRET,
                    "token",
                    text(own, "access_token")));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(text(refused, "error")).isEqualTo("unsupported_token_type");
  }

  @Test
  void aWrongVerifierUsesTheCodeUp() {
    Map<String, String> form = fresh();
    Map<String, String> wrong = new LinkedHashMap<>(form);
    wrong.put("code_verifier", "x".repeat(43));
    assertThat(text(token(server, wrong), "error")).isEqualTo("invalid_grant");
    assertThat(text(token(server, form), "error")).isEqualTo("invalid_grant");
  }

  @Test
  void theRedirectUriMayBeLeftOut() {
    Map<String, String> form = fresh();
    form.remove("redirect_uri");
    assertThat(token(server, form).status()).isEqualTo(200);
  }

  @Test
  void aCodeIsGoodForAMinute() {
    Map<String, String> form = fresh();
    CLOCK.move(Duration.ofSeconds(61));
    assertThat(text(token(server, form), "error")).isEqualTo("invalid_grant");
  }

  @Test
  void aCodeIsOfItsClientAlone() {
    String code = code(new Visitor(server), request("office", OFFICE, "openid"), ADA);
    Reply reply = token(server, codeForm("notes-page", OFFICE, code));
    assertThat(text(reply, "error")).isEqualTo("invalid_grant");
  }

  @Test
  void aCodeIsWorthNothingOnceWhoAllowedItHasSignedOut() {
    Visitor visitor = new Visitor(server);
    String code = code(visitor, request("notes-page", PAGE, "openid"), ADA);
    visitor.submit(visitor.get(Logout.PATH), Map.of());
    assertThat(text(token(server, codeForm("notes-page", PAGE, code)), "error"))
        .isEqualTo("invalid_grant");
  }

  @Test
  void aParameterStandsOnce() {
    Map<String, String> form = fresh();
    Reply reply =
        server.send(
            "POST",
            TokenEndpoint.PATH,
            Map.of("Content-Type", "application/x-www-form-urlencoded"),
            Visitor.form(form) + "&code=another");
    assertThat(text(reply, "error")).isEqualTo("invalid_request");
  }

  @Test
  void aRefreshTokenThatComesAgainLateEndsItsSession() {
    Reply tokens = token(server, fresh());
    Map<String, String> refresh = new LinkedHashMap<>();
    refresh.put("grant_type", "refresh_token");
    refresh.put("client_id", "notes-page");
    refresh.put("refresh_token", text(tokens, "refresh_token"));
    Reply next = token(server, refresh);
    CLOCK.move(Duration.ofSeconds(11));
    assertThat(text(token(server, refresh), "error")).isEqualTo("invalid_grant");
    refresh.put("refresh_token", text(next, "refresh_token"));
    assertThat(text(token(server, refresh), "error")).isEqualTo("invalid_grant");
  }

  @Test
  void aRefreshTokenOfAnApplicationIsNoneOfTheApi() {
    Reply tokens = token(server, fresh());
    Reply reply =
        server.send(
            "POST",
            "/auth/refresh",
            Map.of(),
            "{\"refreshToken\": \"%s\"}".formatted(text(tokens, "refresh_token")));
    assertThat(reply.status()).isEqualTo(401);
  }

  @Test
  void anIdTokenIsNoAccessToken() {
    Reply tokens = token(server, fresh());
    assertThat(
            server.send("GET", "/auth/me", Provider.bearer(text(tokens, "id_token")), "").status())
        .isEqualTo(401);
  }
}
