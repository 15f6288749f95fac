package dev.varve.face.oauth;

import static dev.varve.face.oauth.Bank.ISSUER;
import static dev.varve.face.oauth.Provider.bearer;
import static dev.varve.face.oauth.Provider.claims;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.json;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.Base64URL;
import dev.varve.face.graphql.SocketClient;
import dev.varve.identity.client.ClientCertificate;
import dev.varve.identity.client.ClientSettings;
import dev.varve.identity.client.RegistrationPolicy;
import dev.varve.identity.client.SelfDescribedSettings;
import dev.varve.kernel.FreePort;
import dev.varve.kernel.SteppedClock;
import dev.varve.net.certificate.ClientCertificates;
import dev.varve.net.certificate.TestAuthority;
import dev.varve.net.certificate.TestAuthority.Issued;
import dev.varve.net.certificate.TestCertificates;
import dev.varve.net.certificate.TlsSettings;
import dev.varve.net.proxy.ProxyCertificates;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Clients that show a certificate (RFC 8705), over HTTPS with real ones: how they prove themselves with it, and what tokens are worth that
/// are bound to it.
class MutualTlsTest {
  private static final SteppedClock CLOCK = SteppedClock.standing();
  private static final TestAuthority AUTHORITY = new TestAuthority();
  private static final TestAuthority STRANGERS = new TestAuthority();
  private static final String SUBJECT = "CN=bank,O=Bank AG,C=DE";
  private static final Issued BANK =
      AUTHORITY.issueTo(
          SUBJECT,
          new GeneralName(GeneralName.dNSName, "client.bank.example"),
          new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://bank.example/client"),
          new GeneralName(GeneralName.iPAddress, "2001:db8::7"),
          new GeneralName(GeneralName.rfc822Name, "Ops@bank.example"));
  private static final KeyPair KEYS = TestAuthority.ecKeys();
  private static final Issued OWN = TestAuthority.selfSigned("CN=anybody", KEYS);
  private static final KeyHolder SIGNER = KeyHolder.es256();
  private static final Map<String, String> ITSELF = Map.of("grant_type", "client_credentials");

  @TempDir static Path folder;

  private static TestServer server;
  private static DocumentHost host;
  private static String email;
  private static final Map<String, SecureClient> CLIENTS = new HashMap<>();

  @BeforeAll
  static void start() throws Exception {
    TlsSettings tls = tls(ClientCertificates.ANY, -1);
    host = DocumentHost.start();
    server =
        TestServer.start(
            plan(
                    named("by-subject", SUBJECT, "", "", "", ""),
                    named("by-host", "", "CLIENT.bank.example", "", "", ""),
                    named("by-uri", "", "", "spiffe://bank.example/client", "", ""),
                    named("by-address", "", "", "", "2001:DB8:0:0::7", ""),
                    named("by-mail", "", "", "", "", "Ops@BANK.example"),
                    own("own", withCertificate(OWN)),
                    own("own-thumbprint", withThumbprint(OWN)),
                    own("own-key", withKey(KEYS)),
                    SettingRecords.changed(
                        own("own-at-url", withKey(KEYS)),
                        Map.of("jwks", "", "jwksUri", host.url("/jwks"))),
                    settings("signer", ClientCertificate.NONE, Bank.jwks(SIGNER)),
                    page())
                .listening(http -> http.with(tls)));
    email = account(server, "ada@example.com", List.of());
  }

  @AfterAll
  static void stop() {
    server.close();
    host.close();
  }

  private static TlsSettings tls(ClientCertificates clients, int port) throws IOException {
    Path authorities = folder.resolve("clients.pem");
    Files.writeString(authorities, TestAuthority.pem(AUTHORITY.root()));
    return SettingRecords.changed(
        TestCertificates.written(AUTHORITY.issue(), folder),
        Map.of(
            "clientCertificates",
            clients,
            "clientAuthorities",
            authorities.toString(),
            "clientCertificatePort",
            port));
  }

  private static Plan plan(ClientSettings... clients) {
    Plan plan = Bank.plan(CLOCK, clients);
    return plan.with(
        SettingRecords.changed(
            plan.oauth(),
            Map.of(
                "selfDescribed",
                new SelfDescribedSettings(false, List.of(), RegistrationPolicy.OPEN, List.of()))));
  }

  /// Over plain HTTP nobody gets there, so an operator makes it.
  private static String account(TestServer at, String email, List<String> roles) {
    at.administration().create(email, roles, Map.of("name", "Ada"), Provider.PASSWORD);
    return email;
  }

