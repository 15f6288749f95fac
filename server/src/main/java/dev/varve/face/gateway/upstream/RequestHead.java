package dev.varve.face.gateway.upstream;

import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.Inlet;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The first bytes of a request, as HTTP/1.1 writes them (RFC 9112, sections 2 and 3).
final class RequestHead {
  private static final int USUAL_BYTES = 1_024;

  private RequestHead() {}

  /// @param authority the value of `Host`
  /// @throws IllegalArgumentException when something in it would end a line: a face has let it through that must not
  static byte[] of(OutgoingRequest request, String authority) {
    StringBuilder head = new StringBuilder(USUAL_BYTES);
    head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
    requireVisible(head, head.length() - " HTTP/1.1\r\n".length());
    line(head, "Host", authority);
    for (HeaderLine header : request.headers()) {
      line(head, header.name(), header.value());
    }
    Inlet body = request.body();
    if (body != null) {
      if (body.length() == Inlet.UNKNOWN) {
        line(head, "Transfer-Encoding", "chunked");
      } else {
        line(head, "Content-Length", Long.toString(body.length()));
      }
    }
    if (request.expectsContinue()) {
      line(head, "Expect", "100-continue");
    }
    if (request.takesTrailers() && !request.becomesWebSocket()) {
      line(head, "Connection", "TE");
      line(head, "TE", "trailers");
    }
    if (request.becomesWebSocket()) {
      line(head, "Connection", "Upgrade");
      line(head, "Upgrade", "websocket");
    }
    head.append("\r\n");
    return head.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// The same rules for a head that another protocol writes.
  ///
  /// @throws IllegalArgumentException when something in it would end a line, were it written on one
  static void require(OutgoingRequest request, List<HeaderLine> headers) {
    String first = request.method() + ' ' + request.target();
    requireVisible(first, first.length());
    for (HeaderLine header : headers) {
      requireToken(header.name());
      requireText(header.name(), header.value());
    }
  }

  private static void line(StringBuilder head, String name, String value) {
    requireToken(name);
    requireText(name, value);
    head.append(name).append(": ").append(value).append("\r\n");
  }

  /// Method and target are divided by the one space.
  private static void requireVisible(CharSequence head, int end) {
    int spaces = 0;
    for (int i = 0; i < end; i++) {
      char c = head.charAt(i);
      spaces += c == ' ' ? 1 : 0;
      if (c < ' ' || c > '~') {
        throw new IllegalArgumentException("No such character stands in a request line");
      }
    }
    if (spaces != 1) {
      throw new IllegalArgumentException("A request line has one method and one target");
    }
  }

  private static void requireToken(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (!ResponseHead.isTokenChar(name.charAt(i))) {
        throw new IllegalArgumentException("No header has such a name");
      }
    }
    if (name.isEmpty()) {
      throw new IllegalArgumentException("A header has a name");
    }
  }

  private static void requireText(String name, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      // letters beyond ASCII were UTF-8 when they came, and are when they go
      if ((c < ' ' && c != '\t') || c == 0x7F) {
        throw new IllegalArgumentException("No such character stands in the value of " + name);
      }
    }
  }
}
