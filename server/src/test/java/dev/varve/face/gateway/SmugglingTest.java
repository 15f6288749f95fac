package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests that two readers could understand in two ways, in front of a service that takes whatever comes. It never sees a
/// request that the gateway did not mean to send: each carries the mark of the gateway, and no other request's bytes.
final class SmugglingTest {
  private static final String HOST = "Host: x\r\n";
  private static final String HIDDEN = "GET /shipping/hidden HTTP/1.1\r\nHost: x\r\n\r\n";

  private static FaultyUpstream upstream;
  private static TestServer server;

  /// What becomes of the first request.
  enum Fate {
    REFUSED,
    /// It is on its way when it proves malformed: the service never sees its end.
    CUT,
    PASSES
  }

  record Row(String name, String request, Fate fate) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Row> requests() {
    String chunked = "0\r\n\r\n";
    return Stream.of(
        refused(
            "length and chunks",
            post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + chunked),
        refused(
            "chunks and length",
            post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + chunked),
        refused("two lengths", post("Content-Length: 0\r\nContent-Length: 44\r\n")),
        refused("two equal lengths", post("Content-Length: 3\r\nContent-Length: 3\r\n") + "abc"),
        refused("a list of lengths", post("Content-Length: 3, 44\r\n") + "abc"),
        refused("a signed length", post("Content-Length: +3\r\n") + "abc"),
        refused("a negative length", post("Content-Length: -3\r\n")),
        refused("a length of letters", post("Content-Length: abc\r\n")),
        refused("a hexadecimal length", post("Content-Length: 0x3\r\n") + "abc"),
        refused("a length with a blank", post("Content-Length: 3 4\r\n") + "abc"),
        refused("a length before a colon with a blank", post("Content-Length : 44\r\n")),
        refused("an empty length", post("Content-Length:\r\n")),
        refused(
            "a coding before a colon with a blank",
            post("Transfer-Encoding : chunked\r\n") + chunked),
        refused("a coding that is folded", post("Transfer-Encoding:\r\n chunked\r\n") + chunked),
        refused(
            "a coding with a control character",
            post("Transfer-Encoding: \u000bchunked\r\n") + chunked),
        refused(
            "a coding twice",
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + chunked),
        refused(
            "a coding and identity", post("Transfer-Encoding: chunked, identity\r\n") + chunked),
        refused("identity alone", post("Transfer-Encoding: identity\r\n")),
        refused("an unknown coding", post("Transfer-Encoding: xchunked\r\n") + chunked),
        refused("a coding in quotes", post("Transfer-Encoding: \"chunked\"\r\n") + chunked),
        refused("gzip, then chunked", post("Transfer-Encoding: gzip, chunked\r\n") + chunked),
        cut("a chunk of a negative length", post("Transfer-Encoding: chunked\r\n") + "-1\r\n\r\n"),
        cut("a chunk of letters", post("Transfer-Encoding: chunked\r\n") + "xyz\r\n\r\n"),
        cut(
            "a chunk beyond counting",
            post("Transfer-Encoding: chunked\r\n") + "fffffffffffffffff\r\n"),
        cut("a chunk with 0x", post("Transfer-Encoding: chunked\r\n") + "0x3\r\nabc\r\n" + chunked),
        refused(
            "HTTP/1.0 with chunks",
            "POST /shipping/x HTTP/1.0\r\n"
                + HOST
                + "Transfer-Encoding: chunked\r\n\r\n"
                + chunked),
        refused("no host", "GET /shipping/x HTTP/1.1\r\n\r\n"),
        refused("two hosts", "GET /shipping/x HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
        refused("a header without a name", "GET /shipping/x HTTP/1.1\r\n" + HOST + ": x\r\n\r\n"),
        refused(
            "a blank before the first header",
            "GET /shipping/x HTTP/1.1\r\n Content-Length: 44\r\n" + HOST + "\r\n"),
        refused(
            "a zero in a header", "GET /shipping/x HTTP/1.1\r\n" + HOST + "A: b\u0000c\r\n\r\n"),
        refused("a blank in the target", "GET /shipping/x y HTTP/1.1\r\n" + HOST + "\r\n"),
        refused("a tab in the target", "GET /shipping/x\ty HTTP/1.1\r\n" + HOST + "\r\n"),
        passes("a fragment in the target", "GET /shipping/x#y HTTP/1.1\r\n" + HOST + "\r\n"),
        refused("dots in the path", "GET /shipping/../api HTTP/1.1\r\n" + HOST + "\r\n"),
        refused("encoded dots", "GET /shipping/%2e%2e/api HTTP/1.1\r\n" + HOST + "\r\n"),
        refused("dots and a parameter", "GET /shipping/..;a=b/api HTTP/1.1\r\n" + HOST + "\r\n"),
        refused("an encoded slash", "GET /shipping/..%2fapi HTTP/1.1\r\n" + HOST + "\r\n"),
        refused("an encoded backslash", "GET /shipping/..%5capi HTTP/1.1\r\n" + HOST + "\r\n"),
        refused(
            "an encoded line end", "GET /shipping/x%0d%0aHost:%20y HTTP/1.1\r\n" + HOST + "\r\n"),
        refused("two slashes", "GET /shipping//x HTTP/1.1\r\n" + HOST + "\r\n"),
        refused("another version", "GET /shipping/x HTTP/1.2\r\n" + HOST + "\r\n"),
        refused("CONNECT", "CONNECT /shipping/x HTTP/1.1\r\n" + HOST + "\r\n"),
        refused("TRACE", "TRACE /shipping/x HTTP/1.1\r\n" + HOST + "\r\n"),
        passes(
            "GET with a body",
            "GET /shipping/x HTTP/1.1\r\n"
                + HOST
                + "Content-Length: "
                + HIDDEN.length()
                + "\r\n\r\n"
                + HIDDEN),
        passes(
            "a body that is a request",
            post("Content-Length: " + HIDDEN.length() + "\r\n") + HIDDEN),
        passes(
            "a chunk that is a request",
            post("Transfer-Encoding: chunked\r\n")
                + Integer.toHexString(HIDDEN.length())
                + "\r\n"
                + HIDDEN
                + "\r\n"
                + chunked),
        passes(
            "headers for one connection",
            "GET /shipping/x HTTP/1.1\r\n"
                + HOST
                + "Connection: X-Secret, close\r\nX-Secret: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nProxy-Connection: close\r\n\r\n"),
        passes(
            "Connection that names a length",
            "POST /shipping/x HTTP/1.1\r\n"
                + HOST
                + "Connection: Content-Length\r\nContent-Length: 3\r\n\r\nabc"),
        passes(
            "pretended origins",
            "GET /shipping/x HTTP/1.1\r\n"
                + HOST
                + "X-Forwarded-For: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\nX_Forwarded_Host: evil\r\nX-Real-IP: 1.2.3.4\r\nVarve-Account: 1\r\nVarve_Roles: admin\r\n\r\n"),
        passes(
            "credentials",
            "GET /shipping/x HTTP/1.1\r\n"
                + HOST
                + "Cookie: a=b\r\nAuthorization: Basic YTpi\r\n\r\n"),
        passes(
            "an upgrade",
            "GET /shipping/x HTTP/1.1\r\n"
                + HOST
                + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c-15\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n"),
        passes(
            "a target in the absolute form",
            "GET http://evil/shipping/x HTTP/1.1\r\n" + HOST + "\r\n"));
  }

  private static String post(String headers) {
    return "POST /shipping/x HTTP/1.1\r\n" + HOST + headers + "\r\n";
  }

  private static Row refused(String name, String request) {
    return new Row(name, request, Fate.REFUSED);
  }

  private static Row cut(String name, String request) {
    return new Row(name, request, Fate.CUT);
  }

  private static Row passes(String name, String request) {
    return new Row(name, request, Fate.PASSES);
  }

  @BeforeAll
  static void start() {
    upstream =
        FaultyUpstream.start(call -> {
          while (call.readRequest()) {
            call.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          }
        });
    server = GatewayFixture.inFrontOf(upstream.url());
  }

  @AfterAll
  static void stop() {
    server.close();
    upstream.close();
  }

  /// With a header of its own, so that what comes late is not taken for another's.
  private static String marked(Row row) {
    return row.request().replaceFirst("\r\n", "\r\n" + mark(row) + "\r\n");
  }

  private static String mark(Row row) {
    return "X-Row: %08x".formatted(row.name().hashCode());
  }

  @ParameterizedTest
  @MethodSource("requests")
  void theServiceSeesWhatTheGatewayMeantAlone(Row row) throws IOException {
    int wholes = upstream.wholes();

    String answer =
        RawClient.exchange(
            server.port(),
            marked(row) + "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    List<String> heads =
        upstream.heads().stream().filter(head -> head.contains(mark(row))).toList();
    switch (row.fate()) {
      case REFUSED -> assertThat(heads).as(answer).isEmpty();
      // what was cut in its middle may not have been read yet, or not have been sent
      case CUT -> assertThat(heads).as(answer).hasSizeLessThanOrEqualTo(1);
      case PASSES -> assertThat(heads).as(answer).hasSize(1);
    }
    assertThat(upstream.wholes() - wholes).isEqualTo(row.fate() == Fate.PASSES ? 1 : 0);
    assertThat(answer.startsWith("HTTP/1.1 200")).as(answer).isEqualTo(row.fate() == Fate.PASSES);
    for (String head : heads) {
      String small = head.toLowerCase(Locale.ROOT);
      assertThat(small)
          .contains("\r\nvia: 1.1 varve\r\n", "\r\nx-forwarded-for: 127.0.0.1\r\n")
          .contains("\r\nhost: 127.0.0.1:")
          .startsWith(row.request().substring(0, 3).toLowerCase(Locale.ROOT))
          .doesNotContain("1.2.3.4", "evil", "x-secret", "varve-account", "varve_roles")
          .doesNotContain("cookie", "authorization", "upgrade", "\r\nte:", "keep-alive")
          .doesNotContain("\r\nconnection:", "proxy-connection", "hidden", "#");
      assertThat(small.split("content-length", -1).length).isLessThanOrEqualTo(2);
    }
  }
}
