package dev.varve.identity.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import dev.varve.face.auth.Guarded;
import dev.varve.face.auth.Guarded.Reply;
import dev.varve.kernel.Json;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What people have tried on other servers' tokens.
class TokenForgeryTest {
  @TempDir static Path folder;

  private static Guarded server;
  private static String account;
  private static String good;
  private static KeyPair pair;
  private static String kid;

  @BeforeAll
  static void start() {
    server = Guarded.at(folder, Guarded.RS256);
    account = server.account("ada@example.com", "staff");
    good = server.token(account);
    pair = server.newestPair();
    kid = server.keys.signing(server.clock.now).id();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply write(String token) {
    return server.send("POST", "/api/notes", "Bearer " + token, "{\"text\": \"hello\"}");
  }

  private static void assertRefused(String token) {
    long before = server.position();
    Reply reply = write(token);
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.string("error", "code")).isEqualTo("UNAUTHENTICATED");
    assertThat(reply.challenge()).isEqualTo("Bearer error=\"invalid_token\"");
    assertThat(server.position()).isEqualTo(before);
  }

  private static Map<String, @Nullable Object> claims() {
    long now = server.clock.now.getEpochSecond();
    Map<String, @Nullable Object> claims = new LinkedHashMap<>();
    claims.put("iss", Guarded.ISSUER);
    claims.put("aud", Guarded.ISSUER);
    claims.put("sub", account);
    claims.put("sid", "session-1");
    claims.put("client_id", "varve");
    claims.put("iat", now);
    claims.put("exp", now + 900);
    claims.put("jti", "1");
    return claims;
  }

  private static byte[] json(Map<String, @Nullable Object> claims) {
    return Json.bytes(json -> Json.write(json, claims));
  }

  /// Signed by the server's own key, as it signs.
  private static String signed(Map<String, @Nullable Object> claims) {
    return server.keys.signing(server.clock.now).sign(TokenType.ACCESS, json(claims));
  }

  private static JWSHeader.Builder header(JWSAlgorithm algorithm) {
    return new JWSHeader.Builder(algorithm).type(new JOSEObjectType("at+jwt")).keyID(kid);
  }

  private static String signed(JWSHeader header, JWSSigner signer) throws JOSEException {
    JWSObject token = new JWSObject(header, new Payload(json(claims())));
    token.sign(signer);
    return token.serialize();
  }

  private static String base64(String text) {
    return Base64URL.encode(text).toString();
  }

  @Test
  void theTokenThatTheOthersAreForgedAfterIsGood() throws Exception {
    assertThat(write(good).status()).isEqualTo(201);
    assertThat(write(signed(claims())).status()).isEqualTo(201);
    String byHand = signed(header(JWSAlgorithm.RS256).build(), new RSASSASigner(pair.getPrivate()));
    assertThat(write(byHand).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "None", "NONE", "nOnE", "", "HS256", "RS256"})
  void aTokenWithoutASignature(String algorithm) {
    String header =
        base64("{\"alg\":\"%s\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}".formatted(algorithm, kid));
    String payload = Base64URL.encode(json(claims())).toString();
    assertRefused(header + "." + payload + ".");
    assertRefused(header + "." + payload + "." + base64("x"));
    assertRefused(good.substring(0, good.lastIndexOf('.') + 1));
  }

