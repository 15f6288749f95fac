package dev.varve.net.http;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/// The header `Idempotency-Key`, under which a request is carried out once, however often it arrives.
public final class IdempotencyKey {
  public static final String NAME = "Idempotency-Key";
  public static final String REPLAYED = "Idempotency-Replayed";
  public static final int LENGTH_MAX = 255;

  private IdempotencyKey() {}

  /// @throws Problem MALFORMED_REQUEST when it is not 1 to 255 visible ASCII characters
  public static Optional<String> of(Request request) {
    Optional<String> key = request.header(NAME);
    if (key.isPresent() && !isUsable(key.get())) {
      throw new Problem(
          ErrorCode.MALFORMED_REQUEST,
          "The header %s must be 1 to %d visible ASCII characters, such as a UUID"
              .formatted(NAME, LENGTH_MAX));
    }
    return key;
  }

  private static boolean isUsable(String key) {
    return !key.isEmpty()
        && key.length() <= LENGTH_MAX
        && key.chars().allMatch(c -> c > ' ' && c <= '~');
  }

  /// What makes a request the same request: method, path, `If-Match` and body (SHA-256).
  public static byte[] digest(Request request, byte[] body) {
    MessageDigest digest = sha256();
    part(digest, request.method());
    part(digest, request.path());
    part(digest, request.header("If-Match").orElse(""));
    digest.update(body);
    return digest.digest();
  }

  private static void part(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    // the length first, so that no two requests run together into the same bytes
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
