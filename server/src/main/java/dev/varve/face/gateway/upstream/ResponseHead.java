package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.upstream.UpstreamFailure.Kind;
import dev.varve.net.http.HeaderLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The status line and the headers of an answer, read strictly (RFC 9112, sections 2, 4 and 5): what one reader takes for a
/// header and another does not is refused.
///
/// @param persistent whether another answer may follow on the connection
record ResponseHead(int status, boolean persistent, List<HeaderLine> headers) {
  /// More than any known server sends; a few hundred connections that all send as much are no danger.
  static final int BYTES_MAX = 64 * 1024;

  private static final int LINE_BYTES = 256;
  private static final int STATUS_START = "HTTP/1.1 ".length();
  private static final int STATUS_END = STATUS_START + 3;
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  ResponseHead {
    headers = List.copyOf(headers);
  }

  /// Reads the next one.
  static ResponseHead read(Connection connection) throws UpstreamFailure {
    return new Reader(connection).head();
  }

  Optional<String> header(String name) {
    for (HeaderLine header : headers) {
      if (header.is(name)) {
        return Optional.of(header.value());
      }
    }
    return Optional.empty();
  }

  long count(String name) {
    return headers.stream().filter(header -> header.is(name)).count();
  }

  /// Whether it only says that the answer is yet to come (RFC 9110, section 15.2).
  boolean isInterim() {
    return status < 200 && status != 101;
  }

  static boolean isTokenChar(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || TOKEN_MARKS.indexOf(c) >= 0;
  }

  /// Text of any single-byte alphabet, without what ends a line or a string.
  static boolean isTextChar(char c) {
    return (c >= ' ' && c != 0x7F && c <= 0xFF) || c == '\t';
  }

  static UpstreamFailure malformed(String what) {
    return new UpstreamFailure(Kind.MALFORMED, false, "sent " + what);
  }

  /// One header, as it stands on its line.
  static HeaderLine line(String text) throws UpstreamFailure {
    int colon = text.indexOf(':');
    if (colon <= 0) {
      throw malformed("a header without a name");
    }
    for (int i = 0; i < colon; i++) {
      if (!isTokenChar(text.charAt(i))) {
        throw malformed("a header with a name that is none");
      }
    }
    return new HeaderLine(text.substring(0, colon), text.substring(colon + 1).strip());
  }

  private static final class Reader {
    private final Connection connection;
    private byte[] line = new byte[LINE_BYTES];
    private int left = BYTES_MAX;

    private Reader(Connection connection) {
      this.connection = connection;
    }

    private ResponseHead head() throws UpstreamFailure {
      String first = line();
      boolean latest = first.startsWith("HTTP/1.1 ");
      if (!latest && !first.startsWith("HTTP/1.0 ")) {
        throw malformed("something else than an answer of HTTP/1.1");
      }
      int status = status(first);
      List<HeaderLine> headers = new ArrayList<>();
      String next = line();
      while (!next.isEmpty()) {
        headers.add(ResponseHead.line(next));
        next = line();
      }
      Predicate<String> says = option -> hasOption(headers, option);
      if (!latest && headers.stream().anyMatch(header -> header.is("Transfer-Encoding"))) {
        throw malformed("a Transfer-Encoding with HTTP/1.0, which has none");
      }
      return new ResponseHead(
          status, latest ? !says.test("close") : says.test("keep-alive"), headers);
    }

    private static int status(String line) throws UpstreamFailure {
      int status = 0;
      for (int i = STATUS_START; i < STATUS_END; i++) {
        char digit = i < line.length() ? line.charAt(i) : ' ';
        if (digit < '0' || digit > '9') {
          throw malformed("an answer without a status");
        }
        status = status * 10 + digit - '0';
      }
      if (status < 100 || (line.length() > STATUS_END && line.charAt(STATUS_END) != ' ')) {
        throw malformed("an answer without a status");
      }
      return status;
    }

    private static boolean hasOption(List<HeaderLine> headers, String option) {
      for (HeaderLine header : headers) {
        if (header.is("Connection") && Options.of(header.value()).contains(option)) {
          return true;
        }
      }
      return false;
    }

    /// Up to the end of the line, which is not part of it.
    private String line() throws UpstreamFailure {
      int length = 0;
      while (true) {
        int next = next();
        if (next == '\r') {
          if (next() != '\n') {
            throw malformed("a header with a line that does not end as HTTP wants it");
          }
          return new String(line, 0, length, StandardCharsets.ISO_8859_1);
        }
        if (!isTextChar((char) next)) {
          throw malformed("a header with a character that none has");
        }
        if (length == line.length) {
          line = Arrays.copyOf(line, length * 2);
        }
        line[length++] = (byte) next;
      }
    }

    private int next() throws UpstreamFailure {
      int next = connection.read();
      if (next < 0) {
        throw new UpstreamFailure(
            Kind.BROKEN,
            false,
            connection.heard()
                ? "closed the connection within the headers of its answer"
                : "closed the connection without an answer");
      }
      if (--left < 0) {
        throw malformed("headers of more than %,d bytes".formatted(BYTES_MAX));
      }
      return next;
    }
  }
}
