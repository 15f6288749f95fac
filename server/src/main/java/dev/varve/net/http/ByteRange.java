package dev.varve.net.http;

import java.util.Arrays;
import java.util.Optional;

/// A part of some content that a request asks for by `Range` (RFC 9110, section 14).
///
/// Of several ranges at a time none is sent, but the whole: the RFC lets a server do so, hardly any client asks for
/// several, and those that overlap have been used to make servers send far more than they have.
///
/// @param start the first byte
/// @param length at least one byte; 0 when nothing is in the range
public record ByteRange(long start, long length) {
  private static final String UNIT = "bytes=";
  // nothing is longer, and no sum of two such numbers overflows
  private static final int DIGITS_MAX = 18;
  private static final ByteRange NOTHING = new ByteRange(0, 0);

  /// @param size of all
  /// @return absent when the header asks for nothing that is sent: another unit, several ranges, or what cannot be read
  public static Optional<ByteRange> parse(String header, long size) {
    if (!header.regionMatches(true, 0, UNIT, 0, UNIT.length()) || header.indexOf(',') >= 0) {
      return Optional.empty();
    }
    String range = header.substring(UNIT.length()).strip();
    int dash = range.indexOf('-');
    if (dash < 0) {
      return Optional.empty();
    }
    String first = range.substring(0, dash);
    String last = range.substring(dash + 1);
    if (!isNumber(last) && !last.isEmpty()) {
      return Optional.empty();
    }
    if (first.isEmpty()) {
      return last.isEmpty() ? Optional.empty() : Optional.of(ending(Long.parseLong(last), size));
    }
    if (!isNumber(first)) {
      return Optional.empty();
    }
    return between(
        Long.parseLong(first), last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last), size);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() <= DIGITS_MAX
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static ByteRange ending(long wanted, long size) {
    long length = Math.min(wanted, size);
    return length == 0 ? NOTHING : new ByteRange(size - length, length);
  }

  private static Optional<ByteRange> between(long first, long last, long size) {
    if (last < first) {
      return Optional.empty();
    }
    return Optional.of(
        first >= size ? NOTHING : new ByteRange(first, Math.min(last, size - 1) - first + 1));
  }

  public boolean isNothing() {
    return length == 0;
  }

  /// What it is of some content.
  public byte[] of(byte[] content) {
    return Arrays.copyOfRange(content, (int) start, (int) (start + length));
  }

  /// The value of `Content-Range`.
  public String of(long size) {
    return "bytes %d-%d/%d".formatted(start, start + length - 1, size);
  }
}
