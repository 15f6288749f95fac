package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.PASSWORD;
import static dev.varve.face.oauth.Provider.bearer;
import static dev.varve.face.oauth.Provider.code;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.varve.identity.client.ClientSettings;
import dev.varve.kernel.Patience;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A client is told that its sessions have ended (OpenID Connect Back-Channel Logout 1.0), and who has signed in with a signature.
class LogoutNoticeTest {
  private static final SteppedClock CLOCK = SteppedClock.ticking();
  private static final List<String> TOLD = new CopyOnWriteArrayList<>();
  private static final AtomicInteger STATUS = new AtomicInteger(200);
  private static final AtomicInteger REFUSED = new AtomicInteger();
  private static final AtomicInteger LED_ASTRAY = new AtomicInteger();

  private static HttpServer client;
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    client = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    client.createContext("/ended", LogoutNoticeTest::ended);
    client.createContext(
        "/elsewhere",
        exchange -> {
          LED_ASTRAY.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    client.start();
    ClientSettings page = Objects.requireNonNull(Provider.clients().clients().get("notes-page"));
    server =
        TestServer.start(
            Bank.plan(
                CLOCK,
                SettingRecords.changed(
                    page,
                    Map.of(
                        "signedUserInfo",
                        true,
                        "backchannelLogoutUri",
                        "http://127.0.0.1:%d/ended".formatted(client.getAddress().getPort())))));
  }

  private static void ended(HttpExchange exchange) throws IOException {
    String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
    int status = STATUS.get();
    if (status == 200) {
      TOLD.add(form.substring("logout_token=".length()));
    } else {
      REFUSED.incrementAndGet();
      exchange.getResponseHeaders().add("Location", "/elsewhere");
    }
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  @AfterAll
  static void stop() {
    server.close();
    client.stop(0);
  }

  @BeforeEach
  void willing() {
    STATUS.set(200);
  }

  /// Somebody who has let the client in.
  record Guest(String email, Visitor visitor, Map<String, String> form, Reply tokens) {
    static Guest come(String scope) {
      String email = Provider.somebody(server);
      Visitor visitor = new Visitor(server);
      Map<String, String> form =
          codeForm("notes-page", PAGE, code(visitor, request("notes-page", PAGE, scope), email));
      return new Guest(email, visitor, form, token(server, form));
    }

    String session() {
      return String.valueOf(Provider.claims(text(tokens, "id_token")).get("sid"));
    }

    String own() {
      return Provider.signIn(server, email);
    }

    Map<String, String> refreshing() {
      return Map.of(
          "grant_type",
          "refresh_token",
          "client_id",
          "notes-page",
          "refresh_token",
          text(tokens, "refresh_token"));
    }
  }

  /// What ends the session of a guest.
  interface End {
    void happen(Guest guest);
  }

  private static Arguments end(String name, End end) {
    return arguments(name, end);
  }

  static Stream<Arguments> ends() {
    return Stream.of(
        end(
            "the browser signs out",
            guest -> guest.visitor().submit(guest.visitor().get(Logout.PATH), Map.of())),
        end(
            "the client signs out here too",
            guest ->
                guest
                    .visitor()
                    .get(Logout.PATH + "?id_token_hint=" + text(guest.tokens(), "id_token"))),
        end(
            "the client ends it",
            guest ->
                new Visitor(server)
                    .post(
                        TokenStatus.REVOKE,
                        Map.of(
                            "client_id",
                            "notes-page",
                            "token",
                            text(guest.tokens(), "refresh_token")))),
        end("the code comes again", guest -> token(server, guest.form())),
        end(
            "a refresh token comes again",
            guest -> {
              token(server, guest.refreshing());
              CLOCK.move(Duration.ofSeconds(11));
              token(server, guest.refreshing());
            }),
        end(
            "it is taken back",
            guest ->
                server.send("DELETE", "/auth/applications/notes-page", bearer(guest.own()), "")),
        end(
            "the session is ended",
            guest ->
                server.send(
                    "DELETE", "/auth/sessions/" + guest.session(), bearer(guest.own()), "")),
        end(
            "the password changes",
            guest ->
                server.send(
                    "POST",
                    "/auth/password",
                    bearer(guest.own()),
                    "{\"currentPassword\": \"%s\", \"newPassword\": \"another %s\"}"
                        .formatted(PASSWORD, PASSWORD))),
        end(
            "the account is disabled",
            guest -> server.administration().setDisabled(guest.email(), true)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ends")
  void whateverEndsASessionItsClientIsTold(String name, End end) throws Exception {
    Guest guest = Guest.come("openid");
    end.happen(guest);
    SignedJWT told = told(guest.session());
    assertThat(told.getHeader().getType().toString()).isEqualTo("logout+jwt");
    assertThat(told.getJWTClaimsSet().getClaims())
        .containsOnlyKeys("iss", "sub", "aud", "iat", "exp", "jti", "sid", "events")
        .containsEntry(
            "events", Map.of("http://schemas.openid.net/event/backchannel-logout", Map.of()));
    assertThat(told.getJWTClaimsSet().getClaims())
        .containsEntry("iss", Bank.ISSUER)
        .containsEntry("aud", List.of("notes-page"))
        .containsEntry("sub", Provider.claims(text(guest.tokens(), "id_token")).get("sub"));
    assertThat(told.getJWTClaimsSet().getExpirationTime())
        .isAfter(Date.from(CLOCK.instant()))
        .isBefore(Date.from(CLOCK.instant().plusSeconds(121)));
    assertThat(isSigned(told)).isTrue();
  }

  private static boolean isSigned(SignedJWT token) throws Exception {
    JWK key = Objects.requireNonNull(keys().getKeyByKeyId(token.getHeader().getKeyID()));
    return token.verify(new ECDSAVerifier(key.toECKey()));
  }

  private static JWKSet keys() throws Exception {
    return JWKSet.parse(server.get("/.well-known/jwks.json").text());
  }

  private static SignedJWT told(String session) throws Exception {
    Patience.until("the client is told", () -> find(session).isPresent());
    return (SignedJWT) JWTParser.parse(find(session).orElseThrow());
  }

  /// Time goes on until it is tried again.
  private static void toldLater(String session) {
    Patience.until(
        "the client is told later",
        () -> {
          CLOCK.move(Duration.ofSeconds(1));
          return find(session).isPresent();
        });
  }

  private static Optional<String> find(String session) {
    return TOLD.stream()
        .filter(told -> session.equals(Provider.claims(told).get("sid")))
        .findFirst();
  }

  @Test
  void whoCannotBeToldIsToldLaterAndAfterARestart() throws Exception {
    STATUS.set(500);
    Guest guest = Guest.come("openid");
    int before = REFUSED.get();
    guest.visitor().submit(guest.visitor().get(Logout.PATH), Map.of());
    Patience.until("it is refused", () -> REFUSED.get() > before);
    server.restart();
    STATUS.set(200);
    toldLater(guest.session());
  }

  @Test
  void nobodyIsLedElsewhere() throws Exception {
    STATUS.set(302);
    Guest guest = Guest.come("openid");
    int before = REFUSED.get();
    guest.visitor().submit(guest.visitor().get(Logout.PATH), Map.of());
    Patience.until("it leads elsewhere", () -> REFUSED.get() > before);
    STATUS.set(200);
    toldLater(guest.session());
    assertThat(LED_ASTRAY).hasValue(0);
  }

  @Test
  void whatGoesOnIsNotSaidToHaveEnded() throws Exception {
    Guest staying = Guest.come("openid offline_access");
    staying.visitor().submit(staying.visitor().get(Logout.PATH), Map.of());
    Guest leaving = Guest.come("openid");
    leaving.visitor().submit(leaving.visitor().get(Logout.PATH), Map.of());
    told(leaving.session());
    assertThat(find(staying.session())).isEmpty();
  }

  @Test
  void whatIsToldIsGoodForNothingElse() throws Exception {
    Guest guest = Guest.come("openid");
    guest.visitor().submit(guest.visitor().get(Logout.PATH), Map.of());
    String told = told(guest.session()).serialize();
    assertThat(server.send("GET", UserInfo.PATH, bearer(told), "").status()).isEqualTo(401);
    assertThat(hinting(told)).isEqualTo("invalid_request");
  }

  private static String hinting(String token) {
    Map<String, String> asked = request("notes-page", PAGE, "openid");
    asked.put("id_token_hint", token);
    Reply reply = Provider.authorize(new Visitor(server), asked);
    return String.valueOf(Visitor.parameters(reply.header("Location")).get("error"));
  }

  @Test
  void whoHasSignedInIsToldWithASignature() throws Exception {
    Guest guest = Guest.come("openid email");
    for (String method : List.of("GET", "POST")) {
      Reply reply =
          server.send(method, UserInfo.PATH, bearer(text(guest.tokens(), "access_token")), "");
      assertThat(reply.header("Content-Type")).isEqualTo("application/jwt");
      SignedJWT told = SignedJWT.parse(reply.text());
      assertThat(isSigned(told)).isTrue();
      assertThat(told.getJWTClaimsSet().getClaims())
          .containsEntry("iss", Bank.ISSUER)
          .containsEntry("aud", List.of("notes-page"))
          .containsEntry("email", guest.email())
          .containsEntry("sub", Provider.claims(text(guest.tokens(), "id_token")).get("sub"));
      assertThat(hinting(reply.text())).as("it is no ID token").isEqualTo("invalid_request");
      assertThat(server.send("GET", UserInfo.PATH, bearer(reply.text()), "").status())
          .as("and no access token")
          .isEqualTo(401);
    }
  }
}
