package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests that two readers could understand in two ways, in front of a service that takes HTTP to the letter ([StrictReader])
/// and of one that takes whatever comes ([LenientReader]). Neither ever sees a request, a header or a byte that the gateway did
/// not mean to send: each sees as many requests as got an answer from it, every reader cuts the bytes of a connection into the
/// same requests, and the next caller gets its own answer.
final class SmugglingTest {
  private static final String HOST = "Host: x\r\n";
  private static final String HIDDEN = "GET /shipping/hidden HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final StrictReader STRICT = new StrictReader();
  private static final String SEEN = "X-Seen: ";

  /// What the gateway itself says, and what of a client may go on.
  static final Set<String> HEADERS =
      Set.of(
          "host",
          "forwarded",
          "x-forwarded-for",
          "x-forwarded-proto",
          "x-forwarded-host",
          "x-request-id",
          "via",
          "content-length",
          "transfer-encoding",
          "expect",
          "a");

  private static Front strict;
  private static Front lenient;

  /// A server in front of a service.
  private record Front(String name, ReadingUpstream upstream, TestServer server) {
    static Front of(String name, RequestReader reader) {
      ReadingUpstream upstream = ReadingUpstream.start(reader);
      return new Front(name, upstream, GatewayFixture.inFrontOf(upstream.url()));
    }

    String exchange(String request) throws IOException {
      return RawClient.exchange(server.port(), request);
    }

    void close() {
      server.close();
      upstream.close();
    }
  }

  /// What becomes of the first request.
  enum Fate {
    REFUSED,
    /// It is on its way when it proves malformed: the service never sees its end.
    CUT,
    PASSES
  }

