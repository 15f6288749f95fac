package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Clients that authenticate with what they have signed (RFC 7523), as FAPI 2.0 wants it.
class ClientAssertionTest {
  private static final SteppedClock CLOCK = SteppedClock.standing();
  private static final KeyHolder KEY = KeyHolder.es256();
  private static final KeyHolder RSA = KeyHolder.rsa("PS256");
  private static final KeyHolder OLD = KeyHolder.rsa("RS256");
  private static final Map<String, String> FORM = Map.of("grant_type", "client_credentials");

  private static TestServer server;

  @BeforeAll
  static void start() {
    server =
        TestServer.start(
            Bank.plan(
                CLOCK,
                Bank.settings(KEY, RSA),
                SettingRecords.changed(Bank.settings(OLD), Map.of("id", "old"))));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static long now() {
    return CLOCK.instant().getEpochSecond();
  }

  record Assertion(Map<String, Object> header, Map<String, Object> claims) {}

  private static Arguments row(String name, Consumer<Assertion> change) {
    return arguments(name, change);
  }

  private static Reply ask(Consumer<Assertion> change) {
    Assertion assertion =
        new Assertion(
            KEY.assertionHeader(),
            KeyHolder.assertionClaims(Bank.ID, Bank.ISSUER, CLOCK.instant()));
    change.accept(assertion);
    return token(server, Bank.asserted(FORM, KEY.signed(assertion.header(), assertion.claims())));
  }

  static Stream<Arguments> good() {
    return Stream.of(
        row("as it should be", _ -> {}),
        row("typ of RFC 10070", a -> a.header().put("typ", "client-authentication+jwt")),
        row("typ JWT", a -> a.header().put("typ", "JWT")),
        row("no kid", a -> a.header().remove("kid")),
        row("no iat", a -> a.claims().remove("iat")),
        row("iat 8 s ahead", a -> a.claims().put("iat", now() + 8)),
        row("nbf 8 s ahead", a -> a.claims().put("nbf", now() + 8)),
        row("exp 300 s ahead", a -> a.claims().put("exp", now() + 300)),
        row("more claims", a -> a.claims().put("more", Map.of("a", 1L))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("good")
  void isTaken(String name, Consumer<Assertion> change) {
    Reply reply = ask(change);
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        row("5 min past exp", a -> a.claims().put("exp", now() - 300)),
        row("expired now", a -> a.claims().put("exp", now())),
        row("exp 301 s ahead", a -> a.claims().put("exp", now() + 301)),
        row("no exp", a -> a.claims().remove("exp")),
        row("exp as a text", a -> a.claims().put("exp", "soon")),
        row(
            "aud is the token endpoint",
            a -> a.claims().put("aud", Bank.ISSUER + TokenEndpoint.PATH)),
        row(
            "aud is the PAR endpoint",
            a -> a.claims().put("aud", Bank.ISSUER + PushedRequests.PATH)),
        row("aud is a list", a -> a.claims().put("aud", List.of(Bank.ISSUER))),
        row("aud is longer", a -> a.claims().put("aud", Bank.ISSUER + "/")),
        row("no aud", a -> a.claims().remove("aud")),
        row("no sub", a -> a.claims().remove("sub")),
        row("sub is another", a -> a.claims().put("sub", "office")),
        row("no iss", a -> a.claims().remove("iss")),
        row("iss is another", a -> a.claims().put("iss", "office")),
        row("no jti", a -> a.claims().remove("jti")),
        row("jti is endless", a -> a.claims().put("jti", "x".repeat(300))),
        row("iat 70 s ahead", a -> a.claims().put("iat", now() + 70)),
        row("nbf 70 s ahead", a -> a.claims().put("nbf", now() + 70)),
        row("typ of an access token", a -> a.header().put("typ", "at+jwt")),
        row("another kid", a -> a.header().put("kid", RSA.id())),
        row("alg none", a -> a.header().put("alg", "none")),
        row("alg HS256", a -> a.header().put("alg", "HS256")),
        row("no alg", a -> a.header().remove("alg")),
        row("critical parts", a -> a.header().put("crit", List.of("exp"))),
        row("an empty jti", a -> a.claims().put("jti", "")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void isRefused(String name, Consumer<Assertion> change) {
    Reply reply = ask(change);
    assertThat(text(reply, "error")).as(reply.text()).isEqualTo("invalid_client");
    assertThat(reply.status()).isEqualTo(401);
  }

  @Test
  void whoSignedItIsAKeyOfTheClientWithItsAlgorithm() {
    assertThat(token(server, Bank.asserted(FORM, RSA, CLOCK.instant())).status()).isEqualTo(200);
    assertThat(error(Bank.asserted(FORM, RSA.with("RS256"), CLOCK.instant())))
        .as("RS256 with a key that does not say so")
        .isEqualTo("invalid_client");
    assertThat(error(Bank.asserted(FORM, KeyHolder.es256(), CLOCK.instant())))
        .isEqualTo("invalid_client");
    String old = OLD.assertion("old", Bank.ISSUER, CLOCK.instant());
    assertThat(token(server, Bank.asserted(FORM, old)).status()).isEqualTo(200);
    String good = KEY.assertion(Bank.ID, Bank.ISSUER, CLOCK.instant());
    String other = KEY.assertion(Bank.ID, Bank.ISSUER, CLOCK.instant());
    String mixed =
        good.substring(0, good.lastIndexOf('.')) + other.substring(other.lastIndexOf('.'));
    assertThat(error(Bank.asserted(FORM, mixed)))
        .as("a wrong signature")
        .isEqualTo("invalid_client");
  }

  private static String error(Map<String, String> form) {
    return text(token(server, form), "error");
  }

  @Test
  void itIsGoodOnceEverywhere() {
    Map<String, String> form = Bank.asserted(FORM, KEY, CLOCK.instant());
    assertThat(token(server, form).status()).isEqualTo(200);
    assertThat(error(form)).isEqualTo("invalid_client");
    Map<String, String> pushing =
        new LinkedHashMap<>(Provider.request(Bank.ID, Bank.BACK, "openid"));
    pushing.putAll(form);
    assertThat(text(new Visitor(server).post(PushedRequests.PATH, pushing), "error"))
        .isEqualTo("invalid_client");
  }

  @Test
  void itIsTheOneWayOfARequest() {
    Map<String, String> form = Bank.asserted(FORM, KEY, CLOCK.instant());
    Map<String, String> secret = new LinkedHashMap<>(form);
    secret.put("client_secret", "guess");
    assertThat(error(secret)).isEqualTo("invalid_request");
    Map<String, String> named = new LinkedHashMap<>(form);
    named.put("client_id", "office");
    assertThat(error(named)).isEqualTo("invalid_request");
    Map<String, String> untyped = new LinkedHashMap<>(form);
    untyped.remove("client_assertion_type");
    assertThat(error(untyped)).isEqualTo("invalid_client");
    Map<String, String> missing = new LinkedHashMap<>(form);
    missing.remove("client_assertion");
    assertThat(error(missing)).isEqualTo("invalid_client");
    Map<String, String> none = new LinkedHashMap<>(FORM);
    none.put("client_id", Bank.ID);
    assertThat(error(none)).as("no proof at all").isEqualTo("invalid_client");
    assertThat(token(server, form).status()).as("nothing of that used it up").isEqualTo(200);
  }
}
