package dev.varve.identity.factor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The code of one moment (RFC 6238, over RFC 4226): six digits by HMAC-SHA-1, others every 30 seconds. These values are what every
/// authenticator application knows, and some know no others.
final class TotpCode {
  static final int STEP_SECONDS = 30;
  static final int DIGITS = 6;

  /// A clock may be off, and a code may be typed as it changes: one step to either side (RFC 6238, section 5.2).
  private static final int STEPS_APART_MAX = 1;

  private static final int MODULUS = 1_000_000;

  private TotpCode() {}

  static long step(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), (long) STEP_SECONDS);
  }

  /// The code of a step.
  static String at(byte[] secret, long step) {
    byte[] digest = hmac(secret, ByteBuffer.allocate(Long.BYTES).putLong(step).array());
    int offset = digest[digest.length - 1] & 0xf;
    int number = ByteBuffer.wrap(digest).getInt(offset) & 0x7fffffff;
    return "%06d".formatted(number % MODULUS);
  }

  private static byte[] hmac(byte[] secret, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(secret, "RAW"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has HMAC-SHA-1", e);
    }
  }

  /// The step of which a text is the code, around an instant.
  ///
  /// @param after steps up to this one are used up: one code lets in once
  static OptionalLong find(byte[] secret, String text, Instant at, long after) {
    byte[] given = normal(text).getBytes(StandardCharsets.UTF_8);
    long now = step(at);
    OptionalLong found = OptionalLong.empty();
    for (long step = now - STEPS_APART_MAX; step <= now + STEPS_APART_MAX; step++) {
      boolean same =
          MessageDigest.isEqual(at(secret, step).getBytes(StandardCharsets.US_ASCII), given);
      if (same && step > after && found.isEmpty()) {
        found = OptionalLong.of(step);
      }
    }
    return found;
  }

  /// Applications show a code in two halves, and people type it so.
  private static String normal(String text) {
    StringBuilder digits = new StringBuilder();
    text.codePoints()
        .filter(c -> !Character.isWhitespace(c) && !Character.isSpaceChar(c) && c != '-')
        .forEach(digits::appendCodePoint);
    return digits.toString();
  }
}