  private static ClientSettings settings(String id, ClientCertificate certificate, String jwks) {
    return SettingRecords.changed(
        Objects.requireNonNull(Provider.clients().clients().get("office")),
        Map.of(
            "id",
            id,
            "title",
            "Bank",
            "redirectUris",
            List.of(Bank.BACK),
            "scopes",
            List.of("openid", "notes:read", "notes:write", "offline_access"),
            "grants",
            List.of(
                "authorization_code",
                "refresh_token",
                "client_credentials",
                "urn:ietf:params:oauth:grant-type:device_code"),
            "secret",
            "",
            "certificate",
            certificate,
            "jwks",
            jwks,
            "certificateBoundTokens",
            true));
  }

  private static ClientSettings named(
      String id, String subject, String host, String uri, String address, String mail) {
    return settings(id, new ClientCertificate(subject, host, uri, address, mail, false), "");
  }

  private static ClientSettings own(String id, JWK key) {
    return settings(
        id, new ClientCertificate("", "", "", "", "", true), new JWKSet(key).toString());
  }

  /// A public one.
  private static ClientSettings page() {
    return SettingRecords.changed(
        Objects.requireNonNull(Provider.clients().clients().get("notes-page")),
        Map.of("id", "page", "redirectUris", List.of(Bank.BACK), "certificateBoundTokens", true));
  }

  private static JWK withCertificate(Issued issued) throws JOSEException {
    return JWK.parse(issued.certificate());
  }

  private static JWK withThumbprint(Issued issued) {
    return new ECKey.Builder(Curve.P_256, (ECPublicKey) issued.certificate().getPublicKey())
        .x509CertSHA256Thumbprint(new Base64URL(thumbprint(issued)))
        .build();
  }

  private static JWK withKey(KeyPair keys) {
    return new ECKey.Builder(Curve.P_256, (ECPublicKey) keys.getPublic()).build();
  }

