package dev.varve.identity.token;

import dev.varve.kernel.Sha256;
import java.util.Base64;
import java.util.random.RandomGenerator;

/// A secret of 256 random bits that is handed out once. What is kept of it is its hash, which needs no salt: nobody
/// guesses 256 bits.
///
/// @param text in base64url, 43 characters
public record OpaqueToken(String text) {
  private static final int BYTES = 32;

  public static OpaqueToken random(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new OpaqueToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
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
