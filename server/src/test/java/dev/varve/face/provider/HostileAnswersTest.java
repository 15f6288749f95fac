package dev.varve.face.provider;

import static dev.varve.face.provider.Traveller.code;
import static dev.varve.face.provider.Traveller.error;
import static dev.varve.face.provider.Traveller.setOut;
import static dev.varve.face.provider.Traveller.settings;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.varve.face.oauth.Visitor;
import dev.varve.face.provider.FakeProvider.Handler;
import dev.varve.face.provider.FakeProvider.Return;
import dev.varve.face.provider.FakeProvider.Signing;
import dev.varve.identity.provider.Preset;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a provider, or somebody in its place, answers that nobody must believe; and browsers that come back with what is not theirs.
/// Whatever it is, nobody is signed in, and nothing is linked.
class HostileAnswersTest {
  private static final SteppedClock CLOCK = SteppedClock.ticking();
  private static final FakeProvider STAFF = new FakeProvider();
  private static final FakeProvider OTHER = new FakeProvider();
  private static final FakeMicrosoft MICROSOFT = new FakeMicrosoft();
  private static final FakeGitHub GITHUB = new FakeGitHub();
  private static final FakeProvider FRESH = new FakeProvider();
  // made before anybody waits for an answer
  private static final RSAKey NAMESAKE = FakeProvider.rsaKey("key-1");
  private static final RSAKey STRANGER = FakeProvider.rsaKey("key-9");

  private static TestServer server;
  private Traveller traveller = traveller();
  private long linksBefore;

  private static Traveller traveller() {
    return new Traveller(server);
  }

  @BeforeAll
  static void start() {
    server =
        TestServer.start(
            Traveller.plan(
                    settings("staff", Preset.OPENID, STAFF.url()),
                    settings("other", Preset.OPENID, OTHER.url()),
                    settings("microsoft", Preset.MICROSOFT, MICROSOFT.url() + "/common/v2.0"),
                    settings("github", Preset.GITHUB, GITHUB.url()),
                    settings("fresh", Preset.OPENID, FRESH.url()))
                .with(CLOCK));
  }

  @AfterAll
  static void stop() {
    server.close();
    List.of(STAFF, OTHER, MICROSOFT, GITHUB, FRESH).forEach(FakeProvider::close);
  }

  @BeforeEach
  void somebody() {
    traveller = new Traveller(server);
    List.of(STAFF, OTHER, MICROSOFT, GITHUB, FRESH).forEach(FakeProvider::reset);
    STAFF.person = person();
    OTHER.person = person();
    linksBefore = links();
  }

  @AfterEach
  void nothingIsLinked() {
    assertThat(links()).isEqualTo(linksBefore);
  }

  private static long links() {
    return Long.parseLong(server.column("SELECT count(*) FROM varve_link").getFirst());
  }

  private static Map<String, Object> person() {
    String subject = UUID.randomUUID().toString();
    return Map.of(
        "sub",
        subject,
        "email",
        subject + "@example.com",
        "email_verified",
        true,
        "name",
        "Ada Lovelace");
  }

  private static Arguments claim(String what, String name, Object value) {
    return Arguments.of(
        what,
        (Consumer<FakeProvider>)
            provider ->
                provider.claims =
                    claims -> {
                      Map<String, Object> changed = new HashMap<>(claims);
                      changed.put(name, value);
                      return changed;
                    });
  }

  private static Arguments without(String what, String name) {
    return Arguments.of(
        what,
        (Consumer<FakeProvider>)
            provider ->
                provider.claims =
                    claims -> {
                      Map<String, Object> changed = new HashMap<>(claims);
                      changed.remove(name);
                      return changed;
                    });
  }

  private static Arguments signed(String what, Signing signing) {
    return Arguments.of(what, (Consumer<FakeProvider>) provider -> provider.signing = signing);
  }

  private static Arguments answers(String what, String path, Handler handler) {
    return Arguments.of(
        what, (Consumer<FakeProvider>) provider -> provider.instead = Map.of(path, handler));
  }

  private static Arguments sendsBack(String what, String name, String value) {
    return Arguments.of(
        what,
        (Consumer<FakeProvider>)
            provider ->
                provider.back =
                    answer -> {
                      Map<String, String> changed = new LinkedHashMap<>(answer);
                      changed.put(name, value);
                      return changed;
                    });
  }

