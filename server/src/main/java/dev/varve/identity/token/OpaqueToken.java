package dev.varve.identity.token;

import dev.varve.kernel.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A secret of 256 random bits that is handed out once. What is kept of it is its hash, which needs no salt: nobody
/// guesses 256 bits.
///
/// @param text in base64url, 43 characters
public record OpaqueToken(String text) {
  private static final int BYTES = 32;
  private static final String MAC = "HmacSHA256";

  public static OpaqueToken random(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new OpaqueToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /// The token that follows from another text and a key, the same each time (HMAC-SHA-256).
  public static OpaqueToken derived(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(key, MAC));
      byte[] bytes = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
      return new OpaqueToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has " + MAC, e);
    }
  }

  /// The SHA-256 of the whole text: a shortened or differently written token has another one.
  public byte[] hash() {
    return sha256(text);
  }

  public static byte[] sha256(String text) {
    return Sha256.of(text);
  }

  /// Not the secret: this ends up in logs.
  @Override
  public String toString() {
    return "OpaqueToken[...]";
  }
}
