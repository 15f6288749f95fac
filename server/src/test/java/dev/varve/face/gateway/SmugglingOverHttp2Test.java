package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests over HTTP/2, where a header may hold what ends one in HTTP/1.1, on their way to a service that takes whatever comes
/// ([SmugglingTest] over HTTP/1.1).
final class SmugglingOverHttp2Test {
  private static final String HIDDEN = "GET /shipping/hidden HTTP/1.1\r\nHost: x\r\n\r\n";

  private static ReadingUpstream upstream;
  private static TestServer server;

  /// @param passes whether the service sees it
  record Row(String name, List<Entry<String, String>> headers, String data, boolean passes) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Row> requests() {
    return Stream.of(
        passes("a plain request", get()),
        passes("a plain body", post("abc")),
        passes("a body of the length that is told", post("abc", "content-length", "3")),
        refused("a longer length than the body", post("abc", "content-length", "44")),
        refused("two lengths", post("abc", "content-length", "3", "content-length", "0")),
        refused("a length of letters", post("abc", "content-length", "x")),
        refused("a coding", post("0\r\n\r\n" + HIDDEN, "transfer-encoding", "chunked")),
        refused("a header for one connection", get("connection", "x-secret", "x-secret", "1")),
        passes("an upgrade", get("upgrade", "websocket")),
        refused("a line end in a value", get("a", "b\r\nContent-Length: 44")),
        refused("a request in a value", get("a", "b\r\n\r\n" + HIDDEN)),
        refused("a line feed in a value", get("a", "b\nTransfer-Encoding: chunked")),
        refused("a carriage return in a value", get("a", "b\rc: d")),
        refused("a zero in a value", get("a", "b\u0000c")),
        refused("a line end in a name", get("a: b\r\nc", "d")),
        refused("a colon in a name", get("transfer-encoding: chunked\r\nc", "d")),
        refused("a blank in a name", get("content-length ", "44")),
        refused("a name in capitals", get("Transfer-Encoding", "chunked")),
        refused("an empty name", get("", "b")),
        passes("a length with an underscore", get("content_length", "44")),
        refused("a blank in the path", with(":path", "/shipping/x HTTP/1.1\r\nHost: y")),
        refused("a request in the path", with(":path", "/shipping/x HTTP/1.1\r\n\r\n" + HIDDEN)),
        refused("a zero in the path", with(":path", "/shipping/x\u0000")),
        refused("a path that is none", with(":path", "shipping/x")),
        refused("no path", with(":path", "")),
        refused("a blank in the method", with(":method", "GET /shipping/hidden HTTP/1.1\r\nA:")),
        passes("a line end in the authority", with(":authority", "x\r\nContent-Length: 44")),
        passes("a line end in the scheme", with(":scheme", "http\r\nContent-Length: 44")),
        refused("two paths", more(get(), ":path", "/shipping/hidden")),
        refused("two methods", more(get(), ":method", "POST")),
        refused("an unknown pseudo-header", more(get(), ":hidden", "1")));
  }

  private static Row passes(String name, Row row) {
    return new Row(name, row.headers(), row.data(), true);
  }

  private static Row refused(String name, Row row) {
    return new Row(name, row.headers(), row.data(), false);
  }

  private static Row get(String... headers) {
    return request("GET", "", headers);
  }

  private static Row post(String data, String... headers) {
    return request("POST", data, headers);
  }

  private static Row request(String method, String data, String... headers) {
    List<Entry<String, String>> all =
        new ArrayList<>(
            List.of(
                Map.entry(":method", method),
                Map.entry(":scheme", "http"),
                Map.entry(":path", "/shipping/x"),
                Map.entry(":authority", "x")));
    for (int i = 0; i < headers.length; i += 2) {
      all.add(Map.entry(headers[i], headers[i + 1]));
    }
    return new Row("", all, data, true);
  }

  private static Row with(String name, String value) {
    Row row = get();
    row.headers()
        .replaceAll(header -> header.getKey().equals(name) ? Map.entry(name, value) : header);
    return row;
  }

  /// Among those in front.
  private static Row more(Row row, String name, String value) {
    row.headers().add(1, Map.entry(name, value));
    return row;
  }

  @BeforeAll
  static void start() {
    upstream = ReadingUpstream.start(LenientReader.COMMON);
    server = GatewayFixture.inFrontOf(upstream.url());
  }

  @AfterAll
  static void stop() {
    server.close();
    upstream.close();
  }

  @ParameterizedTest
  @MethodSource("requests")
  void theServiceSeesWhatTheGatewayMeantAlone(Row row) throws IOException {
    int before = upstream.seen().size();

    String frames = RawHttp2.exchange(server.port(), row.headers(), row.data());
    String later =
        RawClient.exchange(
            server.port(), "GET /shipping/later HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    Patience.until("what was cut has been read", () -> upstream.open() <= 1);

    assertThat(later).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nGET /shipping/later");
    List<SeenRequest> seen = upstream.seen().subList(before, upstream.seen().size());
    for (byte[] stream : upstream.streams()) {
      SmugglingTest.requireOneReading(stream);
    }
    assertThat(seen).as(frames).hasSize(row.passes() ? 2 : 1);
    if (row.passes()) {
      assertThat(seen.getFirst().target()).isEqualTo("/shipping/x");
      assertThat(seen.getFirst().body()).isEqualTo(row.data());
      assertThat(seen.getFirst().names()).isSubsetOf(SmugglingTest.HEADERS);
    }
  }
}
