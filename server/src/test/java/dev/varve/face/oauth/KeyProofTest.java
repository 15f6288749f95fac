package dev.varve.face.oauth;

import static dev.varve.face.oauth.Bank.ISSUER;
import static dev.varve.face.oauth.Bank.nonce;
import static dev.varve.face.oauth.Bank.proven;
import static dev.varve.face.oauth.Bank.tokens;
import static dev.varve.face.oauth.Provider.OFFICE;
import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.SECRET;
import static dev.varve.face.oauth.Provider.claims;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.json;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.varve.face.graphql.SocketClient;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.OnSqlite;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
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

/// Tokens that are good with the proof of a key alone (DPoP, RFC 9449): how they are got, and what is taken with them.
class KeyProofTest {
  private static final SteppedClock CLOCK = SteppedClock.standing();
  private static final KeyHolder KEY = KeyHolder.es256();
  private static final KeyHolder BANK = KeyHolder.es256();
  private static final String NOTES = ISSUER + "/api/notes";

  private static TestServer server;
  private static String email;
  private static String access;

  @BeforeAll
  static void start() {
    server =
        TestServer.start(
            Bank.plan(
                CLOCK, SettingRecords.changed(Bank.settings(BANK), Map.of("boundTokens", true))));
    email = Provider.somebody(server);
    access = text(tokens(server, code("openid notes:read"), KEY, CLOCK), "access_token");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Map<String, String> code(String scope) {
    return codeForm(
        "notes-page",
        PAGE,
        Provider.code(new Visitor(server), request("notes-page", PAGE, scope), email));
  }

  /// What is sent to the API, to be changed.
  static final class Sent {
    private String scheme = "DPoP";
    private String token = access;
    private final Map<String, Object> header = KEY.proofHeader();
    private final Map<String, Object> claims = fresh();
    private KeyHolder signer = KEY;

    private static Map<String, Object> fresh() {
      Map<String, Object> claims =
          KeyHolder.proofClaims("GET", NOTES, nonce(server, CLOCK), CLOCK.instant());
      claims.put("ath", KeyHolder.hash(access));
      return claims;
    }

    private String proof() {
      return signer.signed(header, claims);
    }
  }

  private static Reply ask(Consumer<Sent> change) {
    Sent sent = new Sent();
    change.accept(sent);
    return ask(sent, sent.proof());
  }

  private static Reply ask(Sent sent, String proof) {
    return server.send(
        "GET",
        "/api/notes",
        Map.of("Authorization", sent.scheme + " " + sent.token, "DPoP", proof),
        "");
  }

  private static Arguments row(String name, Consumer<Sent> change) {
    return arguments(name, change);
  }

  static Stream<Arguments> good() {
    return Stream.of(
        row("as it should be", _ -> {}),
        row("htu with a query", s -> s.claims.put("htu", NOTES + "?limit=1")),
        row("htu with a fragment", s -> s.claims.put("htu", NOTES + "#top")),
        row("htu in capitals", s -> s.claims.put("htu", "HTTPS://VARVE.example/api/notes")),
        row("htu with its port", s -> s.claims.put("htu", "https://varve.example:443/api/notes")),
        row(
            "htu of this machine",
            s -> s.claims.put("htu", "http://127.0.0.1:%d/api/notes".formatted(server.port()))),
        row("iat 10 s ago", s -> s.claims.put("iat", CLOCK.instant().getEpochSecond() - 10)),
        row("iat in 10 s", s -> s.claims.put("iat", CLOCK.instant().getEpochSecond() + 10)),
        row("more claims", s -> s.claims.put("more", Map.of("a", 1L))),
        row("the scheme in small letters", s -> s.scheme = "dpop"),
        row("the scheme in capitals", s -> s.scheme = "DPOP"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("good")
  void isTaken(String name, Consumer<Sent> change) {
    Reply reply = ask(change);
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
  }

  @Test
  void behindAProxyThatTakesAPathAwayTheUrlIsThatOfTheClient() {
    String issuer = ISSUER + "/shop";
    TestServer.Plan plan = Bank.plan(CLOCK);
    try (TestServer shop =
        TestServer.start(
            plan.with(SettingRecords.changed(plan.auth(), Map.of("issuer", issuer))))) {
      String url = issuer + TokenEndpoint.PATH;
      Map<String, String> form =
          Map.of(
              "grant_type", "client_credentials", "client_id", "office", "client_secret", SECRET);
      Reply first =
          proven(shop, TokenEndpoint.PATH, form, KEY.proof("POST", url, "none", CLOCK.instant()));
      assertThat(text(first, "error")).as("htu is right").isEqualTo("use_dpop_nonce");
      String nonce = first.header("DPoP-Nonce");
      Reply tokens =
          proven(shop, TokenEndpoint.PATH, form, KEY.proof("POST", url, nonce, CLOCK.instant()));
      String bound = text(tokens, "access_token");
      for (String path : List.of("/shop/api/notes", "/other/api/notes", "/shop/shop/api/notes")) {
        String proof = KEY.proof("GET", ISSUER + path, nonce, CLOCK.instant(), bound);
        Reply reply =
            shop.send(
                "GET", "/api/notes", Map.of("Authorization", "DPoP " + bound, "DPoP", proof), "");
        assertThat(reply.status()).as(path).isEqualTo(path.equals("/shop/api/notes") ? 200 : 401);
      }
    }
  }

  static Stream<Arguments> wrong() {
    KeyHolder other = KeyHolder.es256();
    return Stream.of(
        row("no typ", s -> s.header.remove("typ")),
        row("another typ", s -> s.header.put("typ", "JWT")),
        row("no alg", s -> s.header.remove("alg")),
        row("alg none", s -> s.header.put("alg", "none")),
        row("alg HS256", s -> s.header.put("alg", "HS256")),
        row("no jwk", s -> s.header.remove("jwk")),
        row("a private key in jwk", s -> s.header.put("jwk", KEY.wholeKey())),
        row("a jwk that is none", s -> s.header.put("jwk", Map.of("kty", "EC"))),
        row("critical parts", s -> s.header.put("crit", List.of("htm"))),
        row(
            "RS256",
            s -> {
              KeyHolder rsa = KeyHolder.rsa("RS256");
              s.header.putAll(rsa.proofHeader());
              s.signer = rsa;
            }),
        row("a wrong signature", s -> s.signer = other),
        row("no jti", s -> s.claims.remove("jti")),
        row("no htm", s -> s.claims.remove("htm")),
        row("no htu", s -> s.claims.remove("htu")),
        row("no iat", s -> s.claims.remove("iat")),
        row("no ath", s -> s.claims.remove("ath")),
        row("another htm", s -> s.claims.put("htm", "POST")),
        row("htm in small letters", s -> s.claims.put("htm", "get")),
        row("another htu", s -> s.claims.put("htu", NOTES + "/1")),
        row("htu of another server", s -> s.claims.put("htu", "https://evil.example/api/notes")),
        row(
            "htu with a user",
            s -> s.claims.put("htu", "https://varve.example@evil.example/api/notes")),
        row("htu without a host", s -> s.claims.put("htu", "/api/notes")),
        row("another ath", s -> s.claims.put("ath", KeyHolder.hash("x"))),
        row("iat an hour ago", s -> s.claims.put("iat", CLOCK.instant().getEpochSecond() - 3_600)),
        row("iat in an hour", s -> s.claims.put("iat", CLOCK.instant().getEpochSecond() + 3_600)),
        row("iat as a text", s -> s.claims.put("iat", "now")),
        row(
            "another key",
            s -> {
              s.header.putAll(other.proofHeader());
              s.signer = other;
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void isRefused(String name, Consumer<Sent> change) {
    Reply reply = ask(change);
    assertThat(reply.status()).as(reply.text()).isEqualTo(401);
    assertThat(reply.header("WWW-Authenticate"))
        .isEqualTo("DPoP error=\"invalid_dpop_proof\", algs=\"ES256 PS256 EdDSA\"");
  }

  static Stream<Arguments> costly() {
    KeyHolder rsa = KeyHolder.rsa("PS256");
    return Stream.of(
        arguments(
            "an exponent as long as the key",
            "exponent",
            change(s -> {
              s.header.putAll(rsa.proofHeader());
              Map<String, Object> key = new LinkedHashMap<>(rsa.publicKey());
              key.put("e", key.get("n"));
              s.header.put("jwk", key);
              s.signer = rsa;
            })),
        arguments(
            "a header that is kept nowhere",
            "header",
            change(s -> s.header.put("more", "x".repeat(2_000)))),
        arguments(
            "a wrong method and a wrong signature",
            "htm",
            change(s -> {
              s.claims.put("htm", "POST");
              s.signer = BANK;
            })));
  }

  private static Consumer<Sent> change(Consumer<Sent> change) {
    return change;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("costly")
  void whatCostsIsLookedAtLast(String name, String reason, Consumer<Sent> change) {
    Reply reply = ask(change);
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.text()).contains(reason);
  }

  @Test
  void aProofIsNotUsedByAClientThatIsNone() {
    String proof =
        KEY.proof("POST", ISSUER + TokenEndpoint.PATH, nonce(server, CLOCK), CLOCK.instant());
    Map<String, String> form = code("openid notes:read");
    Map<String, String> nobody = new LinkedHashMap<>(form);
    nobody.put("client_id", "nobody");
    assertThat(text(proven(server, TokenEndpoint.PATH, nobody, proof), "error"))
        .isEqualTo("invalid_client");
    assertThat(proven(server, TokenEndpoint.PATH, form, proof).status()).isEqualTo(200);
    assertThat(text(proven(server, TokenEndpoint.PATH, form, proof), "error"))
        .isEqualTo("invalid_dpop_proof");
  }

  @Test
  void aWebSocketThatCameWithAProofTakesNoOther() {
    String proof =
        KEY.proof("GET", ISSUER + "/graphql", nonce(server, CLOCK), CLOCK.instant(), access);
    Map<String, String> headers = Map.of("Authorization", "DPoP " + access, "DPoP", proof);
    try (SocketClient client = SocketClient.open(server, headers, true)) {
      client.say("{'type': 'connection_init'}");
      assertThat(client.next()).isEqualTo("{'type':'connection_ack'}");
      client.say("{'type': 'subscribe', 'id': '1', 'payload': {'query': '{notes {id}}'}}");
      assertThat(client.next()).contains("'type':'next'").doesNotContain("errors");
    }
  }

  @Test
  void aProofIsGoodOnce() {
    Sent sent = new Sent();
    String proof = sent.proof();
    assertThat(ask(sent, proof).status()).isEqualTo(200);
    assertThat(ask(sent, proof).status()).isEqualTo(401);
    sent.claims.put("iat", CLOCK.instant().getEpochSecond() + 1);
    assertThat(ask(sent, sent.proof()).status()).as("the same id in another proof").isEqualTo(401);
  }

  @Test
  void oneProofComesWithARequestAndIsWhole() throws Exception {
    Sent sent = new Sent();
    HttpRequest two =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/notes".formatted(server.port())))
            .header("Authorization", "DPoP " + access)
            .header("DPoP", sent.proof())
            .header("DPoP", sent.proof())
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThat(client.send(two, BodyHandlers.discarding()).statusCode()).isEqualTo(401);
    }
    for (String malformed : new String[] {"x", "a.b.c", sent.proof() + ".x", sent.proof() + "="}) {
      assertThat(ask(sent, malformed).status()).as(malformed).isEqualTo(401);
    }
    Reply without = server.send("GET", "/api/notes", Map.of("Authorization", "DPoP " + access), "");
    assertThat(without.status()).isEqualTo(401);
    assertThat(without.header("WWW-Authenticate")).contains("invalid_dpop_proof");
  }

  @Test
  void aBoundTokenIsNoBearerTokenAndTheOtherWayRound() {
    Sent bound = new Sent();
    bound.scheme = "Bearer";
    Reply reply = ask(bound, bound.proof());
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.header("WWW-Authenticate")).startsWith("Bearer error=\"invalid_token\"");
    Sent unbound = new Sent();
    unbound.token = text(token(server, code("openid notes:read")), "access_token");
    unbound.claims.put("ath", KeyHolder.hash(unbound.token));
    assertThat(ask(unbound, unbound.proof()).status()).isEqualTo(401);
  }

  @Test
  void noncesRotateAndAreToldToWhoeverNeedsOne() {
    Sent early = new Sent();
    String nonce = String.valueOf(early.claims.get("nonce"));
    for (String wrong : new String[] {"", "guess"}) {
      Reply reply = ask(sent -> sent.claims.put("nonce", wrong));
      assertThat(reply.status()).isEqualTo(401);
      assertThat(reply.header("WWW-Authenticate"))
          .isEqualTo("DPoP error=\"use_dpop_nonce\", algs=\"ES256 PS256 EdDSA\"");
      assertThat(reply.header("DPoP-Nonce")).isEqualTo(nonce);
    }
    CLOCK.move(Duration.ofMinutes(5));
    String next = nonce(server, CLOCK);
    assertThat(next).isNotEqualTo(nonce);
    assertThat(ask(sent -> sent.claims.put("nonce", nonce)).status())
        .as("the one before")
        .isEqualTo(200);
    CLOCK.move(Duration.ofMinutes(5));
    access = text(tokens(server, code("openid notes:read"), KEY, CLOCK), "access_token");
    assertThat(ask(sent -> sent.claims.put("nonce", nonce)).header("WWW-Authenticate"))
        .contains("use_dpop_nonce");
    assertThat(ask(sent -> sent.claims.put("nonce", next)).status()).isEqualTo(200);
  }

  @Test
  void everyFaceTakesItAlike() {
    for (String path : new String[] {UserInfo.PATH, "/api/notes", "/api/events", "/graphql"}) {
      String method = path.equals("/graphql") ? "POST" : "GET";
      String body = path.equals("/graphql") ? "{\"query\": \"{notes {id}}\"}" : "";
      assertThat(server.send(method, path, Provider.bearer(access), body).status())
          .as(path)
          .isEqualTo(401);
      if (!path.equals("/api/events")) {
        String proof =
            KEY.proof(method, ISSUER + path, nonce(server, CLOCK), CLOCK.instant(), access);
        Reply reply =
            server.send(
                method, path, Map.of("Authorization", "DPoP " + access, "DPoP", proof), body);
        assertThat(reply.status()).as(path + reply.text()).isEqualTo(200);
      }
    }
  }

  @Test
  void theNonceIsAskedForBeforeAnythingIsUsedUp() {
    Map<String, String> form = code("openid notes:read");
    Reply first =
        proven(
            server,
            TokenEndpoint.PATH,
            form,
            KEY.proof("POST", ISSUER + TokenEndpoint.PATH, "guess", CLOCK.instant()));
    assertThat(first.status()).isEqualTo(400);
    assertThat(text(first, "error")).isEqualTo("use_dpop_nonce");
    Reply second =
        proven(
            server,
            TokenEndpoint.PATH,
            form,
            KEY.proof(
                "POST", ISSUER + TokenEndpoint.PATH, first.header("DPoP-Nonce"), CLOCK.instant()));
    assertThat(json(second)).containsEntry("token_type", "DPoP").containsKey("refresh_token");
    assertThat(second.header("DPoP-Nonce")).isEqualTo(first.header("DPoP-Nonce"));
    assertThat(claims(text(second, "access_token")))
        .containsEntry("cnf", Map.of("jkt", KEY.thumbprint()));
  }

  @Test
  void aWrongProofAtTheTokenEndpointIsToldAsTheProtocolHasIt() {
    Reply reply =
        proven(
            server,
            TokenEndpoint.PATH,
            code("openid"),
            KEY.proof("GET", ISSUER + TokenEndpoint.PATH, nonce(server, CLOCK), CLOCK.instant()));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(text(reply, "error")).isEqualTo("invalid_dpop_proof");
  }

  @Test
  void aPublicClientGoesOnWithTheSameKeyAlone() {
    String refresh = text(tokens(server, code("openid notes:read"), KEY, CLOCK), "refresh_token");
    Map<String, String> form =
        Map.of("grant_type", "refresh_token", "client_id", "notes-page", "refresh_token", refresh);
    assertThat(text(token(server, form), "error")).isEqualTo("invalid_grant");
    assertThat(text(tokens(server, form, KeyHolder.es256(), CLOCK), "error"))
        .isEqualTo("invalid_grant");
    Reply next = tokens(server, form, KEY, CLOCK);
    assertThat(next.status()).as("nothing of that used it up: " + next.text()).isEqualTo(200);
    assertThat(text(tokens(server, form, KEY, CLOCK), "refresh_token"))
        .as("the same successor")
        .isEqualTo(text(next, "refresh_token"));
  }

  @Test
  void aClientWithASecretMayChangeItsKey() {
    Map<String, String> form =
        new LinkedHashMap<>(
            codeForm(
                "office",
                OFFICE,
                Provider.code(
                    new Visitor(server), request("office", OFFICE, "openid notes:read"), email)));
    form.put("client_secret", SECRET);
    Reply first = tokens(server, form, KEY, CLOCK);
    KeyHolder other = KeyHolder.es256();
    Reply next =
        tokens(
            server,
            Map.of(
                "grant_type",
                "refresh_token",
                "client_id",
                "office",
                "client_secret",
                SECRET,
                "refresh_token",
                text(first, "refresh_token")),
            other,
            CLOCK);
    assertThat(claims(text(next, "access_token")))
        .containsEntry("cnf", Map.of("jkt", other.thumbprint()));
    Reply told =
        new Visitor(server)
            .post(
                TokenStatus.INTROSPECT,
                Map.of(
                    "client_id",
                    "office",
                    "client_secret",
                    SECRET,
                    "token",
                    text(next, "access_token")));
    assertThat(json(told))
        .containsEntry("active", true)
        .containsEntry("token_type", "DPoP")
        .containsEntry("cnf", Map.of("jkt", other.thumbprint()));
  }

  @Test
  void aCodeThatNamesAKeyIsGoodWithItAlone() {
    for (KeyHolder bringing : new KeyHolder[] {KeyHolder.es256(), KEY}) {
      Map<String, String> asked =
          new LinkedHashMap<>(request("notes-page", PAGE, "openid notes:read"));
      asked.put("dpop_jkt", KEY.thumbprint());
      Map<String, String> form =
          codeForm("notes-page", PAGE, Provider.code(new Visitor(server), asked, email));
      assertThat(tokens(server, form, bringing, CLOCK).status())
          .isEqualTo(bringing == KEY ? 200 : 400);
    }
  }

  @Test
  void aPushedRequestNamesTheKeyThatItProves() {
    Map<String, String> asked =
        new LinkedHashMap<>(request("notes-page", PAGE, "openid notes:read"));
    Reply pushed = pushing(asked);
    assertThat(pushed.status()).as(pushed.text()).isEqualTo(201);
    Map<String, String> reference =
        Map.of("client_id", "notes-page", "request_uri", text(pushed, "request_uri"));
    Map<String, String> form =
        codeForm("notes-page", PAGE, Provider.code(new Visitor(server), reference, email));
    assertThat(text(token(server, form), "error")).isEqualTo("invalid_grant");
    asked.put("dpop_jkt", KeyHolder.es256().thumbprint());
    Reply other = pushing(asked);
    assertThat(other.status()).isEqualTo(400);
    assertThat(text(other, "error")).isEqualTo("invalid_dpop_proof");
  }

  private static Reply pushing(Map<String, String> form) {
    return proven(
        server,
        PushedRequests.PATH,
        form,
        KEY.proof("POST", ISSUER + PushedRequests.PATH, nonce(server, CLOCK), CLOCK.instant()));
  }

  @Test
  void aClientWhoseTokensMustBeBoundGetsNoOthers() {
    Map<String, String> form = Map.of("grant_type", "client_credentials");
    Reply plain = token(server, Bank.asserted(form, BANK, CLOCK.instant()));
    assertThat(text(plain, "error")).isEqualTo("invalid_dpop_proof");
    Reply bound = tokens(server, Bank.asserted(form, BANK, CLOCK.instant()), KEY, CLOCK);
    assertThat(json(bound)).containsEntry("token_type", "DPoP");
  }

  /// What nodes on PostgreSQL do stands in [ProvidersOnNodesTest]: nonces go on being good there, and what has come is known.
  @Test
  @OnSqlite
  void noProofOfBeforeARestartIsGoodAfterIt() {
    try (TestServer other = TestServer.start(Bank.plan(CLOCK))) {
      String somebody = Provider.somebody(other);
      Map<String, String> form =
          codeForm(
              "notes-page",
              PAGE,
              Provider.code(
                  new Visitor(other), request("notes-page", PAGE, "openid notes:read"), somebody));
      String bound = text(tokens(other, form, KEY, CLOCK), "access_token");
      String proof = KEY.proof("GET", NOTES, nonce(other, CLOCK), CLOCK.instant(), bound);
      Map<String, String> headers = Map.of("Authorization", "DPoP " + bound, "DPoP", proof);
      assertThat(other.send("GET", "/api/notes", headers, "").status()).isEqualTo(200);
      other.restart();
      Reply again = other.send("GET", "/api/notes", headers, "");
      assertThat(again.header("WWW-Authenticate")).contains("use_dpop_nonce");
    }
  }
}
