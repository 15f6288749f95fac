package dev.varve.face.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.varve.identity.token.RsaKeyPairs;
import dev.varve.kernel.Json;
import dev.varve.kernel.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Somebody who has a key, and signs with it what they like: proofs of it and assertions, good ones and others.
public final class KeyHolder {
  private final JWK key;
  private final PrivateKey secret;
  private final String algorithm;

  private KeyHolder(JWK key, PrivateKey secret, String algorithm) {
    this.key = key;
    this.secret = secret;
    this.algorithm = algorithm;
  }

  public static KeyHolder es256() {
    try {
      var made = new ECKeyGenerator(Curve.P_256).keyID("of-" + UUID.randomUUID()).generate();
      return new KeyHolder(made, made.toECPrivateKey(), "ES256");
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /// @param algorithm PS256 or RS256
  static KeyHolder rsa(String algorithm) {
    try {
      var made = RsaKeyPairs.make("of-" + UUID.randomUUID());
      return new KeyHolder(made, made.toRSAPrivateKey(), algorithm);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The same key, used with another algorithm.
  KeyHolder with(String other) {
    return new KeyHolder(key, secret, other);
  }

  String id() {
    return key.getKeyID();
  }

  /// It says what it signs with where that does not go without saying.
  public Map<String, Object> publicKey() {
    Map<String, Object> members = new LinkedHashMap<>(key.toPublicJWK().toJSONObject());
    if (algorithm.equals("RS256")) {
      members.put("alg", algorithm);
    }
    return members;
  }

  Map<String, Object> wholeKey() {
    return key.toJSONObject();
  }

  String thumbprint() {
    try {
      return key.computeThumbprint().toString();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The header of a proof.
  Map<String, Object> proofHeader() {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("typ", "dpop+jwt");
    header.put("alg", algorithm);
    header.put("jwk", publicKey());
    return header;
  }

  /// The claims of a proof.
  static Map<String, Object> proofClaims(String method, String url, String nonce, Instant at) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("jti", UUID.randomUUID().toString());
    claims.put("htm", method);
    claims.put("htu", url);
    claims.put("iat", at.getEpochSecond());
    claims.put("nonce", nonce);
    return claims;
  }

  public String proof(String method, String url, String nonce, Instant at) {
    return signed(proofHeader(), proofClaims(method, url, nonce, at));
  }

  String proof(String method, String url, String nonce, Instant at, String token) {
    Map<String, Object> claims = proofClaims(method, url, nonce, at);
    claims.put("ath", hash(token));
    return signed(proofHeader(), claims);
  }

  static String hash(String token) {
    return base64(Sha256.of(token));
  }

  /// The header of an assertion.
  public Map<String, Object> assertionHeader() {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("alg", algorithm);
    header.put("kid", id());
    return header;
  }

  public static Map<String, Object> assertionClaims(String client, String audience, Instant at) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", client);
    claims.put("sub", client);
    claims.put("aud", audience);
    claims.put("jti", UUID.randomUUID().toString());
    claims.put("iat", at.getEpochSecond());
    claims.put("exp", at.getEpochSecond() + 60);
    return claims;
  }

  public String assertion(String client, String audience, Instant at) {
    return signed(assertionHeader(), assertionClaims(client, audience, at));
  }

  public String signed(Map<String, ?> header, Map<String, ?> claims) {
    String input = json(header) + "." + json(claims);
    return input + "." + base64(signature(input));
  }

  private static String json(Map<String, ? extends @Nullable Object> members) {
    return base64(Json.bytes(json -> Json.write(json, members)));
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private byte[] signature(String input) {
    try {
      Signature signature =
          switch (algorithm) {
            case "ES256" -> Signature.getInstance("SHA256withECDSAinP1363Format");
            case "RS256" -> Signature.getInstance("SHA256withRSA");
            default -> Signature.getInstance("RSASSA-PSS");
          };
      if (algorithm.equals("PS256")) {
        signature.setParameter(
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
      }
      signature.initSign(secret);
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
