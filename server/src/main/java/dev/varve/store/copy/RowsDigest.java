package dev.varve.store.copy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// SHA-256 over the values of rows, by which two databases are found to hold the same. Each value is its length (4 bytes, -1 for
/// none) and its bytes, so that no two ways to part them are one.
final class RowsDigest {
  private final MessageDigest digest;
  private long rows;

  RowsDigest() {
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /// Adds a row; how many bytes it has.
  ///
  /// @param values a `String`, `Long`, `Boolean`, `byte[]` or nothing each
  long add(@Nullable Object[] values) {
    rows++;
    long size = 0;
    for (Object value : values) {
      byte @Nullable [] bytes = bytes(value);
      digest.update(ByteBuffer.allocate(4).putInt(bytes == null ? -1 : bytes.length).flip());
      if (bytes != null) {
        digest.update(bytes);
        size += bytes.length;
      }
    }
    return size;
  }

  private static byte @Nullable [] bytes(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text -> text.getBytes(StandardCharsets.UTF_8);
      case Long number -> ByteBuffer.allocate(8).putLong(number).array();
      case Boolean bool -> new byte[] {(byte) (bool ? 1 : 0)};
      case byte[] bytes -> bytes;
      default -> throw new IllegalArgumentException("No column holds a " + value.getClass());
    };
  }

  long rows() {
    return rows;
  }

  /// Ends the digest.
  String result() {
    return rows + " " + HexFormat.of().formatHex(digest.digest());
  }
}
