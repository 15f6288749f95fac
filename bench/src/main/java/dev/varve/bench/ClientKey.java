package dev.varve.bench;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.varve.kernel.Json;
import dev.varve.kernel.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/// A key of a client, which proves it with each request (DPoP, RFC 9449).
final class ClientKey {
  // proofs are made before they are measured, and are good for half a minute to either side
  private static final long AHEAD_SECONDS = 15;
  private static final int COORDINATE_BYTES = 32;

  private final KeyPair pair;
  private final String header;

  ClientKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      pair = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has P-256", e);
    }
    ECPublicKey key = (ECPublicKey) pair.getPublic();
    Map<String, Object> jwk = new LinkedHashMap<>();
    jwk.put("kty", "EC");
    jwk.put("crv", "P-256");
    jwk.put("x", coordinate(key.getW().getAffineX().toByteArray()));
    jwk.put("y", coordinate(key.getW().getAffineY().toByteArray()));
    header = json(Map.of("typ", "dpop+jwt", "alg", "ES256", "jwk", jwk));
  }

  /// As many bytes as the curve has, whatever the sign and the size of the number.
  private static String coordinate(byte[] number) {
    byte[] bytes = new byte[COORDINATE_BYTES];
    int length = Math.min(COORDINATE_BYTES, number.length);
    System.arraycopy(number, number.length - length, bytes, COORDINATE_BYTES - length, length);
    return base64(bytes);
  }

  /// A proof for one request.
  ///
  /// @param token that it comes with; empty for none
  String proof(String method, String url, String nonce, String token) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("jti", UUID.randomUUID().toString());
    claims.put("htm", method);
    claims.put("htu", url);
    claims.put("iat", Instant.now().getEpochSecond() + AHEAD_SECONDS);
    claims.put("nonce", nonce);
    if (!token.isEmpty()) {
      claims.put("ath", base64(Sha256.of(token)));
    }
    String input = header + "." + json(claims);
    try {
      Signature signature = signature();
      signature.initSign(pair.getPrivate());
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Signing failed", e);
    }
  }

  /// In the time that many proofs take with the code of Java, the first of them are worth nothing any more.
  private static Signature signature() throws GeneralSecurityException {
    String name = "SHA256withECDSAinP1363Format";
    AmazonCorrettoCryptoProvider fast = AmazonCorrettoCryptoProvider.INSTANCE;
    return fast.getLoadingError() == null
        ? Signature.getInstance(name, fast)
        : Signature.getInstance(name);
  }

  private static String json(Map<String, ?> members) {
    return base64(Json.bytes(json -> Json.write(json, members)));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
