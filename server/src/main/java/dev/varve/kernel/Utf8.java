package dev.varve.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Well-formed UTF-8 (RFC 3629, section 4). The JSON parser by itself lets overlong forms and code points
/// beyond U+10FFFF pass.
final class Utf8 {
  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long HIGH_BITS = 0x8080808080808080L;

  private Utf8() {}

  /// The index of the first byte that is not part of a well-formed sequence, or -1.
  static int firstMalformed(byte[] bytes, int from, int to) {
    int at = skipAscii(bytes, from, to);
    while (at < to) {
      int length = sequenceLength(bytes, at, to);
      if (length == 0) {
        return at;
      }
      at = skipAscii(bytes, at + length, to);
    }
    return -1;
  }

  private static int skipAscii(byte[] bytes, int from, int to) {
    int at = from;
    while (at + 8 <= to && ((long) EIGHT_BYTES.get(bytes, at) & HIGH_BITS) == 0) {
      at += 8;
    }
    while (at < to && bytes[at] >= 0) {
      at++;
    }
    return at;
  }

  /// The length of the sequence of two to four bytes at `at`, 0 when it is malformed.
  private static int sequenceLength(byte[] bytes, int at, int to) {
    int lead = bytes[at] & 0xff;
    int length = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length == 0 || at + length > to) {
      return 0;
    }
    int second = bytes[at + 1] & 0xff;
    if (second < secondMin(lead) || second > secondMax(lead)) {
      return 0;
    }
    for (int i = 2; i < length; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  /// Less would be an overlong form.
  private static int secondMin(int lead) {
    return lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  }

  /// More would be a surrogate, or beyond U+10FFFF.
  private static int secondMax(int lead) {
    return lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  }
}
