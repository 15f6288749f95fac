package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.upstream.Protocol;
import dev.varve.node.TestServer;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Fields behind the body of an answer: who gets them, and which have no place there.
final class TrailersTest {
  private static final String TAKING = "TE: trailers\r\nConnection: TE, close\r\n";
  private static final String NOT_TAKING = "Connection: close\r\n";

  private static final String[] FIELDS = {
    "X-Checksum", "good",
    "Server-Timing", "db;dur=53",
    "ETag", "\"a\"",
    "Content-Type", "evil",
    "Content-Encoding", "evil",
    "Cache-Control", "evil",
    "Set-Cookie", "evil",
    "WWW-Authenticate", "evil",
    "Authorization", "evil",
    "Location", "evil",
    "Host", "evil",
    "X-Forwarded-For", "evil",
    "Varve-Roles", "evil",
    "Access-Control-Allow-Origin", "evil",
    "X-Request-Id", "evil",
    "X-Hidden", "evil"
  };

  /// In chunks, over HTTP/1.1.
  private static FaultyUpstream chunked() {
    StringBuilder trailers = new StringBuilder();
    for (int i = 0; i < FIELDS.length; i += 2) {
      trailers.append(FIELDS[i]).append(": ").append(FIELDS[i + 1]).append("\r\n");
    }
    return FaultyUpstream.answering(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
            + trailers
            + "\r\n");
  }

  /// Over HTTP/2, behind a body that says how long it is, and one that does not.
  private static FaultyUpstream framed(String... headers) {
    String[] small = FIELDS.clone();
    for (int i = 0; i < small.length; i += 2) {
      small[i] = small[i].toLowerCase(Locale.ROOT);
    }
    return FramedUpstream.start(peer -> {
      while (true) {
        int stream = peer.wholeRequest();
        peer.headers(stream, false, headers);
        peer.data(stream, false, "ok");
        peer.headers(stream, true, small);
      }
    });
  }

  private static TestServer inFrontOf(String url, Protocol protocol) {
    Alterations hidden = new Alterations(Map.of(), List.of("X-Hidden"));
    return GatewayFixture.start(
        new GatewaySettings(
            Map.of(
                "shipping",
                GatewayFixture.with(
                    GatewayFixture.service("shipping", url),
                    Map.of("protocol", protocol, "timeouts", GatewayFixture.LONG))),
            List.of(GatewayFixture.route("/shipping/**", Map.of("answerHeaders", hidden)))));
  }

  private static String asked(TestServer server, String headers) throws IOException {
    return RawClient.exchange(
            server.port(), "GET /shipping/x HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n")
        .toLowerCase(Locale.ROOT);
  }

  private static void whoTakesThemGetsThoseThatHaveAPlaceThere(TestServer server)
      throws IOException {
    String answer = asked(server, TAKING);
    int end = answer.indexOf("\r\n0\r\n");

    assertThat(end).as(answer).isPositive();
    assertThat(answer.substring(end))
        .contains("x-checksum: good\r\n", "server-timing: db;dur=53\r\n", "etag: \"a\"\r\n");
    assertThat(answer.substring(0, end))
        .contains("\r\n\r\n2\r\nok")
        .doesNotContain("x-checksum: ", "etag: ");
    assertThat(answer).doesNotContain("evil");
  }

  private static void othersGetNone(TestServer server) throws IOException {
    assertThat(asked(server, NOT_TAKING))
        .contains("\r\n\r\n")
        .contains("ok")
        .doesNotContain("good", "evil", "etag");
  }

  @Test
  void thoseBehindChunksReachWhoTakesThem() throws IOException {
    try (FaultyUpstream upstream = chunked();
        TestServer server = inFrontOf(upstream.url(), Protocol.AUTO)) {
      whoTakesThemGetsThoseThatHaveAPlaceThere(server);
      othersGetNone(server);
      assertThat(upstream.heads().getFirst()).contains("TE: trailers\r\n", "Connection: TE\r\n");
      assertThat(upstream.heads().getLast()).doesNotContain("TE: ");
    }
  }

  @Test
  void thoseOfAStreamReachWhoTakesThem() throws IOException {
    try (FaultyUpstream upstream = framed(":status", "200");
        TestServer server = inFrontOf(upstream.url(), Protocol.HTTP2)) {
      whoTakesThemGetsThoseThatHaveAPlaceThere(server);
      othersGetNone(server);
    }
  }

  @Test
  void thoseBehindABodyOfKnownLengthReachWhoTakesThem() throws IOException {
    try (FaultyUpstream upstream = framed(":status", "200", "content-length", "2");
        TestServer server = inFrontOf(upstream.url(), Protocol.HTTP2)) {
      whoTakesThemGetsThoseThatHaveAPlaceThere(server);
      assertThat(asked(server, NOT_TAKING)).contains("content-length: 2\r\n");
      othersGetNone(server);
    }
  }

  @Test
  void trailersThatAreNoneBreakTheAnswerOff() throws IOException {
    try (FaultyUpstream upstream =
            FaultyUpstream.answering(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nnonsense\r\n\r\n");
        TestServer server = inFrontOf(upstream.url(), Protocol.AUTO)) {
      assertThat(asked(server, TAKING)).contains("ok").doesNotEndWith("0\r\n\r\n");
    }
  }
}
