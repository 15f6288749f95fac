package dev.varve.store.sql;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Names of columns and indexes that every database keeps whole. PostgreSQL cuts longer ones without a word, and two that begin
/// alike are one then.
public final class Names {
  /// Characters, all of them ASCII.
  public static final int LENGTH_MAX = 63;

  private static final int DIGEST_LENGTH = 8;

  private Names() {}

  /// The three parts one after the other. When that is too long, the first is cut, and a digest of all stands for the last.
  public static String of(String first, String mark, String last) {
    String name = first + mark + last;
    if (name.length() <= LENGTH_MAX) {
      return name;
    }
    int room = LENGTH_MAX - mark.length() - DIGEST_LENGTH;
    return first.substring(0, Math.min(first.length(), room)) + mark + digest(name);
  }

  private static String digest(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, DIGEST_LENGTH / 2);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
