package dev.varve.face.gateway.upstream;

import dev.varve.net.http.HeaderLine;
import java.util.OptionalLong;

/// Where the body of an answer ends (RFC 9112, section 6.3). Whatever two readers could understand in two ways is refused.
sealed interface Framing {
  /// There is none.
  record Nothing() implements Framing {}

  /// It has so many bytes.
  record Length(long bytes) implements Framing {}

  /// It comes in chunks, the last of which is empty.
  record Chunks() implements Framing {}

  /// It ends with the connection.
  record UntilClosed() implements Framing {}

  // 8 EiB and more are a lie
  int DIGITS_MAX = 18;

  /// How many bytes there are, if that is known.
  default OptionalLong length() {
    return switch (this) {
      case Nothing() -> OptionalLong.of(0);
      case Length(long bytes) -> OptionalLong.of(bytes);
      case Chunks(), UntilClosed() -> OptionalLong.empty();
    };
  }

  static Framing of(ResponseHead head, boolean forHead) throws UpstreamFailure {
    boolean coded = head.header("Transfer-Encoding").isPresent();
    boolean measured = head.header("Content-Length").isPresent();
    if (coded && measured) {
      throw ResponseHead.malformed("both Transfer-Encoding and Content-Length");
    }
    if (coded) {
      requireChunked(head);
    }
    long length = measured ? length(head) : -1;
    if (forHead || head.status() < 200 || head.status() == 204 || head.status() == 304) {
      return new Nothing();
    }
    if (coded) {
      return new Chunks();
    }
    return measured ? new Length(length) : new UntilClosed();
  }

  private static void requireChunked(ResponseHead head) throws UpstreamFailure {
    for (HeaderLine header : head.headers()) {
      if (header.is("Transfer-Encoding") && !header.value().equalsIgnoreCase("chunked")) {
        throw ResponseHead.malformed("a Transfer-Encoding that is not chunked");
      }
    }
    if (head.count("Transfer-Encoding") > 1) {
      throw ResponseHead.malformed("more than one Transfer-Encoding");
    }
  }

  private static long length(ResponseHead head) throws UpstreamFailure {
    String text = head.header("Content-Length").orElse("");
    boolean isNumber =
        !text.isEmpty()
            && text.length() <= DIGITS_MAX
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!isNumber || head.count("Content-Length") > 1) {
      throw ResponseHead.malformed("a Content-Length that is no number, or more than one");
    }
    return Long.parseLong(text);
  }
}