  static Stream<Arguments> wrongAnswers() {
    long now = Instant.now().getEpochSecond();
    return Stream.of(
        claim("a nonce of another trip", "nonce", "another"),
        without("no nonce", "nonce"),
        claim("for another client", "aud", "another"),
        claim(
            "for others as well, made for nobody", "aud", List.of(FakeProvider.CLIENT, "another")),
        claim("made for another", "azp", "another"),
        without("for nobody", "aud"),
        claim("an issuer of another", "iss", OTHER.url()),
        claim("an issuer that is longer", "iss", STAFF.url() + "/"),
        without("no issuer", "iss"),
        claim("expired", "exp", now - 3_600),
        without("never expires", "exp"),
        claim("issued tomorrow", "iat", now + 86_400),
        without("no time of issue", "iat"),
        without("no subject", "sub"),
        claim("an empty subject", "sub", ""),
        claim("a blank subject", "sub", "  "),
        claim("what programs write for nothing", "sub", "null"),
        claim("the same of scripts", "sub", "undefined"),
        claim("a subject that is too long", "sub", "x".repeat(256)),
        signed("no signature", claims -> new PlainJWT(FakeProvider.claimsSet(claims)).serialize()),
        signed("signed with the secret that both know", HostileAnswersTest::withSecret),
        signed("signed with the public key as a secret", HostileAnswersTest::withPublicKey),
        signed(
            "signed with another key of that name",
            claims -> FakeProvider.signed(claims, NAMESAKE)),
        signed(
            "signed with a key that nobody knows", claims -> FakeProvider.signed(claims, STRANGER)),
        signed("altered", claims -> altered(STAFF.signed(claims))),
        signed("no token", claims -> "not.a.token"),
        answers(
            "no ID token at all",
            "/token",
            exchange ->
                FakeProvider.json(
                    exchange, 200, Map.of("access_token", "x", "token_type", "Bearer"))),
        answers(
            "an error with 200",
            "/token",
            exchange -> FakeProvider.json(exchange, 200, Map.of("error", "invalid_grant"))),
        answers(
            "empty tokens",
            "/token",
            exchange ->
                FakeProvider.json(
                    exchange,
                    200,
                    Map.of("access_token", "", "token_type", "", "id_token", "", "scope", ""))),
        answers(
            "a list instead of tokens",
            "/token",
            exchange -> FakeProvider.json(exchange, 200, List.of("x"))),
        answers(
            "nothing instead of tokens",
            "/token",
            exchange -> FakeProvider.text(exchange, 200, "application/json", "null")),
        answers(
            "a page instead of tokens",
            "/token",
            exchange -> FakeProvider.text(exchange, 200, "text/html", "<h1>Hello</h1>")),
        answers(
            "a redirect instead of tokens",
            "/token",
            exchange -> {
              exchange.getResponseHeaders().add("Location", OTHER.url() + "/token");
              exchange.sendResponseHeaders(307, -1);
            }),
        sendsBack("the issuer of another (RFC 9207)", "iss", OTHER.url()),
        sendsBack("an error that is none of theirs", "error", "invalid_scope"),
        sendsBack("a code of somebody else", "code", "injected"),
        sendsBack("an empty code", "code", ""),
        sendsBack("a code without end", "code", "x".repeat(4_001)));
  }

  private static String withSecret(Map<String, Object> claims) throws Exception {
    return mac(claims, FakeProvider.SECRET.getBytes(StandardCharsets.UTF_8));
  }

  private static String withPublicKey(Map<String, Object> claims) throws Exception {
    return mac(claims, STAFF.key.toRSAPublicKey().getEncoded());
  }

