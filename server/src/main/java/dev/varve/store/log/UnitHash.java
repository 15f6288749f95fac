package dev.varve.store.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The hash chain: SHA-256 (FIPS 180-4) over the hash of the unit before and the whole content of this one.
///
/// The input is the previous hash (32 bytes), position and instant in microseconds (8 bytes each, big
/// endian), schema version (4 bytes), and then actor, request id and events, each as its length (4 bytes)
/// and its UTF-8 bytes. Lengths make the parts unmistakable.
final class UnitHash {
  static final int BYTES = 32;

  private final MessageDigest digest;
  private final ByteBuffer numbers = ByteBuffer.allocate(20);

  UnitHash() {
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  byte[] of(
      byte[] previous,
      long position,
      long atMicros,
      int schemaVersion,
      byte[] actor,
      byte[] requestId,
      byte[] events) {
    digest.update(previous);
    numbers.clear().putLong(position).putLong(atMicros).putInt(schemaVersion);
    digest.update(numbers.array(), 0, 20);
    part(actor);
    part(requestId);
    part(events);
    return digest.digest();
  }

  private void part(byte[] bytes) {
    numbers.clear().putInt(bytes.length);
    digest.update(numbers.array(), 0, 4);
    digest.update(bytes);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
