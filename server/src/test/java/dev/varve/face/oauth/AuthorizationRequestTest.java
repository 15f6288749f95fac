package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.authorize;
import static dev.varve.face.oauth.Provider.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What comes of requests at the authorization endpoint that are not as they should be, and of those that look odd and are fine.
class AuthorizationRequestTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start(Provider.plan());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// A request that is fine, but for one parameter; `null` takes it out.
  private static Map<String, String> but(String name, String value) {
    Map<String, String> parameters =
        new LinkedHashMap<>(request("notes-page", PAGE, "openid notes:read"));
    if (value.equals("(none)")) {
      parameters.remove(name);
    } else {
      parameters.put(name, value);
    }
    return parameters;
  }

  static Stream<Arguments> toThePerson() {
    return Stream.of(
        arguments("client_id", "(none)"),
        arguments("client_id", "nobody"),
        arguments("client_id", "varve"),
        arguments("redirect_uri", "(none)"));
  }

  @ParameterizedTest(name = "{0} = {1}")
  @MethodSource("toThePerson")
  void whoAsksAndWhereTheAnswerGoesIsToldToThePerson(String name, String value) {
    Reply reply = authorize(new Visitor(server), but(name, value));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.header("Location")).isEmpty();
    assertThat(reply.text()).contains("That did not work");
  }

  static Stream<Arguments> toTheClient() {
    return Stream.of(
        arguments("response_type", "(none)", "invalid_request"),
        arguments("response_type", "token", "unsupported_response_type"),
        arguments("response_type", "code id_token", "unsupported_response_type"),
        arguments("response_type", "CODE", "unsupported_response_type"),
        arguments("response_mode", "fragment", "invalid_request"),
        arguments("scope", "(none)", "invalid_scope"),
        arguments("scope", "api", "invalid_scope"),
        arguments("scope", "nothing known", "invalid_scope"),
        arguments("code_challenge", "(none)", "invalid_request"),
        arguments("code_challenge", "short", "invalid_request"),
        arguments("code_challenge", "x".repeat(44), "invalid_request"),
        arguments("code_challenge", "=".repeat(43), "invalid_request"),
        arguments("code_challenge_method", "(none)", "invalid_request"),
        arguments("code_challenge_method", "plain", "invalid_request"),
        arguments("code_challenge_method", "s256", "invalid_request"),
        arguments("prompt", "none login", "invalid_request"),
        arguments("prompt", "none", "login_required"),
        arguments("max_age", "-1", "invalid_request"),
        arguments("max_age", "soon", "invalid_request"),
        arguments("max_age", "99999999999999999999", "invalid_request"),
        arguments("id_token_hint", "no.token.at-all", "invalid_request"),
        arguments("resource", "https://other.example/", "invalid_target"),
        arguments("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
        arguments("request_uri", "https://evil.example/r", "request_uri_not_supported"),
        arguments("nonce", "n".repeat(2_001), "invalid_request"));
  }

  @ParameterizedTest(name = "{0} = {1}: {2}")
  @MethodSource("toTheClient")
  void theRestIsToldToTheClient(String name, String value, String error) {
    Reply reply = authorize(new Visitor(server), but(name, value));
    assertThat(reply.status()).isEqualTo(302);
    assertThat(reply.header("Location")).startsWith(PAGE + "?");
    Map<String, String> answer = Visitor.parameters(reply.header("Location"));
    assertThat(answer)
        .containsEntry("error", error)
        .containsEntry("state", "a state & more")
        .containsOnlyKeys("error", "error_description", "state", "iss");
    assertThat(answer.get("error_description")).matches("[ -~&&[^\"\\\\]]+");
  }

  static Stream<Arguments> fine() {
    return Stream.of(
        arguments("nonce", "(none)"),
        arguments("nonce", "n".repeat(384)),
        arguments("state", "(none)"),
        arguments("state", "s".repeat(384)),
        arguments("scope", "notes:read"),
        arguments("scope", "phone notes:read address openid"),
        arguments("display", "popup"),
        arguments("ui_locales", "de en"),
        arguments("ui_locales", "de_DE"),
        arguments("display", "odd"),
        arguments("claims", "{"),
        arguments("claims_locales", "de"),
        arguments("acr_values", "1 2"),
        arguments("unknown", "value"),
        arguments("prompt", "login"),
        arguments("prompt", "consent login"),
        arguments("max_age", "0"),
        arguments("redirect_uri", "http://127.0.0.1:49152/callback"),
        arguments("response_mode", "form_post"),
        arguments("response_mode", "query"));
  }

  @ParameterizedTest(name = "{0} = {1}")
  @MethodSource("fine")
  void whatIsFineGoesOn(String name, String value) {
    Reply reply = authorize(new Visitor(server), but(name, value));
    assertThat(reply.status()).as(reply.header("Location")).isEqualTo(200);
    assertThat(reply.text()).contains("<h1>Sign in</h1>");
  }

  @Test
  void whatMayBeAskedByAFormToo() {
    Visitor visitor = new Visitor(server);
    Reply first = visitor.post(AuthorizationEndpoint.PATH, request("notes-page", PAGE, "openid"));
    assertThat(first.status()).isEqualTo(303);
    assertThat(visitor.get(first.header("Location")).text()).contains("<h1>Sign in</h1>");
  }

  @Test
  void aFormWithOddNamesIsAnsweredToo() {
    Visitor visitor = new Visitor(server);
    Map<String, String> odd = new LinkedHashMap<>(request("notes-page", PAGE, "openid"));
    odd.put("näme & more=", "väl");
    Reply first = visitor.post(AuthorizationEndpoint.PATH, odd);
    assertThat(first.status()).isEqualTo(303);
    assertThat(visitor.get(first.header("Location")).text()).contains("<h1>Sign in</h1>");
    odd.put("long", "x".repeat(10_000));
    assertThat(visitor.post(AuthorizationEndpoint.PATH, odd).status()).isEqualTo(413);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("twice")
  void nothingMayBeSaidTwice(String name, int status) {
    String query = Visitor.form(request("notes-page", PAGE, "openid"));
    Reply reply =
        new Visitor(server).get(AuthorizationEndpoint.PATH + "?" + query + "&" + name + "=another");
    assertThat(reply.status()).isEqualTo(status);
    if (status == 302) {
      assertThat(Visitor.parameters(reply.header("Location")))
          .containsEntry("error", "invalid_request");
    }
  }

  static Stream<Arguments> twice() {
    return Stream.of(
        arguments("client_id", 400),
        arguments("redirect_uri", 400),
        arguments("response_type", 302),
        arguments("scope", 302),
        arguments("state", 302),
        arguments("nonce", 302),
        arguments("code_challenge", 302),
        arguments("prompt", 302));
  }
}
