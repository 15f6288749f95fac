package dev.varve.face.oauth;

import static dev.varve.face.oauth.Move.move;
import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.VERIFIER;
import static dev.varve.face.oauth.Provider.authorize;
import static dev.varve.face.oauth.Provider.bearer;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.credentials;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Target.asking;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.provider.FakeProvider;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What attackers do to people who sign in to applications, each move a row. docs/concepts/abuse.md lists all moves, those too that
/// other tests make.
class AbuseTest {
  private static Target target;
  private static String email = "";

  @BeforeAll
  static void start() {
    target = new Target();
  }

  @AfterAll
  static void stop() {
    target.close();
  }

  @BeforeEach
  void somebody() {
    email = Provider.somebody(target.server);
  }

  // ---- sending a browser elsewhere ----

  /// A way by which somebody is told where a browser goes on.
  ///
  /// @param takes what comes of an address there
  record Door(String name, Takes takes) {
    @Override
    public String toString() {
      return name;
    }
  }

  @FunctionalInterface
  interface Takes {
    Reply address(String address);
  }

  private static final List<String> ELSEWHERE =
      List.of(
          "https://evil.example/",
          "//evil.example",
          "///evil.example",
          "//evil.example/callback",
          "/\\evil.example",
          "\\\\evil.example",
          "https:\\\\evil.example",
          "https:/evil.example",
          "https:evil.example",
          "https://notes.example@evil.example/callback",
          "https://notes.example%40evil.example/callback",
          "https://notes.example\\@evil.example/callback",
          "https://notes.example;@evil.example/callback",
          "https://notes.example.evil.example/callback",
          "https://notes.example:443/callback",
          "https://notes.example./callback",
          "https://NOTES.example/callback",
          "https://n\u043etes.example/callback",
          "http://notes.example/callback",
          "https://notes.example/callback/",
          "https://notes.example/callback/../evil",
          "https://notes.example/x/../callback",
          "https://notes.example/callback/..%2fevil",
          "https://notes.example/%63allback",
          "https://notes.example/callback?more=1",
          "https://notes.example/callback#https://evil.example",
          "https://notes.example/callback%0d%0aLocation:%20https://evil.example",
          "https://notes.example/callback\r\nLocation: https://evil.example",
          " https://notes.example/callback",
          "https://notes.example/callback ",
          "https://notes.example/callback\u0000",
          "/callback",
          "callback",
          "/\t/evil.example",
          "/%2F/evil.example",
          "/..//evil.example",
          "/a\"onclick=alert(1)",
          "/a?b=https://evil.example",
          "javascript:alert(1)",
          "javascript://notes.example/callback%0aalert(1)",
          "data:text/html,<script>alert(1)</script>",
          "vbscript:x",
          "http://127.0.0.1@evil.example/callback",
          "http://127.0.0.1.evil.example/callback",
          "http://127.0.0.1:x/callback",
          "http://127.0.0.1:1/other",
          "http://localhost:1/callback",
          "http://[::1]@evil.example/callback",
          "http://0.0.0.0/callback",
          "http://127.1/callback");

  static Stream<Door> doors() {
    return Stream.of(
        new Door(
            "redirect_uri of a link to the authorization endpoint",
            address -> authorize(target.visitor(), asking("redirect_uri", address))),
        new Door(
            "redirect_uri of a form to the authorization endpoint",
            address -> {
              Visitor visitor = target.visitor();
              Reply round =
                  visitor.post(AuthorizationEndpoint.PATH, asking("redirect_uri", address));
              return visitor.get(round.header("Location"));
            }),
        new Door(
            "redirect_uri of a browser in which somebody has let the client in",
            address -> authorize(letIn(), asking("redirect_uri", address, "prompt", "none"))),
        new Door(
            "redirect_uri of a request that is wrong otherwise too",
            address ->
                authorize(
                    target.visitor(), asking("redirect_uri", address, "response_type", "token"))),
        new Door(
            "redirect_uri of a request that is pushed",
            address -> target.visitor().post(PushedRequests.PATH, asking("redirect_uri", address))),
        new Door(
            "post_logout_redirect_uri with the right hint",
            address -> {
              Visitor visitor = letIn();
              return visitor.send(
                  "GET",
                  Logout.PATH
                      + "?"
                      + Visitor.form(
                          Map.of("id_token_hint", idToken, "post_logout_redirect_uri", address)),
                  Map.of(),
                  "");
            }),
        new Door(
            "returnTo of the page on which people sign up",
            address -> target.visitor().get("/auth/sign-up?" + returnTo(address))),
        new Door(
            "returnTo of the form that signs up",
            address ->
                target
                    .visitor()
                    .post(
                        "/auth/sign-up",
                        Map.of("email", email, "password", "short", "returnTo", address))),
        new Door(
            "returnTo of the page for a forgotten password",
            address -> target.visitor().get("/auth/password/forgot?" + returnTo(address))),
        new Door(
            "returnTo of the form for a forgotten password",
            address ->
                target
                    .visitor()
                    .post(
                        "/auth/password/forgot",
                        Map.of("email", "nobody@example.com", "returnTo", address))),
        new Door(
            "returnTo of the way to a provider",
            address ->
                target
                    .visitor()
                    .send(
                        "GET",
                        "/auth/providers/staff/start?"
                            + returnTo(address)
                            + "&challenge="
                            + FakeProvider.challenge(VERIFIER),
                        Map.of(),
                        "")),
        new Door(
            "returnTo of a link to a provider",
            address ->
                target.send(
                    "POST",
                    "/auth/providers/staff/link",
                    bearer(Provider.signIn(target.server, email)),
                    Target.json(
                        Map.of(
                            "returnTo", address, "challenge", FakeProvider.challenge(VERIFIER))))));
  }