  private static String thumbprint(Issued issued) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(issued.certificate().getEncoded()));
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Whoever shows that certificate; nobody's for none.
  private static SecureClient showing(@Nullable Issued own, Version version) {
    String name = (own == null ? "none" : thumbprint(own)) + version;
    return CLIENTS.computeIfAbsent(
        name, _ -> new SecureClient(AUTHORITY, own, server.port(), version));
  }

  private static SecureClient showing(@Nullable Issued own) {
    return showing(own, Version.HTTP_1_1);
  }

  private static Map<String, String> as(String client, Map<String, String> form) {
    Map<String, String> all = new LinkedHashMap<>(form);
    all.put("client_id", client);
    return all;
  }

  private static Reply tokens(@Nullable Issued own, String client, Map<String, String> form) {
    return showing(own).post(TokenEndpoint.PATH, as(client, form));
  }

  private static String access(Issued own, String client) {
    Reply reply = tokens(own, client, ITSELF);
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return text(reply, "access_token");
  }

  static Stream<Arguments> good() {
    return Stream.of(
        arguments("by-subject", BANK),
        arguments("by-host", BANK),
        arguments("by-uri", BANK),
        arguments("by-address", BANK),
        arguments("by-mail", BANK),
        arguments("own", OWN),
        arguments("own-thumbprint", OWN),
        arguments("own-key", OWN),
        // made anew with the same key
        arguments("own-key", TestAuthority.selfSigned("CN=another", KEYS)),
        // somebody vouching for it makes it no worse
        arguments("own-key", AUTHORITY.issue(KEYS)));
  }

  @ParameterizedTest
  @MethodSource("good")
  void aClientIsKnownByItsCertificate(String client, Issued certificate) {
    Reply reply = tokens(certificate, client, ITSELF);
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    assertThat(json(reply)).containsEntry("token_type", "Bearer");
    assertThat(claims(text(reply, "access_token")))
        .containsEntry("cnf", Map.of("x5t#S256", thumbprint(certificate)))
        .containsEntry("client_id", client);
  }

  static Stream<Arguments> bad() {
    Instant now = Instant.now();
    return Stream.of(
        arguments("none at all", "by-subject", null),
        arguments("another subject", "by-subject", AUTHORITY.issueTo("CN=bank,O=Bank AG,C=AT")),
        arguments("a longer one", "by-subject", AUTHORITY.issueTo("CN=x," + SUBJECT)),
        arguments("another order", "by-subject", AUTHORITY.issueTo("C=DE,O=Bank AG,CN=bank")),
        arguments("of an authority that nobody trusts", "by-subject", STRANGERS.issueTo(SUBJECT)),
        arguments(
            "of its own making",
            "by-subject",
            TestAuthority.selfSigned(SUBJECT, TestAuthority.ecKeys())),
        arguments(
            "expired",
            "by-subject",
            AUTHORITY.issue(
                TestAuthority.ecKeys(), now.minusSeconds(7_200), now.minusSeconds(3_600))),
        arguments("the host as a subject", "by-host", AUTHORITY.issueTo("CN=client.bank.example")),
        arguments(
            "a host that is any below",
            "by-host",
            AUTHORITY.issueTo("CN=x", new GeneralName(GeneralName.dNSName, "*.bank.example"))),
        arguments(
            "a URI below it",
            "by-uri",
            AUTHORITY.issueTo(
                "CN=x",
                new GeneralName(
                    GeneralName.uniformResourceIdentifier, "spiffe://bank.example/client/2"))),
        arguments(
            "the address as a host",
            "by-address",
            AUTHORITY.issueTo("CN=x", new GeneralName(GeneralName.dNSName, "2001:db8::7"))),
        arguments(
            "another person of the host",
            "by-mail",
            AUTHORITY.issueTo("CN=x", new GeneralName(GeneralName.rfc822Name, "ops@bank.example"))),
        arguments("that of another client", "own", BANK),
        arguments("another with its key", "own", TestAuthority.selfSigned("CN=anybody", KEYS)),
        arguments(
            "another with its key", "own-thumbprint", TestAuthority.selfSigned("CN=anybody", KEYS)),
        arguments(
            "another key of the same name",
            "own-key",
            TestAuthority.selfSigned("CN=anybody", TestAuthority.ecKeys())));
  }

  @ParameterizedTest(name = "{0} for {1}")
  @MethodSource("bad")
  void withAnotherItIsNobody(String name, String client, @Nullable Issued certificate) {
    Reply reply = tokens(certificate, client, ITSELF);
    assertThat(reply.status()).as(reply.text()).isEqualTo(401);
    assertThat(text(reply, "error")).isEqualTo("invalid_client");
  }

  @Test
  void aClientThatIsKnownByItsCertificateProvesItselfInNoOtherWay() {
    for (String client : List.of("by-subject", "own")) {
      Map<String, String> secret = as(client, ITSELF);
      secret.put("client_secret", Provider.SECRET);
      assertThat(showing(BANK).post(TokenEndpoint.PATH, secret).status()).isEqualTo(401);
      Map<String, String> asserted =
          Bank.asserted(
              new HashMap<>(ITSELF), KeyHolder.es256().assertion(client, ISSUER, CLOCK.instant()));
      assertThat(showing(BANK).post(TokenEndpoint.PATH, asserted).status()).isEqualTo(401);
    }
    assertThat(showing(BANK).post(TokenEndpoint.PATH, ITSELF).status())
        .as("the certificate does not say which client")
        .isEqualTo(401);
  }

  @Test
  void aClientAddsItsNextCertificateAtItsUrl() throws Exception {
    Issued next = TestAuthority.selfSigned("CN=anybody", TestAuthority.ecKeys());
    host.gives("/jwks", new JWKSet(withCertificate(OWN)).toString());
    assertThat(tokens(OWN, "own-at-url", ITSELF).status()).isEqualTo(200);
    assertThat(tokens(next, "own-at-url", ITSELF).status()).isEqualTo(401);
    host.gives(
        "/jwks", new JWKSet(List.of(withCertificate(OWN), withCertificate(next))).toString());
    CLOCK.move(Duration.ofMinutes(1));
    for (Issued good : List.of(OWN, next)) {
      assertThat(tokens(good, "own-at-url", ITSELF).status()).isEqualTo(200);
    }
    assertThat(tokens(BANK, "own-at-url", ITSELF).status()).isEqualTo(401);
  }

  @Test
  void everyEndpointOfClientsTakesIt() {
    String token = access(BANK, "by-subject");
    Map<String, String> pushed = request("by-subject", Bank.BACK, "openid");
    Map<String, Map<String, String>> forms =
        Map.of(
            TokenStatus.INTROSPECT,
            Map.of("token", token),
            TokenStatus.REVOKE,
            Map.of("token", "none"),
            PushedRequests.PATH,
            pushed,
            DeviceRequests.PATH,
            Map.of("scope", "openid"));
    forms.forEach((path, form) -> {
      Reply good = showing(BANK).post(path, as("by-subject", form));
      assertThat(good.status()).as("%s %s", path, good.text()).isBetween(200, 201);
      Reply bad = showing(null).post(path, as("by-subject", form));
      assertThat(bad.status()).as("%s %s", path, bad.text()).isEqualTo(401);
      assertThat(text(bad, "error")).isEqualTo("invalid_client");
    });
  }

  @Test
  void introspectionTellsTheCertificate() {
    Reply told =
        showing(BANK)
            .post(
                TokenStatus.INTROSPECT,
                as("by-subject", Map.of("token", access(BANK, "by-subject"))));
    assertThat(json(told))
        .containsEntry("active", true)
        .containsEntry("token_type", "Bearer")
        .containsEntry("cnf", Map.of("x5t#S256", thumbprint(BANK)));
  }

  /// A person's, with which every face has something to say.
  private static Reply signedIn(Issued own, String client) {
    String code =
        Provider.code(
            new Visitor(showing(null)),
            request(client, Bank.BACK, "openid notes:read offline_access"),
            email);
    return tokens(own, client, codeForm(client, Bank.BACK, code));
  }

  private record Face(String method, String path, String type, String body) {
    private Reply ask(SecureClient client, String token) {
      Map<String, String> headers = new HashMap<>();
      if (!type.isEmpty()) {
        headers.put("Content-Type", type);
      }
      if (body.startsWith("access_token=")) {
        return client.send(method, path, headers, body + token);
      }
      headers.putAll(bearer(token));
      return client.send(method, path, headers, body);
    }
  }

  private static final List<Face> FACES =
      List.of(
          new Face("GET", "/api/notes", "", ""),
          new Face("POST", "/graphql", "application/json", "{\"query\": \"{notes {id}}\"}"),
          new Face("GET", UserInfo.PATH, "", ""),
          new Face("POST", UserInfo.PATH, "application/x-www-form-urlencoded", "access_token="));

  @ParameterizedTest
  @EnumSource(Version.class)
  void aBoundTokenIsGoodWithItsCertificateAloneOnEveryFace(Version version) {
    String token = text(signedIn(BANK, "by-subject"), "access_token");
    Issued other = AUTHORITY.issueTo(SUBJECT);
    for (Face face : FACES) {
      Reply good = face.ask(showing(BANK, version), token);
      assertThat(good.status()).as("%s %s", face, good.text()).isEqualTo(200);
      assertThat(good.text()).doesNotContain("errors");
      for (SecureClient thief : List.of(showing(null, version), showing(other, version))) {
        Reply bad = face.ask(thief, token);
        assertThat(bad.status()).as("%s %s", face, bad.text()).isEqualTo(401);
        assertThat(bad.header("WWW-Authenticate")).startsWith("Bearer error=\"invalid_token\"");
      }
    }
    Map<String, String> header = bearer(token);
    assertThat(showing(BANK, version).statusOfStream("/api/events?model=Note", header))
        .isNotEqualTo(401);
    assertThat(showing(null, version).statusOfStream("/api/events?model=Note", header))
        .isEqualTo(401);
  }

  @Test
  void aWebSocketCarriesTheCertificateOfItsConnection() {
    String token = text(signedIn(BANK, "by-subject"), "access_token");
    String init =
        "{'type': 'connection_init', 'payload': {'Authorization': 'Bearer %s'}}".formatted(token);
    try (SocketClient client = showing(BANK).socket(Map.of())) {
      client.say(init);
      assertThat(client.next()).isEqualTo("{'type':'connection_ack'}");
      client.say("{'type': 'subscribe', 'id': '1', 'payload': {'query': '{notes {id}}'}}");
      assertThat(client.next()).contains("'type':'next'").doesNotContain("errors");
    }
    try (SocketClient thief = showing(null).socket(Map.of())) {
      thief.say(init);
      assertThat(thief.next()).startsWith("closed 4403").contains("certificate");
    }
    try (SocketClient thief = showing(OWN).socket(bearer(token))) {
      thief.say("{'type': 'connection_init'}");
      assertThat(thief.next()).startsWith("closed 4403").contains("certificate");
    }
  }

  /// FAPI 2.0 Security Profile with certificates for both: who the client is, and to whom its tokens are bound.
  @Test
  void aBankSignsSomebodyInWithItsCertificateAlone() {
    Map<String, String> asked = request("by-subject", Bank.BACK, "openid notes:read");
    Reply pushed = showing(BANK).post(PushedRequests.PATH, asked);
    assertThat(pushed.status()).as(pushed.text()).isEqualTo(201);
    String code =
        Provider.code(
            new Visitor(showing(null)),
            Map.of("client_id", "by-subject", "request_uri", text(pushed, "request_uri")),
            email);
    Map<String, String> form = codeForm("by-subject", Bank.BACK, code);
    assertThat(text(tokens(null, "by-subject", form), "error")).isEqualTo("invalid_client");
    Reply tokens = tokens(BANK, "by-subject", form);
    assertThat(tokens.status()).as("nobody else used the code up: " + tokens.text()).isEqualTo(200);
    assertThat(claims(text(tokens, "access_token")))
        .containsEntry("cnf", Map.of("x5t#S256", thumbprint(BANK)));
    assertThat(showing(BANK).send("GET", UserInfo.PATH, bearer(text(tokens, "access_token")), ""))
        .extracting(Reply::status)
        .isEqualTo(200);
  }

  @Test
  void aClientThatSignsAssertionsBindsItsTokensToACertificateToo() {
    Map<String, String> form = Bank.asserted(new HashMap<>(ITSELF), signed());
    Reply without = showing(null).post(TokenEndpoint.PATH, form);
    assertThat(without.status()).isEqualTo(400);
    assertThat(text(without, "error")).isEqualTo("invalid_request");
    Reply with =
        showing(OWN).post(TokenEndpoint.PATH, Bank.asserted(new HashMap<>(ITSELF), signed()));
    assertThat(claims(text(with, "access_token")))
        .containsEntry("cnf", Map.of("x5t#S256", thumbprint(OWN)));
  }

  private static String signed() {
    return SIGNER.assertion("signer", ISSUER, CLOCK.instant());
  }

  @Test
  void aTokenCanBeBoundToAKeyAndACertificate() {
    KeyHolder key = KeyHolder.es256();
    SecureClient bank = showing(BANK);
    String nonce = proven(bank, key, "none").header("DPoP-Nonce");
    Reply tokens = proven(bank, key, nonce);
    assertThat(json(tokens)).containsEntry("token_type", "DPoP");
    String token = text(tokens, "access_token");
    assertThat(claims(token))
        .containsEntry("cnf", Map.of("jkt", key.thumbprint(), "x5t#S256", thumbprint(BANK)));
    String url = ISSUER + "/api/notes";
    for (boolean shown : new boolean[] {true, false}) {
      Reply reply =
          showing(shown ? BANK : null)
              .send(
                  "GET",
                  "/api/notes",
                  Map.of(
                      "Authorization",
                      "DPoP " + token,
                      "DPoP",
                      key.proof("GET", url, nonce, CLOCK.instant(), token)),
                  "");
      assertThat(reply.status()).as(reply.text()).isEqualTo(shown ? 200 : 401);
    }
    assertThat(bank.send("GET", "/api/notes", bearer(token), "").status()).isEqualTo(401);
  }

  private static Reply proven(SecureClient client, KeyHolder key, String nonce) {
    return client.send(
        "POST",
        TokenEndpoint.PATH,
        Map.of(
            "Content-Type",
            "application/x-www-form-urlencoded",
            "DPoP",
            key.proof("POST", ISSUER + TokenEndpoint.PATH, nonce, CLOCK.instant())),
        Visitor.form(as("by-subject", ITSELF)));
  }

  @Test
  void aPublicClientGoesOnWithTheSameCertificateAlone() {
    String code =
        Provider.code(
            new Visitor(showing(null)), request("page", Bank.BACK, "openid notes:read"), email);
    Map<String, String> form = codeForm("page", Bank.BACK, code);
    assertThat(text(tokens(null, "page", form), "error")).isEqualTo("invalid_request");
    Reply first = tokens(OWN, "page", form);
    assertThat(first.status()).as("that used nothing up: " + first.text()).isEqualTo(200);
    assertThat(claims(text(first, "access_token")))
        .containsEntry("cnf", Map.of("x5t#S256", thumbprint(OWN)));
    Map<String, String> refresh =
        Map.of("grant_type", "refresh_token", "refresh_token", text(first, "refresh_token"));
    assertThat(text(tokens(BANK, "page", refresh), "error")).isEqualTo("invalid_grant");
    assertThat(text(tokens(null, "page", refresh), "error")).isEqualTo("invalid_request");
    Reply next = tokens(OWN, "page", refresh);
    assertThat(next.status()).as("nothing of that used it up: " + next.text()).isEqualTo(200);
    assertThat(text(tokens(OWN, "page", refresh), "refresh_token"))
        .as("the same successor")
        .isEqualTo(text(next, "refresh_token"));
  }

  @Test
  void aClientThatProvesItselfMayChangeItsCertificate() {
    Issued next = AUTHORITY.issueTo(SUBJECT);
    Reply first = signedIn(BANK, "by-subject");
    Map<String, String> refresh =
        Map.of("grant_type", "refresh_token", "refresh_token", text(first, "refresh_token"));
    Reply second = tokens(next, "by-subject", refresh);
    assertThat(second.status()).as(second.text()).isEqualTo(200);
    Face notes = FACES.getFirst();
    String token = text(second, "access_token");
    assertThat(notes.ask(showing(next), token).status()).isEqualTo(200);
    assertThat(notes.ask(showing(BANK), token).status()).isEqualTo(401);
  }

  @Test
  void theConnectionMayOutliveTheCertificate() {
    Instant now = CLOCK.instant();
    Issued brief =
        AUTHORITY.issue(KEYS, now.minus(Duration.ofHours(1)), now.plus(Duration.ofMinutes(30)));
    SecureClient client = new SecureClient(AUTHORITY, brief, server.port(), Version.HTTP_1_1);
    assertThat(client.post(TokenEndpoint.PATH, as("own-key", ITSELF)).status()).isEqualTo(200);
    CLOCK.move(Duration.ofMinutes(31));
    Reply late = client.post(TokenEndpoint.PATH, as("own-key", ITSELF));
    assertThat(late.status()).isEqualTo(401);
    assertThat(text(late, "error_description")).contains("expired");
    CLOCK.move(Duration.ofMinutes(-31));
  }

  @Test
  void clientsFindOutThatCertificatesAreTaken() {
    for (String path : List.of(Metadata.OPENID, Metadata.OAUTH)) {
      Reply told = showing(null).send("GET", path, Map.of(), "");
      assertThat(json(told))
          .containsEntry("tls_client_certificate_bound_access_tokens", true)
          .doesNotContainKey("mtls_endpoint_aliases");
      for (String endpoint : List.of("token", "introspection", "revocation")) {
        assertThat(json(told).get(endpoint + "_endpoint_auth_methods_supported"))
            .asInstanceOf(InstanceOfAssertFactories.LIST)
            .contains("tls_client_auth", "self_signed_tls_client_auth");
      }
    }
    Reply resource = showing(null).send("GET", ProtectedResource.PATH, Map.of(), "");
    assertThat(json(resource)).containsEntry("tls_client_certificate_bound_access_tokens", true);
  }

  /// Browsers on the main port show nobody a choice of certificates.
  @Test
  void clientsCanBeAskedOnAPortOfTheirOwn() throws Exception {
    int port = FreePort.choose();
    TlsSettings tls = tls(ClientCertificates.OPTIONAL, port);
    try (TestServer two =
        TestServer.start(
            plan(named("by-subject", SUBJECT, "", "", "", "")).listening(http -> http.with(tls)))) {
      SecureClient main = new SecureClient(AUTHORITY, BANK, two.port(), Version.HTTP_1_1);
      SecureClient asked = new SecureClient(AUTHORITY, BANK, port, Version.HTTP_1_1);
      Map<String, Object> metadata = json(main.send("GET", Metadata.OAUTH, Map.of(), ""));
      String origin = "https://varve.example:" + port;
      assertThat(metadata)
          .containsEntry("token_endpoint", ISSUER + TokenEndpoint.PATH)
          .containsEntry(
              "mtls_endpoint_aliases",
              Map.of(
                  "token_endpoint",
                  origin + TokenEndpoint.PATH,
                  "pushed_authorization_request_endpoint",
                  origin + PushedRequests.PATH,
                  "device_authorization_endpoint",
                  origin + DeviceRequests.PATH,
                  "introspection_endpoint",
                  origin + TokenStatus.INTROSPECT,
                  "revocation_endpoint",
                  origin + TokenStatus.REVOKE,
                  "userinfo_endpoint",
                  origin + UserInfo.PATH));
      assertThat(metadata.get("token_endpoint_auth_methods_supported"))
          .asInstanceOf(InstanceOfAssertFactories.LIST)
          .contains("tls_client_auth")
          .doesNotContain("self_signed_tls_client_auth");
      assertThat(main.post(TokenEndpoint.PATH, as("by-subject", ITSELF)).status()).isEqualTo(401);
      Reply tokens = asked.post(TokenEndpoint.PATH, as("by-subject", ITSELF));
      assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);
      String token = text(tokens, "access_token");
      Face notes = FACES.getFirst();
      assertThat(notes.ask(asked, token).status()).isEqualTo(200);
      assertThat(notes.ask(main, token).status()).isEqualTo(401);
    }
  }

  private static String registration(String more) {
    return "{\"client_name\": \"Tool\", \"redirect_uris\": [\"%s\"], \"tls_client_certificate_bound_access_tokens\": true%s}"
        .formatted(Bank.BACK, more);
  }

  private static Reply register(String more) {
    return showing(null).send("POST", Registration.PATH, Map.of(), registration(more));
  }

  @Test
  void aClientRegistersWithTheNameOfItsCertificate() {
    Reply made =
        register(
            ", \"token_endpoint_auth_method\": \"tls_client_auth\", \"tls_client_auth_san_dns\": \"client.bank.example\"");
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    assertThat(json(made))
        .containsEntry("token_endpoint_auth_method", "tls_client_auth")
        .containsEntry("tls_client_auth_san_dns", "client.bank.example")
        .containsEntry("tls_client_certificate_bound_access_tokens", true)
        .doesNotContainKeys("client_secret", "tls_client_auth_subject_dn");
    String id = text(made, "client_id");
    Map<String, String> pushed = request(id, Bank.BACK, "openid");
    assertThat(showing(BANK).post(PushedRequests.PATH, pushed).status()).isEqualTo(201);
    assertThat(showing(OWN).post(PushedRequests.PATH, pushed).status()).isEqualTo(401);
  }

  @Test
  void aClientRegistersWithItsOwnCertificate() throws Exception {
    Reply made =
        register(
            ", \"token_endpoint_auth_method\": \"self_signed_tls_client_auth\", \"jwks\": %s"
                .formatted(new JWKSet(withCertificate(OWN))));
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    assertThat(json(made))
        .containsEntry("token_endpoint_auth_method", "self_signed_tls_client_auth");
    Map<String, String> pushed = request(text(made, "client_id"), Bank.BACK, "openid");
    assertThat(showing(OWN).post(PushedRequests.PATH, pushed).status()).isEqualTo(201);
    assertThat(showing(BANK).post(PushedRequests.PATH, pushed).status()).isEqualTo(401);
  }

  static Stream<Arguments> badRegistrations() {
    String named = ", \"token_endpoint_auth_method\": \"tls_client_auth\"";
    return Stream.of(
        arguments(named, "tls_client_auth takes one of tls_client_auth_subject_dn"),
        arguments(
            named
                + ", \"tls_client_auth_san_dns\": \"a.example\", \"tls_client_auth_san_ip\": \"192.0.2.7\"",
            "tls_client_auth takes one of"),
        arguments(
            named + ", \"tls_client_auth_san_dns\": \"*.example\"", "tls_client_auth_san_dns is"),
        arguments(
            named + ", \"tls_client_auth_subject_dn\": \"bank\"", "tls_client_auth_subject_dn is"),
        arguments(named + ", \"tls_client_auth_san_ip\": 7", "tls_client_auth_san_ip must be text"),
        arguments(
            ", \"token_endpoint_auth_method\": \"self_signed_tls_client_auth\"",
            "jwks is missing, and so is jwks_uri"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("badRegistrations")
  void aRegistrationWithoutOneNameIsRefused(String more, String why) {
    Reply reply = register(more);
    assertThat(reply.status()).as(reply.text()).isEqualTo(400);
    assertThat(json(reply)).containsEntry("error", "invalid_client_metadata");
    assertThat(text(reply, "error_description")).contains(why);
  }

  @Test
  void anAdministratorSaysByWhichCertificateAClientIsKnown() {
    String root = account(server, "root@example.com", List.of("admin"));
    Reply signedIn =
        showing(null)
            .send(
                "POST",
                "/auth/sign-in",
                Map.of(),
                "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(root, Provider.PASSWORD));
    Map<String, String> admin = bearer(text(signedIn, "accessToken"));
    String path = "/auth/admin/clients";
    String machine =
        "{\"id\": \"machine\", \"title\": \"Machine\", \"scopes\": [\"notes:read\"], \"grants\": [\"client_credentials\"], \"certificate\": %s}";
    Reply made =
        showing(null).send("POST", path, admin, machine.formatted("{\"subjectDn\": \"CN=till\"}"));
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    assertThat(json(made))
        .containsEntry("certificate", Map.of("subjectDn", "CN=till"))
        .containsEntry("certificateBoundTokens", false)
        .containsEntry("confidential", true);
    Issued till = AUTHORITY.issueTo("CN=till");
    assertThat(claims(access(till, "machine"))).doesNotContainKey("cnf");
    Reply changed =
        showing(null)
            .send(
                "PATCH",
                path + "/machine",
                admin,
                "{\"certificate\": {\"sanDns\": \"client.bank.example\"}, \"certificateBoundTokens\": true}");
    assertThat(changed.status()).as(changed.text()).isEqualTo(200);
    assertThat(tokens(till, "machine", ITSELF).status()).isEqualTo(401);
    assertThat(claims(access(BANK, "machine"))).containsKey("cnf");
    Map<String, String> wrong =
        Map.of(
            "{\"subjectDn\": \"CN=a\", \"sanDns\": \"a.example\"}", "take one of them",
            "{\"selfSigned\": true}", "neither jwks nor jwksUri",
            "{\"subject\": \"CN=a\"}", "must be an object with one of subjectDn");
    wrong.forEach((certificate, why) -> {
      Reply reply = showing(null).send("POST", path, admin, machine.formatted(certificate));
      assertThat(reply.status()).as(certificate).isEqualTo(400);
      assertThat(reply.text()).contains(why);
    });
    Reply both =
        showing(null)
            .send(
                "POST",
                path,
                admin,
                machine.formatted("{\"subjectDn\": \"CN=a\"}, \"confidential\": true"));
    assertThat(both.text()).contains("certificate", "stands beside a secret");
  }

  private static String header(Issued issued) throws CertificateEncodingException {
    return ":%s:".formatted(Base64.getEncoder().encodeToString(issued.certificate().getEncoded()));
  }

  private static Reply told(TestServer at, String client, String header) {
    return at.send(
        "POST",
        TokenEndpoint.PATH,
        Map.of("Content-Type", "application/x-www-form-urlencoded", "Client-Cert", header),
        Visitor.form(as(client, ITSELF)));
  }

  @Test
  void aTrustedProxyTellsOfTheCertificateThatItHasVerified() throws Exception {
    Plan proxied =
        plan(named("by-subject", SUBJECT, "", "", "", ""))
            .listening(http ->
                SettingRecords.changed(
                    http,
                    Map.of(
                        "trustedProxies",
                        List.of("127.0.0.1"),
                        "proxyCertificates",
                        ProxyCertificates.VERIFIED)));
    try (TestServer at = TestServer.start(proxied)) {
      Reply tokens = told(at, "by-subject", header(BANK));
      assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);
      String token = text(tokens, "access_token");
      assertThat(claims(token)).containsEntry("cnf", Map.of("x5t#S256", thumbprint(BANK)));
      assertThat(notes(at, token, header(BANK))).isEqualTo(200);
      assertThat(notes(at, token, header(OWN))).isEqualTo(401);
      assertThat(at.send("GET", "/api/notes", bearer(token), "").status()).isEqualTo(401);
      Reply metadata = at.get(Metadata.OAUTH);
      assertThat(metadata.text())
          .contains("\"tls_client_auth\"")
          .doesNotContain("self_signed_tls_client_auth");
      Reply registered =
          at.send(
              "POST",
              Registration.PATH,
              Map.of(),
              registration(", \"token_endpoint_auth_method\": \"self_signed_tls_client_auth\""));
      assertThat(registered.text()).contains("no such certificates are taken here");
      String encoded = header(BANK);
      for (String malformed :
          List.of(
              "",
              "::",
              encoded.substring(1),
              encoded.substring(0, encoded.length() - 1),
              encoded + ", " + encoded,
              ":!!:",
              ":AAAA:",
              ":%s:"
                  .formatted(
                      Base64.getEncoder()
                          .encodeToString(
                              TestAuthority.pem(BANK.certificate())
                                  .getBytes(StandardCharsets.US_ASCII))))) {
        Reply reply = told(at, "by-subject", malformed);
        assertThat(reply.status()).as(malformed).isEqualTo(400);
        assertThat(reply.text()).contains("Client-Cert");
        assertThat(notes(at, token, malformed)).as(malformed).isEqualTo(400);
      }
    }
  }

  private static int notes(TestServer at, String token, String header) {
    return at.send(
            "GET",
            "/api/notes",
            Map.of("Authorization", "Bearer " + token, "Client-Cert", header),
            "")
        .status();
  }
}
