package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.VERIFIER;
import static dev.varve.face.oauth.Provider.authorize;
import static dev.varve.face.oauth.Provider.bearer;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.credentials;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Target.asking;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is good for one thing is brought to every other door, and is good for nothing there.
class OneForAnotherTest {
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

  /// @param own the only door at which it is good
  record Kind(String name, String own, Supplier<String> made) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Kind> kinds() {
    return Stream.of(
        new Kind("an authorization code", "code", OneForAnotherTest::code),
        new Kind(
            "the refresh token of an application",
            "refresh",
            () ->
                text(
                    Provider.token(target.server, codeForm("notes-page", PAGE, code())),
                    "refresh_token")),
        new Kind(
            "a device code",
            "device",
            () -> {
              Reply device = target.device();
              Visitor visitor = target.visitor(email);
              Reply page =
                  visitor.submit(
                      visitor.get(DevicePage.PATH), Map.of("code", text(device, "user_code")));
              visitor.submit(page, Map.of("decision", "allow"));
              return text(device, "device_code");
            }),
        new Kind(
            "the reference to a request",
            "request_uri",
            () ->
                Objects.requireNonNull(target.pushed().get("request_uri")).substring(URN.length())),
        new Kind(
            "a ticket for a second factor",
            "",
            () -> {
              target.enrolled(email);
              return text(target.post("/auth/sign-in", credentials(email)), "ticket");
            }),
        new Kind(
            "a refresh token of the API",
            "/auth/refresh",
            () -> text(target.post("/auth/sign-in", credentials(email)), "refreshToken")),
        new Kind(
            "an ID token",
            "",
            () ->
                text(
                    Provider.token(target.server, codeForm("notes-page", PAGE, code())),
                    "id_token")),
        new Kind(
            "a token that resets a password",
            "/auth/password/reset",
            () -> mailed("/auth/password/forgot", "Choose")),
        new Kind(
            "a token that signs in",
            "/auth/sign-in/link/confirm",
            () -> mailed("/auth/sign-in/link", "Sign in")),
        new Kind(
            "a token that confirms an address",
            "/auth/verify-email",
            () -> target.mail(email, "Confirm").token()),
        new Kind(
            "the cookie of a session",
            "cookie",
            () -> Objects.requireNonNull(target.visitor(email).cookies().get("varve-session"))),
        new Kind(
            "the cookie of a browser",
            "",
            () -> Objects.requireNonNull(target.visitor(email).cookies().get("varve-browser"))));
  }

  private static String code() {
    return Provider.code(target.visitor(), asking(), email);
  }

  private static final String URN = "urn:ietf:params:oauth:request_uri:";

  private static String mailed(String path, String subject) {
    String token = target.mail(email, "Confirm").token();
    target.post("/auth/verify-email", Map.of("token", token, "password", Provider.PASSWORD));
    assertThat(target.post(path, Map.of("email", email)).status()).isEqualTo(202);
    return target.mail(email, subject).token();
  }

  private static Map<String, Function<String, Reply>> uses() {
    Map<String, Function<String, Reply>> uses = new LinkedHashMap<>();
    uses.put("code", token -> Provider.token(target.server, codeForm("notes-page", PAGE, token)));
    uses.put(
        "refresh",
        token ->
            Provider.token(
                target.server,
                Map.of(
                    "grant_type",
                    "refresh_token",
                    "client_id",
                    "notes-page",
                    "refresh_token",
                    token)));
    uses.put("device", token -> Provider.token(target.server, Target.deviceForm(token)));
    uses.put(
        "request_uri",
        token ->
            authorize(
                target.visitor(), Map.of("client_id", "notes-page", "request_uri", URN + token)));
    uses.put("/auth/refresh", token -> target.post("/auth/refresh", Map.of("refreshToken", token)));
    uses.put(
        "/auth/sign-in/link/confirm",
        token -> target.post("/auth/sign-in/link/confirm", Map.of("token", token)));
    uses.put(
        "/auth/verify-email",
        token ->
            target.post(
                "/auth/verify-email", Map.of("token", token, "password", Provider.PASSWORD)));
    uses.put(
        "/auth/email/confirm",
        token ->
            target.post(
                "/auth/email/confirm", Map.of("token", token, "password", Provider.PASSWORD)));
    uses.put(
        "enrolment", token -> target.post("/auth/sign-in/enrol/totp", Map.of("ticket", token)));
    uses.put(
        "exchange",
        token ->
            target.post("/auth/providers/exchange", Map.of("code", token, "verifier", VERIFIER)));
    uses.put("bearer", token -> target.send("GET", "/auth/sessions", bearer(token), ""));
    uses.put("userinfo", token -> target.send("GET", UserInfo.PATH, bearer(token), ""));
    uses.put(
        "cookie",
        token ->
            target.send(
                "GET",
                "/auth/sessions",
                Map.of("Cookie", "varve-session=" + token, "Sec-Fetch-Site", "same-origin"),
                ""));
    uses.put(
        "/auth/password/reset",
        token ->
            target.post(
                "/auth/password/reset",
                Map.of("token", token, "newPassword", "another horse battery")));
    return uses;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void whatIsGoodForOneThingIsGoodForNothingElse(Kind kind) {
    // what has failed before is forgotten
    target.clock.move(Duration.ofDays(2));
    email = Provider.somebody(target.server);
    String token = kind.made().get();
    uses()
        .forEach((door, use) -> {
          if (!door.equals(kind.own())) {
            Reply reply = use.apply(token);
            assertThat(reply.status()).as("%s at %s: %s", kind, door, reply.text()).isIn(400, 401);
          }
        });
    if (!kind.own().isEmpty()) {
      Reply reply = Objects.requireNonNull(uses().get(kind.own())).apply(token);
      assertThat(reply.status()).as("and is good still: %s", reply.text()).isIn(200, 204);
    }
  }
}