  private static String idToken = "";
  private static Visitor known = new Visitor((_, _, _, _) -> new Reply(0, Map.of(), new byte[0]));

  /// Somebody who is signed in and has let the client in, and the ID token that it got.
  private static Visitor letIn() {
    boolean open =
        !idToken.isEmpty()
            && authorize(known, asking("prompt", "none")).header("Location").contains("code=");
    if (!open) {
      known = target.visitor();
      String code = Provider.code(known, asking(), email);
      idToken = text(Provider.token(target.server, codeForm("notes-page", PAGE, code)), "id_token");
    }
    return known;
  }

  private static String returnTo(String address) {
    return Visitor.form(Map.of("returnTo", address));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("doors")
  void nobodyIsSentElsewhere(Door door) {
    idToken = "";
    for (String address : ELSEWHERE) {
      Reply reply = door.takes().address(address);
      String what = "%s = %s".formatted(door, address);
      target.assertStaysHere(what, reply);
      assertThat(reply.text()).as(what).doesNotContain("onclick=alert", "<script>alert");
      assertThat(reply.header("Set-Cookie")).as(what).doesNotContain("evil");
    }
  }

  // ---- confusing clients of many servers ----

  /// Who answers stands in every answer (RFC 9207), or a client that knows an attacker's server too takes one for the other.
  static Stream<Move> answers() {
    return Stream.of(
        move(
            "a code, in the address",
            () -> assertNamesIssuer(Visitor.parameters(Target.back(letIn(), asking())))),
        move(
            "a code, in a form",
            () ->
                assertNamesIssuer(
                    Target.fields(authorize(letIn(), asking("response_mode", "form_post"))))),
        move(
            "that nobody is signed in, in the address",
            () ->
                assertNamesIssuer(
                    Visitor.parameters(Target.back(target.visitor(), asking("prompt", "none"))))),
        move(
            "that nobody is signed in, in a form",
            () ->
                assertNamesIssuer(
                    Target.fields(
                        authorize(
                            target.visitor(),
                            asking("prompt", "none", "response_mode", "form_post"))))),
        move(
            "that a request is wrong",
            () ->
                assertNamesIssuer(
                    Visitor.parameters(Target.back(target.visitor(), asking("max_age", "soon"))))),
        move(
            "that somebody has refused",
            () -> {
              Visitor visitor = target.visitor();
              Reply page = authorize(visitor, asking());
              Reply refused = visitor.submitAlone(page, Map.of("decision", "deny"));
              assertNamesIssuer(Visitor.parameters(refused.header("Location")));
            }),
        move(
            "that somebody has refused what was pushed",
            () -> {
              Visitor visitor = target.visitor();
              Reply refused =
                  visitor.submitAlone(
                      authorize(visitor, target.pushed()), Map.of("decision", "deny"));
              assertNamesIssuer(Visitor.parameters(refused.header("Location")));
            }),
        move(
            "an error that a client gets which nobody knows",
            () -> {
              String id = target.registered("Tool");
              Reply page =
                  authorize(
                      target.visitor(),
                      Target.with(Provider.request(id, Target.TOOL, "openid"), "prompt", "none"));
              assertThat(page.status()).isEqualTo(400);
              assertThat(page.text()).contains("iss=" + Visitor.encoded(issuer()));
            }));
  }

  private static String issuer() {
    return text(target.send("GET", Metadata.OPENID, Map.of(), ""), "issuer");
  }

  private static void assertNamesIssuer(Map<String, String> answer) {
    assertThat(answer).containsEntry("iss", issuer()).containsKey("state");
    assertThat(answer.containsKey("code")).isNotEqualTo(answer.containsKey("error"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void everyAnswerNamesWhoGivesIt(Move move) throws Throwable {
    move.make();
  }

  // ---- bringing what is another's ----

  static Stream<Move> codes() {
    return Stream.of(
        move(
            "a code with the id of another client",
            () ->
                refused(form -> {
                  form.put("client_id", target.registered("Tool"));
                })),
        move(
            "a code with the address of another client",
            () ->
                refused(form -> {
                  form.put("redirect_uri", Target.TOOL);
                })),
        move(
            "a code with the verifier of another session",
            () ->
                refused(form -> {
                  form.put("code_verifier", "a-verifier-of-an-attacker-who-asked-for-it-first");
                })),
        move(
            "a code with the challenge in the place of the verifier, as with plain",
            () ->
                refused(form -> {
                  form.put("code_verifier", Provider.challenge(VERIFIER));
                })),
        move("a code without a verifier", () -> refused(form -> form.remove("code_verifier"))),
        move("a code with an empty verifier", () -> refused(form -> form.put("code_verifier", ""))),
        move(
            "a code with a verifier, and a method that says plain",
            () ->
                refused(form -> {
                  form.put("code_verifier", Provider.challenge(VERIFIER));
                  form.put("code_challenge_method", "plain");
                })),
        move(
            "a code in the query, where logs are",
            () -> {
              Map<String, String> form = codeForm("notes-page", PAGE, code());
              String code = Objects.requireNonNull(form.remove("code"));
              Reply reply = target.visitor().post(TokenEndpoint.PATH + "?code=" + code, form);
              assertThat(text(reply, "error")).isEqualTo("invalid_request");
            }),
        move(
            "a code whose request asked for no challenge",
            () -> {
              Map<String, String> asked = asking();
              asked.remove("code_challenge");
              asked.remove("code_challenge_method");
              assertThat(Visitor.parameters(Target.back(letIn(), asked)))
                  .containsEntry("error", "invalid_request");
            }),
        move(
            "a challenge that says plain",
            () ->
                assertThat(
                        Visitor.parameters(
                            Target.back(
                                letIn(),
                                asking(
                                    "code_challenge_method", "plain", "code_challenge", VERIFIER))))
                    .containsEntry("error", "invalid_request")),
        move(
            "the flow of somebody else in one's own browser",
            () -> {
              Visitor attacker = target.visitor();
              Reply page = authorize(attacker, asking());
              Reply other = target.visitor().submitAlone(page, credentials(email));
              assertThat(other.status()).isEqualTo(400);
              assertThat(other.header("Set-Cookie")).doesNotContain("session");
            }),
        move(
            "the consent of somebody else, asked for in another browser",
            () -> {
              Visitor attacker = target.visitor(Provider.somebody(target.server));
              Visitor victim = target.visitor();
              Reply consent = victim.submit(authorize(victim, asking()), credentials(email));
              assertThat(consent.text()).contains("Let Notes");
              Reply stolen = attacker.submitAlone(consent, Map.of("decision", "allow"));
              assertThat(stolen.status()).isEqualTo(400);
              assertThat(stolen.header("Location")).isEmpty();
            }),
        move(
            "a token in the address of a resource",
            () -> {
              String access =
                  text(
                      Provider.token(target.server, codeForm("notes-page", PAGE, code())),
                      "access_token");
              assertThat(
                      target
                          .send("GET", UserInfo.PATH + "?access_token=" + access, Map.of(), "")
                          .status())
                  .isEqualTo(401);
            }));
  }

  private static String code() {
    return Objects.requireNonNull(Visitor.parameters(Target.back(letIn(), asking())).get("code"));
  }

  /// A code is worth nothing with what is changed, and nothing afterwards.
  private static void refused(Consumer<Map<String, String>> change) {
    String code = code();
    Map<String, String> form = codeForm("notes-page", PAGE, code);
    change.accept(form);
    Reply reply = Provider.token(target.server, form);
    assertThat(reply.status()).as(reply.text()).isEqualTo(400);
    assertThat(text(reply, "error")).isEqualTo("invalid_grant");
    assertThat(text(Provider.token(target.server, codeForm("notes-page", PAGE, code)), "error"))
        .as("used up by the wrong use")
        .isEqualTo("invalid_grant");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("codes")
  void whatIsAnothersIsWorthNothing(Move move) throws Throwable {
    move.make();
  }

  // ---- who a request says that the server is ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /.well-known/openid-configuration",
        "GET /.well-known/oauth-authorization-server",
        "GET /.well-known/oauth-protected-resource",
        "GET /api/notes",
        "GET /oauth2/userinfo",
        "GET /oauth2/logout",
        "GET /auth/providers",
        "POST /oauth2/device_authorization"
      })
  void aForgedHostStandsInNoAnswer(String line) throws IOException {
    String body = "client_id=television&scope=openid";
    boolean posts = line.startsWith("POST");
    String request =
        "%s HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n"
                .formatted(line)
            + "Forwarded: host=evil.example;proto=https\r\nX-Original-URL: https://evil.example/\r\nConnection: close\r\n"
            + (posts
                ? "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(body.length(), body)
                : "\r\n");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), target.server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 ").doesNotContain("evil.example", "HTTP/1.1 5");
    }
  }
}
