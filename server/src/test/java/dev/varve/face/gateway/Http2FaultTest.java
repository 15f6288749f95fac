package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.resilience.RetrySettings;
import dev.varve.face.gateway.upstream.Protocol;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.face.gateway.upstream.Timeouts;
import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Services that misbehave over HTTP/2: what the client is told, and that nothing is left of it. Each service is given one
/// request at a time, so that a place which is not given back fails the next request.
@Order(1)
final class Http2FaultTest {
  private static final String[] OK = {":status", "200"};
  private static final String MALFORMED = "sent ";
  private static final Timeouts IMPATIENT =
      new Timeouts(Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofSeconds(1));
  private static final Timeouts QUICK_TO_CONNECT =
      new Timeouts(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(1));

  /// @param told a part of the message; empty when the answer itself comes
  record Row(String fault, FramedUpstream.Behaviour behaviour, int status, String told) {
    @Override
    public String toString() {
      return fault;
    }
  }

  static Stream<Row> faults() {
    return Stream.of(
        row(
            "resets before its headers",
            (peer, stream) -> peer.reset(stream, FramedUpstream.INTERNAL_ERROR),
            502,
            "reset the stream (internal_error"),
        row(
            "refuses the stream",
            (peer, stream) -> peer.reset(stream, FramedUpstream.REFUSED_STREAM),
            502,
            "refused the request"),
        row(
            "resets in a small body",
            (peer, stream) -> {
              peer.headers(stream, false, ":status", "200", "content-length", "5");
              peer.data(stream, false, "ab");
              peer.reset(stream, FramedUpstream.CANCEL);
            },
            502,
            "reset the stream (cancel"),
        row(
            "goes away before the stream",
            (peer, stream) -> peer.goAway(0, FramedUpstream.NO_ERROR),
            502,
            "went away before it looked at the request"),
        row(
            "goes away after the stream, and answers it",
            (peer, stream) -> {
              peer.goAway(stream, FramedUpstream.NO_ERROR);
              peer.answer(stream, "ok");
            },
            200,
            ""),
        row(
            "goes away after the stream, and closes",
            (peer, stream) -> {
              peer.goAway(stream, FramedUpstream.INTERNAL_ERROR);
              throw new IOException("as the row says");
            },
            502,
            "closed the connection without an answer"),
        row(
            "closes without an answer",
            (peer, stream) -> {
              throw new IOException("as the row says");
            },
            502,
            "closed the connection without an answer"),
        row(
            "closes in its body",
            (peer, stream) -> {
              peer.headers(stream, false, ":status", "200", "content-length", "5");
              peer.data(stream, false, "ab");
              throw new IOException("as the row says");
            },
            502,
            "broke the connection off"),
        row(
            "says garbage",
            (peer, stream) -> peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
            502,
            "what is not HTTP/2"),
        row(
            "says headers that cannot be decompressed",
            (peer, stream) ->
                peer.frame(1, 4, stream, new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x7F}),
            502,
            "what is not HTTP/2"),
        row(
            "never ends its headers",
            (peer, stream) -> {
              peer.beginHeaders(stream, OK);
              peer.readToEnd();
            },
            504,
            "did not begin its answer within 1s"),
        row(
            "sends a gigabyte of headers",
            (peer, stream) -> {
              peer.beginHeaders(stream, OK);
              String value = "x".repeat(8_000);
              for (int i = 0; i < 130_000; i++) {
                peer.continuation(stream, "x-more", value);
              }
            },
            502,
            "more than is taken of it"),
        row(
            "sends a header of 80 KiB",
            (peer, stream) -> peer.hugeHeaders(stream, 80),
            502,
            "more than is taken of it"),
        row(
            "sends a body longer than it says",
            (peer, stream) -> {
              peer.headers(stream, false, ":status", "200", "content-length", "2");
              peer.data(stream, true, "okay");
            },
            502,
            "not as long as it says"),
        row(
            "sends a body shorter than it says",
            (peer, stream) -> {
              peer.headers(stream, false, ":status", "200", "content-length", "5");
              peer.data(stream, true, "ok");
            },
            502,
            "not as long as it says"),
        row(
            "says a length that is no number",
            (peer, stream) -> answer(peer, stream, "content-length", "2x"),
            502,
            MALFORMED),
        row(
            "says two lengths",
            (peer, stream) -> answer(peer, stream, "content-length", "2", "content-length", "3"),
            502,
            MALFORMED),
        row(
            "says Connection",
            (peer, stream) -> answer(peer, stream, "connection", "close"),
            502,
            MALFORMED),
        row(
            "says Transfer-Encoding",
            (peer, stream) -> answer(peer, stream, "transfer-encoding", "chunked"),
            502,
            "sent transfer-encoding, which is for one connection"),
        row(
            "says Keep-Alive",
            (peer, stream) -> answer(peer, stream, "keep-alive", "timeout=5"),
            502,
            "sent keep-alive, which is for one connection"),
        row(
            "says a name in capitals",
            (peer, stream) -> answer(peer, stream, "X-Capital", "x"),
            502,
            MALFORMED),
        row(
            "says a line feed in a header",
            (peer, stream) -> answer(peer, stream, "x-a", "b\nset-cookie: c"),
            502,
            MALFORMED),
        row(
            "says no status",
            (peer, stream) -> peer.headers(stream, true, "x-a", "b"),
            502,
            MALFORMED),
        row(
            "says a status that is none",
            (peer, stream) -> peer.headers(stream, true, ":status", "abc"),
            502,
            MALFORMED),
        row(
            "says two statuses",
            (peer, stream) -> peer.headers(stream, true, ":status", "200", ":status", "404"),
            502,
            MALFORMED),
        row(
            "says a pseudo header of a request",
            (peer, stream) -> peer.headers(stream, true, ":status", "200", ":path", "/x"),
            502,
            MALFORMED),
        row(
            "says a pseudo header behind a header",
            (peer, stream) -> peer.headers(stream, true, "x-a", "b", ":status", "200"),
            502,
            MALFORMED),
        row(
            "sends a body before headers",
            (peer, stream) -> peer.data(stream, true, "ok"),
            502,
            MALFORMED),
        row(
            "switches protocols",
            (peer, stream) -> peer.headers(stream, false, ":status", "101"),
            502,
            MALFORMED),
        row(
            "gives an interim answer alone",
            (peer, stream) -> peer.headers(stream, true, ":status", "103"),
            502,
            MALFORMED),
        row(
            "sends interim answers for ever",
            (peer, stream) -> {
              while (true) {
                peer.headers(stream, false, ":status", "103");
              }
            },
            502,
            MALFORMED),
        row(
            "sends PINGs for ever, and takes no answer",
            (peer, stream) -> {
              while (true) {
                peer.frame(6, 0, 0, new byte[8]);
              }
            },
            504,
            " within 1s"),
        row(
            "never answers",
            (peer, stream) -> peer.readToEnd(),
            504,
            "did not begin its answer within 1s"),
        row(
            "stops within a small body",
            (peer, stream) -> {
              peer.headers(stream, false, ":status", "200", "content-length", "5");
              peer.data(stream, false, "ab");
              peer.readToEnd();
            },
            504,
            "sent nothing more of its answer within 1s"),
        row(
            "is fine: interim answers before",
            (peer, stream) -> {
              peer.headers(stream, false, ":status", "100");
              peer.headers(stream, false, ":status", "103", "link", "x");
              peer.answer(stream, "ok");
            },
            200,
            ""),
        row(
            "is fine: an unknown frame, padding and an empty piece",
            (peer, stream) -> {
              peer.frame(0x42, 0, 0, new byte[3]);
              peer.headers(stream, false, OK);
              peer.data(stream, false, "");
              // with one byte of padding
              peer.frame(0, 8, stream, new byte[] {1, 'o', 0});
              peer.data(stream, true, "k");
            },
            200,
            ""),
        row(
            "is fine: trailers",
            (peer, stream) -> {
              peer.headers(stream, false, OK);
              peer.data(stream, false, "ok");
              peer.headers(stream, true, "x-t", "t");
            },
            200,
            ""),
        row(
            "is fine: a reset without an error behind a whole answer",
            (peer, stream) -> {
              peer.answer(stream, "ok");
              peer.reset(stream, FramedUpstream.NO_ERROR);
            },
            200,
            ""));
  }

  private static void answer(FramedUpstream.Peer peer, int stream, String... fields)
      throws IOException {
    String[] all = Stream.concat(Stream.of(OK), Stream.of(fields)).toArray(String[]::new);
    peer.headers(stream, false, all);
    peer.data(stream, true, "ok");
  }

  @FunctionalInterface
  private interface Answering {
    void on(FramedUpstream.Peer peer, int stream) throws IOException, InterruptedException;
  }

  private static Row row(String fault, Answering answering, int status, String told) {
    return new Row(
        fault,
        peer -> {
          while (true) {
            answering.on(peer, peer.request());
          }
        },
        status,
        told);
  }

  private static TestServer inFrontOf(ServiceSettings service) {
    return GatewayFixture.start(
        new GatewaySettings(
            Map.of("shipping", service), List.of(GatewayFixture.route("/shipping/**"))));
  }

  /// One request at a time, and none sent again.
  private static ServiceSettings once(Timeouts timeouts, String url) {
    return times(1, timeouts, url);
  }

  private static ServiceSettings times(int attempts, Timeouts timeouts, String url) {
    return GatewayFixture.with(
        GatewayFixture.service("shipping", url),
        Map.of(
            "protocol",
            Protocol.HTTP2,
            "timeouts",
            timeouts,
            "retry",
            new RetrySettings(attempts, 20)));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsToldAndNothingIsLeftOfIt(Row row) {
    try (FaultyUpstream upstream = FramedUpstream.start(row.behaviour());
        TestServer server =
            inFrontOf(
                once(row.status() == 504 ? IMPATIENT : GatewayFixture.LONG, upstream.url()))) {
      for (int i = 0; i < 2; i++) {
        Reply reply = server.send("GET", "/shipping/x", Map.of(), "");

        assertThat(reply.status()).as(reply.text()).isEqualTo(row.status());
        if (row.told().isEmpty()) {
          assertThat(reply.text()).isEqualTo("ok");
        } else {
          Map<?, ?> answer = (Map<?, ?>) Objects.requireNonNull(reply.json());
          Map<?, ?> error = (Map<?, ?>) Objects.requireNonNull(answer.get("error"));
          assertThat(String.valueOf(error.get("message")))
              .startsWith("The service 'shipping' ")
              // who writes may find out first that the library has ended the connection
              .containsAnyOf(
                  row.told(),
                  row.told().equals(MALFORMED)
                      ? "closed the connection before it had taken the request"
                      : row.told());
          assertThat(error.get("code"))
              .isEqualTo(row.status() == 504 ? "UPSTREAM_TIMEOUT" : "UPSTREAM_FAILED");
        }
      }
      // one may rest for the next
      Patience.until("no connection is left open", () -> upstream.open() <= 1);
    }
  }

  @Test
  void aFaultOnOneStreamLeavesTheConnectionToOthers() {
    AtomicInteger requests = new AtomicInteger();
    try (FaultyUpstream upstream =
            FramedUpstream.start(peer -> {
              while (true) {
                int stream = peer.request();
                if (requests.incrementAndGet() % 2 == 1) {
                  peer.reset(stream, FramedUpstream.INTERNAL_ERROR);
                } else {
                  peer.answer(stream, "ok");
                }
              }
            });
        TestServer server = inFrontOf(once(GatewayFixture.LONG, upstream.url()))) {
      for (int i = 0; i < 5; i++) {
        assertThat(server.send("GET", "/shipping/x", Map.of(), "").status()).isEqualTo(502);
        assertThat(server.send("GET", "/shipping/x", Map.of(), "").text()).isEqualTo("ok");
      }
      assertThat(upstream.accepted()).isEqualTo(1);
    }
  }

  @Test
  void aServiceThatTakesNothingOfABodyHoldsUpItsClient() throws Exception {
    try (FaultyUpstream upstream =
            FramedUpstream.start(peer -> {
              while (true) {
                // without a WINDOW_UPDATE
                peer.next();
              }
            });
        TestServer server = inFrontOf(once(IMPATIENT, upstream.url()));
        RawClient client = new RawClient(server.port())) {
      long length = 1L << 40;
      client.send("POST /shipping/x HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n");
      AtomicLong sent = new AtomicLong();
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (true) {
                    client.send(new byte[16 * 1024]);
                    sent.addAndGet(16 * 1024);
                  }
                } catch (IOException e) {
                  // the server has closed
                }
              });
      assertThat(client.readHead()).contains(" 504 ");
      assertThat(client.readToEnd()).contains("took nothing more of the request within 1s");
      sender.join();
      assertThat(sent.get()).isLessThan(64L * 1024 * 1024);
      assertThat(server.send("GET", "/shipping/x", Map.of(), "").status()).isEqualTo(504);
    }
  }

  @Test
  void aServiceThatSpeaksNoHttp2IsToldApart() {
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readHead();
              call.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            });
        TestServer server = inFrontOf(once(GatewayFixture.LONG, upstream.url()))) {
      Reply reply = server.send("GET", "/shipping/x", Map.of(), "");

      assertThat(reply.status()).isEqualTo(502);
      assertThat(reply.text()).contains("The service 'shipping' does not speak HTTP/2");
      Patience.until("no connection is left open", () -> upstream.open() == 0);
    }
  }

  @Test
  void aServiceThatDoesNotBeginIsTooSlow() {
    try (FaultyUpstream upstream = FaultyUpstream.start(FaultyUpstream.Call::readToEnd);
        TestServer server = inFrontOf(once(GatewayFixture.SHORT, upstream.url()))) {
      Reply reply = server.send("GET", "/shipping/x", Map.of(), "");

      assertThat(reply.status()).isEqualTo(504);
      assertThat(reply.text()).contains("did not begin to speak HTTP/2 within 1s");
      Patience.until("no connection is left open", () -> upstream.open() == 0);
    }
  }

  @Test
  void whatAServiceSaysThatItDidNotLookAtIsSentAgainWhateverItIs() {
    AtomicInteger requests = new AtomicInteger();
    try (FaultyUpstream upstream =
            FramedUpstream.start(peer -> {
              while (true) {
                int stream = peer.wholeRequest();
                switch (requests.incrementAndGet()) {
                  case 1 -> peer.reset(stream, FramedUpstream.REFUSED_STREAM);
                  case 2 -> peer.answer(stream, "paid");
                  default -> peer.goAway(0, FramedUpstream.NO_ERROR);
                }
              }
            });
        TestServer server = inFrontOf(times(2, GatewayFixture.LONG, upstream.url()))) {
      assertThat(server.send("POST", "/shipping/x", Map.of(), "pay").text()).isEqualTo("paid");
      assertThat(requests).hasValue(2);
    }
  }

  @Test
  void aConnectionFromBeforeThatGoesAwayUnderARequestIsReplaced() {
    AtomicInteger connections = new AtomicInteger();
    try (FaultyUpstream upstream =
            FramedUpstream.start(peer -> {
              boolean first = connections.incrementAndGet() == 1;
              peer.answer(peer.wholeRequest(), "ok");
              int stream = peer.wholeRequest();
              if (first) {
                peer.goAway(stream - 2, FramedUpstream.NO_ERROR);
                peer.readToEnd();
              }
              peer.answer(stream, "ok");
              peer.readToEnd();
            });
        TestServer server = inFrontOf(once(GatewayFixture.LONG, upstream.url()))) {
      assertThat(server.send("POST", "/shipping/x", Map.of(), "pay").text()).isEqualTo("ok");
      assertThat(server.send("POST", "/shipping/x", Map.of(), "pay").text()).isEqualTo("ok");
      assertThat(connections).hasValue(2);
    }
  }

  @Test
  void aConnectionThatIsClosedUnderARequestIsReplacedWhereThatMakesNoDifference() {
    AtomicInteger connections = new AtomicInteger();
    try (FaultyUpstream upstream =
            FramedUpstream.start(peer -> {
              connections.incrementAndGet();
              peer.answer(peer.wholeRequest(), "ok");
              peer.request();
            });
        TestServer server = inFrontOf(once(GatewayFixture.LONG, upstream.url()))) {
      for (int i = 0; i < 5; i++) {
        assertThat(server.send("GET", "/shipping/x", Map.of(), "").text()).isEqualTo("ok");
      }
      assertThat(server.send("POST", "/shipping/x", Map.of(), "pay").status()).isEqualTo(502);
      assertThat(connections).hasValue(5);
    }
  }

  @Test
  void aConnectionThatWasSilentIsUsedWhenItAnswersPing() {
    try (FaultyUpstream upstream =
            FramedUpstream.start(peer -> {
              while (true) {
                peer.answer(peer.wholeRequest(), "ok");
              }
            });
        TestServer server = inFrontOf(once(GatewayFixture.LONG, upstream.url()))) {
      assertThat(server.send("POST", "/shipping/x", Map.of(), "pay").text()).isEqualTo("ok");
      letASecondPass();
      assertThat(server.send("POST", "/shipping/x", Map.of(), "pay").text()).isEqualTo("ok");
      assertThat(upstream.accepted()).isEqualTo(1);
    }
  }

  @Test
  void aConnectionThatWasCutOffWithoutAWordIsReplaced() {
    AtomicInteger connections = new AtomicInteger();
    try (FaultyUpstream upstream =
            FramedUpstream.start(peer -> {
              boolean first = connections.incrementAndGet() == 1;
              peer.answer(peer.wholeRequest(), "ok");
              if (first) {
                // what is sent arrives nowhere
                peer.readToEnd();
              }
              peer.answer(peer.wholeRequest(), "ok");
              peer.readToEnd();
            });
        TestServer server = inFrontOf(once(QUICK_TO_CONNECT, upstream.url()))) {
      assertThat(server.send("POST", "/shipping/x", Map.of(), "pay").text()).isEqualTo("ok");
      letASecondPass();
      assertThat(server.send("POST", "/shipping/x", Map.of(), "pay").text()).isEqualTo("ok");
      assertThat(connections).hasValue(2);
    }
  }

  /// So long is what was heard last good enough.
  private static void letASecondPass() {
    long startNanos = System.nanoTime();
    Patience.until(
        "a second passes",
        () -> System.nanoTime() - startNanos > TimeUnit.MILLISECONDS.toNanos(1_100));
  }

  @Test
  void aConnectionOnWhichNothingComesAnyMoreGetsNoFurtherRequests() {
    AtomicInteger connections = new AtomicInteger();
    try (FaultyUpstream upstream =
            FramedUpstream.start(peer -> {
              boolean first = connections.incrementAndGet() == 1;
              peer.answer(peer.wholeRequest(), "ok");
              if (first) {
                // as if a cable had been cut: what is sent arrives nowhere
                peer.readToEnd();
              }
              while (true) {
                peer.answer(peer.wholeRequest(), "ok");
              }
            });
        TestServer server = inFrontOf(once(IMPATIENT, upstream.url()))) {
      assertThat(server.send("GET", "/shipping/x", Map.of(), "").text()).isEqualTo("ok");
      assertThat(server.send("GET", "/shipping/x", Map.of(), "").status()).isEqualTo(504);
      assertThat(server.send("GET", "/shipping/x", Map.of(), "").text()).isEqualTo("ok");
      assertThat(connections).hasValue(2);
    }
  }

  @Test
  void aRequestThatMayHaveBeenActedOnIsNotRepeated() {
    AtomicInteger requests = new AtomicInteger();
    try (FaultyUpstream upstream =
            FramedUpstream.start(peer -> {
              int stream = peer.wholeRequest();
              requests.incrementAndGet();
              peer.reset(stream, FramedUpstream.INTERNAL_ERROR);
              peer.readToEnd();
            });
        TestServer server = inFrontOf(times(3, GatewayFixture.LONG, upstream.url()))) {
      assertThat(server.send("POST", "/shipping/x", Map.of(), "pay").status()).isEqualTo(502);
      assertThat(requests).hasValue(1);
    }
  }

  @Test
  void thereAreAsManyRequestsOnAConnectionAsTheServiceTakes() throws Exception {
    int atOnce = 6;
    CountDownLatch all = new CountDownLatch(atOnce);
    try (FaultyUpstream upstream =
            FramedUpstream.start(
                peer -> {
                  int first = peer.request();
                  all.countDown();
                  int second = peer.request();
                  all.countDown();
                  all.await();
                  peer.answer(first, "ok");
                  peer.answer(second, "ok");
                  peer.readToEnd();
                },
                FramedUpstream.MAX_CONCURRENT_STREAMS,
                2);
        TestServer server =
            inFrontOf(
                GatewayFixture.with(
                    once(GatewayFixture.LONG, upstream.url()), Map.of("connectionsMax", atOnce)))) {
      List<Thread> clients =
          Stream.generate(() ->
                  Thread.ofVirtual()
                      .start(() ->
                          assertThat(server.send("GET", "/shipping/x", Map.of(), "").text())
                              .isEqualTo("ok")))
              .limit(atOnce)
              .toList();
      assertThat(all.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
      for (Thread client : clients) {
        client.join();
      }
      assertThat(upstream.accepted()).isEqualTo(atOnce / 2);
    }
  }

  @Test
  void aClientThatGoesEndsItsStreamAndNothingElse() throws Exception {
    CountDownLatch reset = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    try (FaultyUpstream upstream =
            FramedUpstream.start(peer -> {
              peer.request();
              asked.countDown();
              assertThat(peer.awaitReset()).isEqualTo(FramedUpstream.CANCEL);
              reset.countDown();
              while (true) {
                peer.answer(peer.request(), "ok");
              }
            });
        TestServer server = inFrontOf(once(GatewayFixture.LONG, upstream.url()))) {
      try (RawClient client = new RawClient(server.port())) {
        client.send("GET /shipping/x HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(asked.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(reset.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(server.send("GET", "/shipping/x", Map.of(), "").text()).isEqualTo("ok");
      assertThat(upstream.accepted()).isEqualTo(1);
    }
  }

  @Test
  void aClientThatReadsNothingHoldsUpItsStreamAndNobodyElse() throws Exception {
    long bytes = 256L * 1024 * 1024;
    AtomicLong sent = new AtomicLong();
    AtomicBoolean heldUp = new AtomicBoolean();
    byte[] piece = new byte[16 * 1024];
    try (FaultyUpstream upstream =
            FramedUpstream.start(peer -> {
              int large = peer.request();
              peer.headers(large, false, OK);
              while (sent.get() < bytes) {
                if (peer.mayData(large, piece.length)) {
                  peer.data(large, false, piece);
                  sent.addAndGet(piece.length);
                  continue;
                }
                heldUp.set(true);
                FramedUpstream.Frame frame = peer.next();
                if (frame.beginsRequest()) {
                  peer.answer(frame.stream(), "ok");
                }
              }
            });
        TestServer server =
            inFrontOf(
                GatewayFixture.with(
                    GatewayFixture.patient("shipping", upstream.url()),
                    Map.of("protocol", Protocol.HTTP2, "connectionsMax", 2)));
        RawClient client = new RawClient(server.port())) {
      client.send("GET /shipping/x HTTP/1.1\r\nHost: x\r\n\r\n");
      client.readHead();
      Patience.until("the service is held up", heldUp::get);
      for (int i = 0; i < 20; i++) {
        assertThat(server.send("GET", "/shipping/y", Map.of(), "").text()).isEqualTo("ok");
      }
      assertThat(sent.get()).isLessThan(bytes);
      assertThat(upstream.accepted()).isEqualTo(1);
    }
  }
}