  @Test
  void aTokenWhoseHmacKeyIsThePublicKey() throws Exception {
    RSAPublicKey publicKey = (RSAPublicKey) pair.getPublic();
    byte[] der = publicKey.getEncoded();
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END PUBLIC KEY-----";
    String jwk = new RSAKey.Builder(publicKey).keyID(kid).build().toJSONString();
    String jwks = server.send("GET", "/.well-known/jwks.json", "", "").text();
    for (byte[] secret :
        List.of(
            der,
            pem.getBytes(StandardCharsets.US_ASCII),
            (pem + "\n").getBytes(StandardCharsets.US_ASCII),
            publicKey.getModulus().toByteArray(),
            jwk.getBytes(StandardCharsets.US_ASCII),
            jwks.getBytes(StandardCharsets.US_ASCII))) {
      assertRefused(signed(header(JWSAlgorithm.HS256).build(), new MACSigner(secret)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS384", "RS512", "PS256"})
  void aTokenSignedByTheRightKeyInAnotherWay(String algorithm) throws Exception {
    assertRefused(
        signed(header(JWSAlgorithm.parse(algorithm)).build(), new RSASSASigner(pair.getPrivate())));
  }

  @Test
  void aTokenSignedByAnotherKeyUnderTheIdOfOurs() throws Exception {
    KeyPair theirs = SigningAlgorithm.RS256.newKeys(new SecureRandom());
    assertRefused(
        signed(header(JWSAlgorithm.RS256).build(), new RSASSASigner(theirs.getPrivate())));
    KeyPair curve = SigningAlgorithm.ES256.newKeys(new SecureRandom());
    assertRefused(
        signed(
            header(JWSAlgorithm.ES256).build(),
            new ECDSASigner((ECPrivateKey) curve.getPrivate())));
  }

  @Test
  void anEncryptedTokenAroundOneWithoutASignature() throws Exception {
    String unsigned = base64("{\"alg\":\"none\"}") + "." + Base64URL.encode(json(claims())) + ".";
    for (String type : List.of("JWT", "at+jwt")) {
      JWEObject outer =
          new JWEObject(
              new JWEHeader.Builder(JWEAlgorithm.RSA_OAEP_256, EncryptionMethod.A256GCM)
                  .contentType("JWT")
                  .type(new JOSEObjectType(type))
                  .keyID(kid)
                  .build(),
              new Payload(unsigned));
      outer.encrypt(new RSAEncrypter((RSAPublicKey) pair.getPublic()));
      assertRefused(outer.serialize());
    }
    JWEObject around =
        new JWEObject(
            new JWEHeader.Builder(JWEAlgorithm.RSA_OAEP_256, EncryptionMethod.A256GCM)
                .contentType("JWT")
                .build(),
            new Payload(good));
    around.encrypt(new RSAEncrypter((RSAPublicKey) pair.getPublic()));
    assertRefused(around.serialize());
  }

  @Test
  void aTokenThatBringsOrPointsToItsOwnKey() throws Exception {
    KeyPair theirs = SigningAlgorithm.RS256.newKeys(new SecureRandom());
    RSASSASigner signer = new RSASSASigner(theirs.getPrivate());
    JWK jwk = new RSAKey.Builder((RSAPublicKey) theirs.getPublic()).keyID("theirs").build();
    URI here = URI.create(server.url() + "/.well-known/jwks.json");
    assertRefused(signed(header(JWSAlgorithm.RS256).jwk(jwk).build(), signer));
    assertRefused(signed(header(JWSAlgorithm.RS256).keyID("theirs").jwk(jwk).build(), signer));
    assertRefused(signed(header(JWSAlgorithm.RS256).jwkURL(here).build(), signer));
    assertRefused(signed(header(JWSAlgorithm.RS256).x509CertURL(here).build(), signer));
  }

  @Test
  void aTokenOfOursWithMoreInItsHeader() throws Exception {
    RSASSASigner signer = new RSASSASigner(pair.getPrivate());
    URI here = URI.create(server.url() + "/.well-known/jwks.json");
    assertRefused(signed(header(JWSAlgorithm.RS256).jwkURL(here).build(), signer));
    assertRefused(signed(header(JWSAlgorithm.RS256).x509CertURL(here).build(), signer));
    assertRefused(
        signed(
            header(JWSAlgorithm.RS256)
                .jwk(new RSAKey.Builder((RSAPublicKey) pair.getPublic()).build())
                .build(),
            signer));
    assertRefused(
        signed(
            header(JWSAlgorithm.RS256)
                .x509CertChain(List.of(new com.nimbusds.jose.util.Base64("AAAA")))
                .build(),
            signer));
    assertRefused(
        signed(
            header(JWSAlgorithm.RS256).criticalParams(Set.of("exp")).customParam("exp", 1).build(),
            signer));
    assertRefused(signed(header(JWSAlgorithm.RS256).contentType("JWT").build(), signer));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../dev/null",
        "/dev/null",
        "file:///dev/null",
        "' OR 1=1 --",
        "x' UNION SELECT 'AA",
        "| /usr/bin/true",
        "hs256",
        ""
      })
  void aTokenWhoseKeyIdLeadsElsewhere(String id) throws Exception {
    assertRefused(
        signed(header(JWSAlgorithm.RS256).keyID(id).build(), new RSASSASigner(pair.getPrivate())));
    assertRefused(
        signed(header(JWSAlgorithm.HS256).keyID(id).build(), new MACSigner(new byte[32])));
  }

  @Test
  void aTokenWithoutAKeyId() throws Exception {
    assertRefused(
        signed(
            header(JWSAlgorithm.RS256).keyID(null).build(), new RSASSASigner(pair.getPrivate())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"JWT", "jwt", "id+jwt", "AT+JWT", "application/at+jwt", ""})
  void aTokenOfAnotherType(String type) throws Exception {
    JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(kid);
    if (!type.isEmpty()) {
      header.type(new JOSEObjectType(type));
    }
    assertRefused(signed(header.build(), new RSASSASigner(pair.getPrivate())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"iss", "aud", "sub", "sid", "iat", "exp", "jti"})
  void aTokenOfOursInWhichAClaimIsMissingOrOfTheWrongKind(String claim) {
    Map<String, @Nullable Object> claims = claims();
    claims.remove(claim);
    assertRefused(signed(claims));
    for (Object wrong : Arrays.asList(null, "", true, List.of(), Map.of(), -1L, "2030-01-01")) {
      claims.put(claim, wrong);
      if (!(claim.equals("jti") || claim.equals("sub") || claim.equals("sid"))
          || !"2030-01-01".equals(wrong)) {
        assertRefused(signed(claims));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "iss, https://evil.example",
    "iss, https://shop.example/",
    "iss, HTTPS://SHOP.EXAMPLE",
    "aud, https://evil.example",
    "aud, https://shop.example.evil.example",
    "sub, 00000000-0000-7000-8000-000000000000",
    "sid, session-2"
  })
  void aTokenOfOursForSomebodyElse(String claim, String value) {
    Map<String, @Nullable Object> claims = claims();
    claims.put(claim, value);
    assertRefused(signed(claims));
  }

  @Test
  void aTokenOfOursFromAnotherTime() {
    long now = server.clock.now.getEpochSecond();
    Map<String, @Nullable Object> claims = claims();
    claims.put("iat", now + 61);
    assertRefused(signed(claims));
    claims.put("iat", now + 60);
    assertThat(write(signed(claims)).status()).isEqualTo(201);
    claims.put("iat", now);
    for (long never : new long[] {now + 24 * 60 * 60 + 1, Long.MAX_VALUE, now, now - 1}) {
      claims.put("exp", never);
      assertRefused(signed(claims));
    }
    claims.put("exp", new BigDecimal("1e300"));
    assertRefused(signed(claims));
    claims.put("exp", new BigDecimal(now + ".5"));
    assertRefused(signed(claims));
  }

  @Test
  void aTokenThatHasExpired() {
    long now = server.clock.now.getEpochSecond();
    Map<String, @Nullable Object> claims = claims();
    claims.put("iat", now - 900);
    claims.put("exp", now);
    long before = server.position();
    Reply reply = write(signed(claims));
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.string("error", "code")).isEqualTo("TOKEN_EXPIRED");
    assertThat(reply.challenge())
        .isEqualTo(
            "Bearer error=\"invalid_token\", error_description=\"The access token expired\"");
    assertThat(server.position()).isEqualTo(before);
  }

  @Test
  void aTokenExpiresWhileItIsRemembered(@TempDir Path elsewhere) {
    try (Guarded other = Guarded.at(elsewhere, Guarded.ES256)) {
      String token = "Bearer " + other.token(other.account("ada@example.com"));
      assertThat(other.whoami(token).status()).isEqualTo(200);
      other.clock.forward(Duration.ofSeconds(899));
      assertThat(other.whoami(token).status()).isEqualTo(200);
      other.clock.forward(Duration.ofSeconds(1));
      assertThat(other.whoami(token).string("error", "code")).isEqualTo("TOKEN_EXPIRED");
    }
  }

  @Test
  void aTokenThatIsCutOrLengthenedOrAltered() {
    assertRefused(good.substring(0, good.length() - 1));
    assertRefused(good.substring(0, good.length() - 4));
    assertRefused(good.substring(0, good.length() / 2));
    assertRefused(good.substring(1));
    assertRefused(good + "A");
    assertRefused(good + "AAAA");
    assertRefused(good + "=");
    assertRefused(good + ".");
    assertRefused("." + good);
    assertRefused(good.replace(".", ".."));
    assertRefused(good.substring(0, good.lastIndexOf('.')));
    assertRefused(good + "." + good);
    int middle = good.indexOf('.') + 10;
    char other = good.charAt(middle) == 'A' ? 'B' : 'A';
    assertRefused(good.substring(0, middle) + other + good.substring(middle + 1));
  }

  @Test
  void aSignatureWithBitsThatMeanNothing() {
    // 256 bytes leave four bits in the last letter
    char last = good.charAt(good.length() - 1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char alike = alphabet.charAt(alphabet.indexOf(last) ^ 1);
    assertRefused(good.substring(0, good.length() - 1) + alike);
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\t", "%20", "\"", ","})
  void aTokenWithSomethingInBetween(String between) {
    int dot = good.indexOf('.');
    assertRefused(good.substring(0, dot) + between + good.substring(dot));
    assertRefused(good.substring(0, dot + 1) + between + good.substring(dot + 1));
    assertRefused(
        good.substring(0, good.length() - 9) + between + good.substring(good.length() - 9));
  }

  @Test
  void aTokenOfManyKilobytes() {
    Map<String, @Nullable Object> claims = claims();
    claims.put("padding", "x".repeat(8_192));
    assertRefused(signed(claims));
    assertRefused("x".repeat(8_193));
    assertRefused(good + "A".repeat(8_000));
    assertRefused(".".repeat(8_000));
  }

  @Test
  void aTokenOfOursWithAClaimThatStandsTwice() {
    String once = new String(json(claims()), StandardCharsets.UTF_8);
    String twice = once.replace("{\"iss\"", "{\"sub\":\"somebody\",\"iss\"");
    SigningKey key = server.keys.signing(server.clock.now);
    assertRefused(key.sign(TokenType.ACCESS, twice.getBytes(StandardCharsets.UTF_8)));
    assertRefused(
        key.sign(TokenType.ACCESS, once.replace("}", "").getBytes(StandardCharsets.UTF_8)));
    assertRefused(key.sign(TokenType.ACCESS, (once + once).getBytes(StandardCharsets.UTF_8)));
    assertRefused(key.sign(TokenType.ACCESS, "[]".getBytes(StandardCharsets.UTF_8)));
    assertRefused(key.sign(TokenType.ACCESS, new byte[0]));
    assertRefused(key.sign(TokenType.ACCESS, "[".repeat(4_000).getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer",
        "Basic YWRhOnNlY3JldA==",
        "Digest username=\"ada\"",
        "Bearer:token",
        "token",
        "DPoP abc"
      })
  void anotherScheme(String authorization) {
    Reply reply = server.whoami(authorization);
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.string("error", "code")).isEqualTo("UNAUTHENTICATED");
    assertThat(reply.challenge()).isEqualTo("Bearer error=\"invalid_token\"");
  }

  @Test
  void theSchemeMayBeInAnyCapitals() {
    assertThat(server.whoami("bearer " + good).status()).isEqualTo(200);
    assertThat(server.whoami("BEARER  " + good).status()).isEqualTo(200);
  }

  @Test
  void aTokenInTheQueryIsNone() {
    Reply reply = server.send("GET", "/whoami?access_token=" + good, "", "");
    assertThat(reply.string("actor")).isEqualTo("anonymous");
  }
}