  /// @param body that the service sees when it passes
  record Row(String name, String request, Fate fate, String body) {
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
                + HIDDEN,
            HIDDEN),
        passes(
            "a body that is a request",
            post("Content-Length: " + HIDDEN.length() + "\r\n") + HIDDEN,
            HIDDEN),
        passes(
            "a chunk that is a request",
            post("Transfer-Encoding: chunked\r\n")
                + Integer.toHexString(HIDDEN.length())
                + "\r\n"
                + HIDDEN
                + "\r\n"
                + chunked,
            HIDDEN),
        passes(
            "headers for one connection",
            "GET /shipping/x HTTP/1.1\r\n"
                + HOST
                + "Connection: X-Secret\r\nX-Secret: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nProxy-Connection: close\r\n\r\n"),
        passes(
            "Connection that names a length",
            "POST /shipping/x HTTP/1.1\r\n"
                + HOST
                + "Connection: Content-Length\r\nContent-Length: 3\r\n\r\nabc",
            "abc"),
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
            "GET http://evil/shipping/x HTTP/1.1\r\n" + HOST + "\r\n"),
        // what readers have disagreed on, with a request hidden where one of them sees the end
        refused(
            "a hidden request behind chunks, within a length",
            post("Content-Length: 60\r\nTransfer-Encoding: chunked\r\n") + chunked + HIDDEN),
        refused(
            "a hidden request behind a length, within chunks",
            post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n")
                + "2d\r\n"
                + HIDDEN
                + chunked),
        refused(
            "a hidden request behind the shorter length",
            post("Content-Length: 0\r\nContent-Length: " + HIDDEN.length() + "\r\n") + HIDDEN),
        refused(
            "a length with an underscore",
            post("Content_Length: 44\r\nContent-Length: 0\r\nContent-Length: 44\r\n")),
        passes("a length with an underscore alone", post("Content_Length: 45\r\n")),
        passes("a coding with an underscore", post("Transfer_Encoding: chunked\r\n")),
        refused("a line feed alone within the headers", post("A: b\nContent-Length: 45\r\n")),
        refused("line feeds alone", "GET /shipping/x HTTP/1.1\nHost: x\n\n"),
        refused("a carriage return alone", post("A: b\rTransfer-Encoding: chunked\r\n")),
        refused("a header that is folded", post("A: b\r\n Content-Length: 45\r\n")),
        refused(
            "a header that is folded with a tab", post("A: b\r\n\tTransfer-Encoding: chunked\r\n")),
        refused("a coding behind a zero", post("Transfer-Encoding: \u0000chunked\r\n") + chunked),
        refused("a coding before a zero", post("Transfer-Encoding: chunked\u0000\r\n") + chunked),
        passes("a coding with a comma", post("Transfer-Encoding: chunked,\r\n") + chunked),
        refused("a coding with a parameter", post("Transfer-Encoding: chunked;q=1\r\n") + chunked),
        passes("a coding behind a comma", post("Transfer-Encoding: , chunked\r\n") + chunked),
        passes("a coding in capitals", post("Transfer-Encoding: CHUNKED\r\n") + chunked),
        passes(
            "a coding with blanks around it",
            post("Transfer-Encoding: \t chunked \t\r\n") + chunked),
        refused("no coding at all", post("Transfer-Encoding:\r\n") + chunked),
        refused("a header without a colon", post("Nonsense\r\n")),
        refused("a blank within a name", post("Content Length: 45\r\n")),
        refused("a zero within a name", post("Content\u0000Length: 45\r\n")),
        refused(
            "an empty line of blanks", "GET /shipping/x HTTP/1.1\r\n" + HOST + " \r\n" + HIDDEN),
        passes("a chunk with a plus", coded() + "+3\r\nabc\r\n" + chunked, "abc"),
        cut("a chunk with a blank before its length", coded() + " 3\r\nabc\r\n" + chunked),
        cut("a chunk with a blank behind its length", coded() + "3 \r\nabc\r\n" + chunked),
        cut("a chunk whose length ends in a line feed", coded() + "3\nabc\r\n" + chunked),
        cut("a chunk that is longer than it says", coded() + "3\r\nabcd\r\n" + chunked),
        cut("a chunk that ends in a line feed", coded() + "3\r\nabc\n" + chunked),
        cut("a chunk without a length", coded() + "\r\nabc\r\n" + chunked),
        cut("a chunk of a negative zero", coded() + "-0\r\n\r\n" + HIDDEN),
        cut("a chunk with an underscore", coded() + "1_0\r\nabc\r\n" + chunked),
        cut("a chunk in another script", coded() + "\u00b3\r\nabc\r\n" + chunked),
        passes("a chunk with zeros in front", coded() + "0003\r\nabc\r\n" + chunked, "abc"),
        cut("a chunk with an extension", coded() + "3;a=b\r\nabc\r\n" + chunked),
        cut("an extension with a line feed", coded() + "3;\nabc\r\n" + chunked),
        cut("trailers", coded() + "3\r\nabc\r\n0\r\nContent-Length: 45\r\nA: b\r\n\r\n"),
        refused("a line in front", "\r\nGET /shipping/x HTTP/1.1\r\n" + HOST + "\r\n"),
        refused("a blank in front", " GET /shipping/x HTTP/1.1\r\n" + HOST + "\r\n"),
        refused("two blanks before the target", "GET  /shipping/x HTTP/1.1\r\n" + HOST + "\r\n"),
        refused("a blank behind the version", "GET /shipping/x HTTP/1.1 \r\n" + HOST + "\r\n"),
        refused("a version in small letters", "GET /shipping/x http/1.1\r\n" + HOST + "\r\n"),
        refused("HTTP/2 as a version", "GET /shipping/x HTTP/2.0\r\n" + HOST + "\r\n"),
        refused("no version", "GET /shipping/x\r\n\r\n"),
        refused("a method in parentheses", "G(T /shipping/x HTTP/1.1\r\n" + HOST + "\r\n"),
        refused("a zero in the target", "GET /shipping/x\u0000 HTTP/1.1\r\n" + HOST + "\r\n"),
        refused(
            "letters beyond ASCII in the target",
            "GET /shipping/\u00e9 HTTP/1.1\r\n" + HOST + "\r\n"),
        passes(
            "a body before it is asked for",
            post("Expect: 100-continue\r\nContent-Length: 3\r\n") + "abc",
            "abc"),
        passes(
            "another expectation",
            post("Expect: y 100-continue\r\nContent-Length: 3\r\n") + "abc",
            "abc"),
        refused(
            "a WebSocket with a body",
            "GET /shipping/x HTTP/1.1\r\n"
                + HOST
                + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: "
                + HIDDEN.length()
                + "\r\n\r\n"
                + HIDDEN),
        refused(
            "a WebSocket of another version",
            "GET /shipping/x HTTP/1.1\r\n"
                + HOST
                + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 99\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
  }

  private static String post(String headers) {
    return "POST /shipping/x HTTP/1.1\r\n" + HOST + headers + "\r\n";
  }

  private static String coded() {
    return post("Transfer-Encoding: chunked\r\n");
  }

  private static Row refused(String name, String request) {
    return new Row(name, request, Fate.REFUSED, "");
  }

  private static Row cut(String name, String request) {
    return new Row(name, request, Fate.CUT, "");
  }

  private static Row passes(String name, String request) {
    return passes(name, request, "");
  }

  private static Row passes(String name, String request, String body) {
    return new Row(name, request, Fate.PASSES, body);
  }

  private static String innocent(String name) {
    return "GET /shipping/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".formatted(name);
  }

  @BeforeAll
  static void start() {
    strict = Front.of("strict", STRICT);
    lenient = Front.of("lenient", LenientReader.COMMON);
  }

  @AfterAll
  static void stop() throws IOException {
    strict.close();
    lenient.close();
    for (Front front : List.of(strict, lenient)) {
      for (byte[] stream : front.upstream().streams()) {
        requireOneReading(stream);
      }
    }
  }

  static Stream<Arguments> rows() {
    return requests()
        .flatMap(row -> Stream.of("strict", "lenient").map(front -> Arguments.of(front, row)));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theServiceSeesWhatTheGatewayMeantAlone(String name, Row row) throws IOException {
    Front front = name.equals("strict") ? strict : lenient;
    ReadingUpstream upstream = front.upstream();
    int before = upstream.seen().size();

    String answer = front.exchange(row.request() + innocent("behind"));
    String later = front.exchange(innocent("later"));
    Patience.until("what was cut has been read", () -> upstream.open() <= 1);

    List<SeenRequest> seen = upstream.seen().subList(before, upstream.seen().size());
    assertThat(later).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nGET /shipping/later");
    assertThat(seen).as(answer).hasSize(count(answer, SEEN) + count(later, SEEN));
    assertThat(upstream.deviations()).isEmpty();
    List<SeenRequest> ofRow = seen.stream().filter(request -> !isInnocent(request)).toList();
    switch (row.fate()) {
      case REFUSED, CUT -> {
        assertThat(answer).doesNotStartWith("HTTP/1.1 2");
        assertThat(ofRow).as(answer).isEmpty();
      }
      case PASSES -> {
        assertThat(ofRow).as(answer).hasSize(1);
        requireOwnWords(ofRow.getFirst(), row);
        assertThat(answer).contains("HTTP/1.1 200 ").endsWith("\r\n\r\nGET /shipping/behind");
      }
    }
  }

  private static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }

  private static boolean isInnocent(SeenRequest request) {
    return Set.of("/shipping/behind", "/shipping/later").contains(request.target());
  }

  private static void requireOwnWords(SeenRequest seen, Row row) {
    assertThat(seen.method()).isEqualTo(row.request().substring(0, row.request().indexOf(' ')));
    assertThat(seen.target()).isEqualTo("/shipping/x");
    assertThat(seen.body()).isEqualTo(row.body());
    assertThat(seen.names()).doesNotHaveDuplicates().isSubsetOf(HEADERS);
    assertThat(seen.headers())
        .contains("Via: 1.1 varve", "X-Forwarded-For: 127.0.0.1")
        .anyMatch(header -> header.startsWith("Host: 127.0.0.1:"));
    for (String word : List.of("1.2.3.4", "evil", "secret", "hidden", "#")) {
      assertThat(seen.mentions(word)).as(word).isFalse();
    }
  }

  /// Whoever reads the bytes of a connection finds the same requests in them.
  static void requireOneReading(byte[] stream) throws IOException {
    String strictly = STRICT.all(stream).toString();
    for (LenientReader reader : LenientReader.all()) {
      assertThat(reader.all(stream).toString()).as(reader.toString()).isEqualTo(strictly);
    }
  }

  static Stream<Arguments> deviations() {
    String hiddenInChunk = Integer.toHexString(HIDDEN.length()) + "\r\n" + HIDDEN + "\r\n0\r\n\r\n";
    return Stream.of(
        Arguments.of(
            "length and chunks",
            post("Content-Length: 60\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n" + HIDDEN),
        Arguments.of(
            "chunks and length",
            post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n") + hiddenInChunk),
        Arguments.of(
            "two lengths",
            post("Content-Length: 0\r\nContent-Length: %d\r\n".formatted(HIDDEN.length()))
                + HIDDEN),
        Arguments.of(
            "a length with an underscore",
            post("Content_Length: %d\r\n".formatted(HIDDEN.length())) + HIDDEN),
        Arguments.of("a length in signs", post("Content-Length: +0\r\n") + HIDDEN),
        Arguments.of("a blank before the colon", post("Content-Length : 0\r\n") + HIDDEN),
        Arguments.of(
            "a coding that is folded",
            post("Transfer-Encoding:\r\n chunked\r\n") + "0\r\n\r\n" + HIDDEN),
        Arguments.of(
            "a coding in quotes",
            post("Transfer-Encoding: \"chunked\"\r\n") + "0\r\n\r\n" + HIDDEN),
        Arguments.of("line feeds alone", post("A: b\n\n") + HIDDEN),
        Arguments.of(
            "carriage returns alone", "GET /shipping/x HTTP/1.1\r\nHost: x\r\nA: b\r\r" + HIDDEN),
        Arguments.of(
            "a zero in a line",
            post("Content-Length: 0\u0000%d\r\n".formatted(HIDDEN.length())) + HIDDEN),
        Arguments.of(
            "HTTP/1.0 with chunks",
            post("Transfer-Encoding: chunked\r\n").replace("1.1", "1.0") + "0\r\n\r\n" + HIDDEN),
        Arguments.of("a chunk with 0x", coded() + "0x0\r\n\r\n" + HIDDEN),
        Arguments.of("a chunk with a plus", coded() + "+0\r\n\r\n" + HIDDEN),
        Arguments.of("a chunk with blanks", coded() + " 0 \r\n\r\n" + HIDDEN),
        Arguments.of("a line in front", "\r\n" + HIDDEN));
  }

  /// So the table above can fail: these bytes would, if the gateway sent them.
  @ParameterizedTest
  @MethodSource("deviations")
  void bytesThatCanBeReadInTwoWaysAreFoundOut(String name, String bytes) throws IOException {
    byte[] stream = bytes.getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> requireOneReading(stream)).as(name).isNotNull();
    assertThat(LenientReader.all()).as(name).anyMatch(reader -> seesHidden(reader, stream));
  }

  private static boolean seesHidden(LenientReader reader, byte[] stream) {
    try {
      return reader.all(stream).toString().contains("GET /shipping/hidden");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theLenientServiceIsSmuggledIntoWithoutTheGateway() throws IOException {
    try (ReadingUpstream upstream = ReadingUpstream.start(LenientReader.COMMON);
        RawClient client = new RawClient(upstream.port())) {
      client.send(
          post("Content-Length: 60\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n" + HIDDEN);

      assertThat(client.readUntil("POST /shipping/x")).contains(SEEN + "1\r\n");
      assertThat(client.readUntil("GET /shipping/hidden")).contains(SEEN + "2\r\n");
    }
  }
}
