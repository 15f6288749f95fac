package dev.varve.bench;

import java.nio.charset.StandardCharsets;

/// Finds where an answer of HTTP/1.1 ends, in bytes as they arrive. It knows `Content-Length` and no
/// chunks, which is all that the servers measured here send.
final class AnswerHead {
  private static final byte[] CONTENT_LENGTH =
      "content-length:".getBytes(StandardCharsets.US_ASCII);

  private int status;
  private int bodyStart;
  private int end;

  /// Looks at the first `length` bytes; whether they hold a whole answer.
  boolean isWhole(byte[] bytes, int length) {
    int bodyLength = 0;
    boolean lengthKnown = false;
    int lineStart = 0;
    for (int i = 0; i + 1 < length; i++) {
      if (bytes[i] != '\r' || bytes[i + 1] != '\n') {
        continue;
      }
      if (lineStart == 0) {
        status = number(bytes, 9, 12);
      } else if (i == lineStart) {
        bodyStart = i + 2;
        end = bodyStart + bodyLength;
        requireLength(lengthKnown);
        return end <= length;
      } else if (isContentLength(bytes, lineStart, i)) {
        bodyLength = number(bytes, lineStart + CONTENT_LENGTH.length, i);
        lengthKnown = true;
      }
      lineStart = i + 2;
    }
    return false;
  }

  int status() {
    return status;
  }

  int bodyStart() {
    return bodyStart;
  }

  int end() {
    return end;
  }

  private void requireLength(boolean known) {
    if (!known && status != 204 && status != 304) {
      throw new IllegalStateException(
          "An answer with status %d has no Content-Length".formatted(status));
    }
  }

  private static boolean isContentLength(byte[] bytes, int from, int to) {
    if (to - from <= CONTENT_LENGTH.length) {
      return false;
    }
    for (int i = 0; i < CONTENT_LENGTH.length; i++) {
      byte b = bytes[from + i];
      int lower = b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
      if (lower != CONTENT_LENGTH[i]) {
        return false;
      }
    }
    return true;
  }

  private static int number(byte[] bytes, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      if (bytes[i] >= '0' && bytes[i] <= '9') {
        number = number * 10 + bytes[i] - '0';
      }
    }
    return number;
  }
}