  private static String mac(Map<String, Object> claims, byte[] key) throws Exception {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("key-1").build(),
            FakeProvider.claimsSet(claims));
    jwt.sign(new MACSigner(Arrays.copyOf(key, 64)));
    return jwt.serialize();
  }

  private static String altered(String token) {
    String[] parts = token.split("\\.", -1);
    String other =
        parts[1].substring(0, 20)
            + (parts[1].charAt(20) == 'A' ? 'B' : 'A')
            + parts[1].substring(21);
    return parts[0] + "." + other + "." + parts[2];
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongAnswers")
  void whatIsWrongIsNotBelieved(String what, Consumer<FakeProvider> wrong) {
    wrong.accept(STAFF);
    assertThat(error(traveller.signIn(STAFF, "staff"))).as(what).isEqualTo("wrong_answer");
  }

  @Test
  void theTableWouldNoticeWhatIsRight() {
    Reply back = traveller.signIn(STAFF, "staff");
    assertThat(traveller.exchange(code(back)).status()).isEqualTo(200);
    linksBefore++;
  }

  static Stream<Arguments> wrongDiscoveries() {
    return Stream.of(
        Arguments.of("issuer", OTHER.url()),
        Arguments.of("issuer", ""),
        Arguments.of("jwks_uri", ""),
        Arguments.of("token_endpoint", ""),
        Arguments.of("token_endpoint", "http://169.254.169.254/token"),
        Arguments.of("token_endpoint", "file:///etc/passwd"),
        Arguments.of("jwks_uri", "http://10.0.0.1/keys"),
        Arguments.of("authorization_endpoint", "javascript:alert(1)"),
        Arguments.of("authorization_endpoint", "http://evil.example/authorize"));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("wrongDiscoveries")
  void aProviderThatSaysThatItIsSomewhereElseIsNotGoneTo(String member, String value) {
    FRESH.metadata =
        about -> {
          Map<String, Object> changed = new HashMap<>(about);
          changed.put(member, value);
          return changed;
        };
    Reply away = traveller.browser.send("GET", setOut("fresh"), Map.of(), "");
    assertThat(away.header("Location")).startsWith(Traveller.PAGE + "&error=wrong_answer");
  }

  @Test
  void aTokenEndpointAtAnAddressOfThisMachineThatNoSettingNamesIsNotAsked() {
    FRESH.metadata =
        about -> {
          Map<String, Object> changed = new HashMap<>(about);
          changed.put("token_endpoint", "https://127.0.0.1:1/token");
          return changed;
        };
    FRESH.person = person();
    CLOCK.move(Duration.ofHours(2));
    assertThat(error(traveller.signIn(FRESH, "fresh"))).isEqualTo("unavailable");
    FRESH.reset();
    CLOCK.move(Duration.ofHours(2));
  }

  @Test
  void aProviderThatAnswersWithTooMuchOrNotAtAllIsUnavailable() {
    STAFF.instead =
        Map.of(
            "/token",
            exchange ->
                FakeProvider.text(exchange, 200, "application/json", "x".repeat(600 * 1024)));
    assertThat(error(traveller.signIn(STAFF, "staff"))).isEqualTo("unavailable");
    STAFF.instead =
        Map.of("/token", exchange -> FakeProvider.text(exchange, 503, "text/plain", "down"));
    assertThat(error(traveller.signIn(STAFF, "staff"))).isEqualTo("unavailable");
    STAFF.instead = Map.of("/token", exchange -> exchange.close());
    assertThat(error(traveller.signIn(STAFF, "staff"))).isEqualTo("unavailable");
  }

  @Test
  void whoDoesNotGoThroughWithItIsToldSo() {
    STAFF.back =
        answer -> Map.of("error", "access_denied", "state", String.valueOf(answer.get("state")));
    assertThat(error(traveller.signIn(STAFF, "staff"))).isEqualTo("denied");
  }

  @Test
  void whetherAnAddressIsTheirsIsSaidByWhoSaysTheAddress() {
    String subject = UUID.randomUUID().toString();
    String email = subject + "@example.com";
    STAFF.person = Map.of("sub", subject, "email", email, "email_verified", false, "name", "Ada");
    STAFF.claims =
        claims -> {
          Map<String, Object> changed = new HashMap<>(claims);
          changed.remove("email");
          changed.put("email_verified", true);
          return changed;
        };
    assertThat(error(traveller.signIn(STAFF, "staff"))).isEqualTo("email_unverified");
  }

  @Test
  void aFormComesRoundToAProviderThatThereIsAndToNoOtherPath() {
    for (String name :
        List.of("nobody", "..%2f..%2fadmin", "a%0d%0aSet-Cookie:%20a=b", "%2f%2fevil.example")) {
      Reply reply =
          traveller.browser.post(
              "/auth/providers/%s/callback".formatted(name), Map.of("state", "x"));
      assertThat(reply.status()).as(name).isIn(400, 404);
      assertThat(reply.header("Location")).as(name).isEmpty();
      assertThat(reply.header("Set-Cookie")).as(name).isEmpty();
    }
    assertThat(
            traveller
                .browser
                .post("/auth/providers/staff/callback", Map.of("state", "x"))
                .header("Location"))
        .isEqualTo("/auth/providers/staff/callback?state=x");
  }

  @Test
  void aTripIsGoodOnce() {
    Return way = traveller.there(STAFF, setOut("staff"));
    traveller.back(way);
    linksBefore++;
    Reply again = traveller.back(way);
    assertThat(again.status()).isEqualTo(400);
    assertThat(again.text()).contains("This page has expired");
    assertThat(again.header("Location")).isEmpty();
  }

  @Test
  void aTripEndsAfterAWhile() {
    Return way = traveller.there(STAFF, setOut("staff"));
    CLOCK.move(Duration.ofMinutes(16));
    assertThat(traveller.back(way).status()).isEqualTo(400);
  }

  @Test
  void aTripBelongsToOneBrowserAndIsOverWhenAnotherBringsIt() {
    Return way = traveller.there(STAFF, setOut("staff"));
    Traveller victim = new Traveller(server);
    assertThat(victim.back(way).status()).as("without any cookie").isEqualTo(400);
    Return second = traveller.there(STAFF, setOut("staff"));
    victim.there(STAFF, setOut("staff"));
    assertThat(victim.back(second).status()).as("with its own").isEqualTo(400);
    assertThat(traveller.back(second).status()).as("used up by then").isEqualTo(400);
  }

  @Test
  void aCodeOfOneTripIsOfNoUseInAnother() {
    Return mine = traveller.there(STAFF, setOut("staff"));
    Return stolen = new Traveller(server).there(STAFF, setOut("staff"));
    String state = Visitor.parameters(mine.path()).get("state");
    String code = Visitor.parameters(stolen.path()).get("code");
    Return mixed =
        new Return(
            "/auth/providers/staff/callback?"
                + Visitor.form(
                    Traveller.ordered(
                        "code", String.valueOf(code), "state", String.valueOf(state))),
            Map.of());
    assertThat(error(traveller.back(mixed))).as("PKCE and the nonce").isEqualTo("wrong_answer");
  }

  @Test
  void aTripToOneProviderDoesNotEndAtAnother() {
    Return way = traveller.there(STAFF, setOut("staff"));
    Return elsewhere = new Return(way.path().replace("/staff/", "/other/"), Map.of());
    OTHER.asked.clear();
    assertThat(traveller.back(elsewhere).status()).isEqualTo(400);
    assertThat(OTHER.asked).as("it gets no code of another").isEmpty();
    assertThat(traveller.back(way).status()).as("used up by then").isEqualTo(400);
  }

  @Test
  void aParameterStandsOnce() {
    Return way = traveller.there(STAFF, setOut("staff"));
    assertThat(traveller.back(new Return(way.path() + "&code=other", Map.of())).status())
        .isEqualTo(400);
  }

  @Test
  void theAnswerForApplicationsGoesWithoutScripts() {
    Return way = traveller.there(STAFF, setOut("staff"));
    assertThat(
            traveller
                .browser
                .send("GET", way.path(), Map.of("Sec-Fetch-Mode", "cors"), "")
                .status())
        .isEqualTo(403);
  }

  @Test
  void microsoftMustSayOfWhichOrganisationSomebodyIs() {
    for (String tenant : new String[] {"", "common", "../evil", "null"}) {
      MICROSOFT.person = FakeMicrosoft.person(tenant, "object", "ada@example.com");
      assertThat(error(traveller.signIn(MICROSOFT, "microsoft")))
          .as(tenant)
          .isEqualTo("wrong_answer");
    }
    // an issuer that is not that of the organisation
    MICROSOFT.person = FakeMicrosoft.person(FakeMicrosoft.TENANT, "object", "ada@example.com");
    MICROSOFT.claims =
        claims -> {
          Map<String, Object> changed = new HashMap<>(claims);
          changed.put("iss", MICROSOFT.url() + "/99999999-2222-3333-4444-555555555555/v2.0");
          return changed;
        };
    assertThat(error(traveller.signIn(MICROSOFT, "microsoft"))).isEqualTo("wrong_answer");
    MICROSOFT.reset();
    Map<String, Object> nobody =
        new HashMap<>(FakeMicrosoft.person(FakeMicrosoft.TENANT, "x", "ada@example.com"));
    nobody.remove("oid");
    MICROSOFT.person = nobody;
    assertThat(error(traveller.signIn(MICROSOFT, "microsoft"))).isEqualTo("wrong_answer");
  }

  @Test
  void gitHubMustTellANumber() {
    for (Object id : new Object[] {"null", "17", 0L, -1L, 1.5, true}) {
      GITHUB.person = Map.of("id", id, "login", "ada");
      assertThat(error(traveller.signIn(GITHUB, "github")))
          .as(String.valueOf(id))
          .isEqualTo("wrong_answer");
    }
    GITHUB.person = Map.of("login", "ada");
    assertThat(error(traveller.signIn(GITHUB, "github"))).isEqualTo("wrong_answer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/back",
        "//evil.example/back",
        "https://evil.example/back",
        "https://shop.example.evil.example/back",
        "https://shop.example@evil.example/back",
        "https://shop.example\\@evil.example/back",
        "\\\\evil.example",
        "https:\\\\evil.example",
        "https://shop.example/back#fragment",
        "https://shop.example/back?code=mine",
        "http://shop.example/back",
        "https://shop.example:8443/back",
        "javascript:alert(1)",
        "data:text/html,x",
        "com.evil.app:/back"
      })
  void nobodyIsSentToWhereNoSettingSays(String returnTo) {
    Reply reply =
        traveller.browser.send(
            "GET",
            "/auth/providers/staff/start?"
                + Visitor.form(
                    Traveller.ordered(
                        "returnTo",
                        returnTo,
                        "challenge",
                        FakeProvider.challenge(Traveller.VERIFIER))),
            Map.of(),
            "");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.header("Location")).isEmpty();
  }

  @Test
  void anInstalledApplicationMayBeReturnedTo() {
    Return way =
        traveller.there(
            STAFF,
            "/auth/providers/staff/start?"
                + Visitor.form(
                    Traveller.ordered(
                        "returnTo",
                        "com.example.app:/signed-in",
                        "challenge",
                        FakeProvider.challenge(Traveller.VERIFIER))));
    assertThat(traveller.back(way).header("Location"))
        .startsWith("com.example.app:/signed-in?code=");
    linksBefore++;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "short",
        "this-one-has-44-characters-and-that-is-one-m",
        "with spaces in it that nobody would hash toooo"
      })
  void aPageKeepsSomethingOfItsOwn(String challenge) {
    Reply reply =
        traveller.browser.send(
            "GET",
            "/auth/providers/staff/start?"
                + Visitor.form(
                    Traveller.ordered("returnTo", Traveller.PAGE, "challenge", challenge)),
            Map.of(),
            "");
    assertThat(reply.status()).isEqualTo(400);
  }

  @Test
  void aCodeIsOfUseToItsPageAloneAndOnce() {
    linksBefore++;
    String code = code(traveller.signIn(STAFF, "staff"));
    assertThat(traveller.exchange(code, "another-text-of-43-characters-of-another-one").status())
        .isEqualTo(401);
    assertThat(traveller.exchange(code).status()).as("a wrong use was its last").isEqualTo(401);
    String second = code(traveller.signIn(STAFF, "staff"));
    assertThat(traveller.exchange(second).status()).isEqualTo(200);
    assertThat(traveller.exchange(second).status()).isEqualTo(401);
    String third = code(traveller.signIn(STAFF, "staff"));
    CLOCK.move(Duration.ofMinutes(2));
    assertThat(traveller.exchange(third).status()).as("too late").isEqualTo(401);
  }

  @Test
  void aStateIsNoCodeAndACodeIsNoState() {
    Return way = traveller.there(STAFF, setOut("staff"));
    String state = String.valueOf(Visitor.parameters(way.path()).get("state"));
    assertThat(traveller.exchange(state).status()).isEqualTo(401);
    String code = code(traveller.back(way));
    linksBefore++;
    Reply reply =
        traveller.browser.send(
            "GET", "/auth/providers/staff/callback?code=x&state=" + code, Map.of(), "");
    assertThat(reply.status()).isEqualTo(400);
  }
}
