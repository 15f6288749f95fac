package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.kernel.VirtualThreads;
import dev.varve.node.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Bodies on their way through the gateway, in both directions.
final class StreamingTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final int MEBIBYTE = 1024 * 1024;

  @Test
  void eventsArriveAsTheyAreSent() throws Exception {
    SynchronousQueue<String> events = new SynchronousQueue<>();
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readHead();
              call.write(
                  OK + "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
              for (String event = events.take(); !event.isEmpty(); event = events.take()) {
                call.write(Integer.toHexString(event.length()) + "\r\n" + event + "\r\n");
              }
              call.write("0\r\n\r\n");
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url());
        RawClient client = new RawClient(server.port())) {
      client.send("GET /shipping/events HTTP/1.1\r\nHost: x\r\n\r\n");
      events.put("data: 1\n\n");
      assertThat(client.readUntil("data: 1\n\n")).contains("Content-Type: text/event-stream");
      events.put("data: 2\n\n");
      assertThat(client.readUntil("data: 2\n\n")).contains("data: 2\n\n");
      events.put("");
      assertThat(client.readUntil("\r\n0\r\n\r\n")).endsWith("\r\n0\r\n\r\n");
      // the same connection is good for another request
      client.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.readHead()).contains(" 200 ");
    }
  }

  @Test
  void aBodyOfAnyLengthGoesThroughInBothDirections() throws IOException {
    int length = 40 * MEBIBYTE;
    AtomicLong taken = new AtomicLong();
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readHead();
              for (int i = 0; i < 40; i++) {
                taken.addAndGet(call.read(MEBIBYTE).length);
              }
              call.write(OK + "Content-Length: " + length + "\r\n\r\n");
              for (int i = 0; i < 40; i++) {
                call.write(new byte[MEBIBYTE]);
              }
              call.readToEnd();
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url());
        RawClient client = new RawClient(server.port())) {
      client.send("POST /shipping/x HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n");
      for (int i = 0; i < 40; i++) {
        client.send(new byte[MEBIBYTE]);
      }
      assertThat(client.readHead()).contains(" 200 OK", "Content-Length: " + length);
      assertThat(taken).hasValue(length);
      for (int i = 0; i < 40; i++) {
        assertThat(client.read(MEBIBYTE)).hasSize(MEBIBYTE);
      }
    }
  }

  @Test
  void chunksArriveAsChunks() throws IOException {
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readHead();
              byte[] body = call.read("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n".length());
              call.write(OK + "Content-Length: " + body.length + "\r\n\r\n");
              call.write(body);
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url());
        RawClient client = new RawClient(server.port())) {
      client.send(
          "POST /shipping/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
      client.send("6\r\n world\r\n0\r\n\r\n");
      assertThat(client.readHead()).contains(" 200 OK");
      assertThat(client.readUntil("0\r\n\r\n")).isEqualTo("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
      assertThat(upstream.heads().getFirst())
          .contains("Transfer-Encoding: chunked")
          .doesNotContain("Content-Length");
    }
  }

  @Test
  void anAnswerBeforeTheEndOfTheRequestReachesTheClientAndItsConnectionIsNotUsedAgain()
      throws IOException {
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              if (call.readHead().startsWith("POST")) {
                call.write("HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\nmuch");
                call.readToEnd();
              } else {
                call.write(OK + "Content-Length: 2\r\n\r\nok");
              }
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url())) {
      try (RawClient client = new RawClient(server.port())) {
        client.send(
            "POST /shipping/x HTTP/1.1\r\nHost: x\r\nContent-Length: "
                + 100L * MEBIBYTE
                + "\r\n\r\n");
        client.send(new byte[MEBIBYTE]);
        assertThat(client.readUntil("much")).contains(" 413 ");
      }
      assertThat(server.send("GET", "/shipping/x", Map.of(), "").text()).isEqualTo("ok");
      assertThat(upstream.accepted()).isEqualTo(2);
      Patience.until("the first connection is closed", () -> upstream.open() == 0);
    }
  }

  @Test
  void aServiceThatTakesNothingHoldsUpTheClientUntilItsTimeIsOver() throws IOException {
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readHead();
              Patience.until("the gateway has had enough", call::isGone);
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url());
        RawClient client = new RawClient(server.port())) {
      client.send(
          "POST /shipping/x HTTP/1.1\r\nHost: x\r\nContent-Length: "
              + 100L * MEBIBYTE
              + "\r\n\r\n");
      Thread sender = Thread.ofVirtual().start(() -> sendUntilClosed(client));
      assertThat(client.readHead()).contains(" 504 ");
      assertThat(client.readToEnd()).contains("took nothing more of the request within 1s");
      sender.interrupt();
    }
  }

  @Test
  void aConnectionThatEndsWithAnAnswerOnItsWayIsSaidToEnd() throws IOException {
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readHead();
              call.write(OK + "Content-Length: 5\r\n\r\nearly");
              call.readToEnd();
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url());
        RawClient client = new RawClient(server.port())) {
      client.send(
          "POST /shipping/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
      assertThat(client.readHead()).contains(" 200 OK", "Connection: close");
      client.send("0\r\n\r\n");
      assertThat(client.readToEnd()).isEqualTo("early");
    }
  }

  private static void sendUntilClosed(RawClient client) {
    try {
      while (true) {
        client.send(new byte[MEBIBYTE]);
      }
    } catch (IOException e) {
      // the refusal has come
    }
  }

  @Test
  void whoWaitsToBeToldToSendIsToldByTheService() throws IOException {
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              if (call.readHead().contains("/refused")) {
                call.write("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
                call.readToEnd();
              } else {
                call.write("HTTP/1.1 100 Continue\r\n\r\n");
                assertThat(call.read(4)).isEqualTo("body".getBytes(StandardCharsets.UTF_8));
                call.write(OK + "Content-Length: 2\r\n\r\nok");
              }
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url())) {
      String head = " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
      try (RawClient client = new RawClient(server.port())) {
        client.send("PUT /shipping/x" + head);
        assertThat(client.readHead()).startsWith("HTTP/1.1 100 Continue");
        client.send("body");
        assertThat(client.readUntil("\r\n\r\nok")).contains(" 200 OK");
      }
      try (RawClient client = new RawClient(server.port())) {
        client.send("PUT /shipping/refused" + head);
        assertThat(client.readHead()).startsWith("HTTP/1.1 401");
      }
      assertThat(upstream.heads()).allMatch(each -> each.contains("Expect: 100-continue"));
    }
  }

  @Test
  void aClientThatGoesWhileItSendsEndsTheRequest() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readHead();
              call.readToEnd();
              ended.countDown();
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url())) {
      try (RawClient client = new RawClient(server.port())) {
        client.send("POST /shipping/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc");
        Patience.until("the request is under way", () -> !upstream.heads().isEmpty());
      }
      ended.await();
    }
  }

  @Test
  void aClientThatGoesWhileItIsAnsweredEndsTheRequest() throws IOException {
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readHead();
              call.write(OK + "\r\n");
              while (true) {
                call.write(new byte[MEBIBYTE]);
              }
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url())) {
      try (RawClient client = new RawClient(server.port())) {
        client.send("GET /shipping/x HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(client.readHead()).contains(" 200 OK");
      }
      Patience.until("the connection is closed", () -> upstream.open() == 0);
    }
  }

  @Test
  void aClientThatGoesBeforeItIsAnsweredEndsTheRequest() throws IOException {
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readHead();
              call.readToEnd();
            });
        TestServer server =
            GatewayFixture.start(
                new GatewaySettings(
                    Map.of("shipping", GatewayFixture.patient("shipping", upstream.url())),
                    List.of(GatewayFixture.route("/shipping/**"))))) {
      try (RawClient client = new RawClient(server.port())) {
        client.send("GET /shipping/x HTTP/1.1\r\nHost: x\r\n\r\n");
        Patience.until("the request is under way", () -> !upstream.heads().isEmpty());
      }
      Patience.until("the connection is closed", () -> upstream.open() == 0);
    }
  }

  @Test
  void aClientThatGoesAfterItsAnswerEndsNobodyElsesRequest() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readHead();
              first.await();
              call.write(OK + "Content-Length: 3\r\n\r\none");
              call.readHead();
              second.await();
              call.write(OK + "Content-Length: 5\r\n\r\nother");
            });
        TestServer server =
            GatewayFixture.start(
                new GatewaySettings(
                    Map.of("shipping", GatewayFixture.patient("shipping", upstream.url())),
                    List.of(GatewayFixture.route("/shipping/**"))));
        RawClient other = new RawClient(server.port())) {
      try (RawClient client = new RawClient(server.port())) {
        client.send("GET /shipping/x HTTP/1.1\r\nHost: x\r\n\r\n");
        Patience.until(
            "the end of the client is watched for",
            () -> VirtualThreads.named("http-client-watch") > 0);
        first.countDown();
        assertThat(client.readUntil("one")).contains(" 200 OK");
        other.send("GET /shipping/x HTTP/1.1\r\nHost: x\r\n\r\n");
        Patience.until("it has the same connection", () -> upstream.heads().size() == 2);
      }
      Patience.until("the end of the first client was noticed", () -> connections(server) == 2);
      second.countDown();
      assertThat(other.readUntil("other")).contains(" 200 OK");
      assertThat(upstream.accepted()).isEqualTo(1);
    }
  }

  /// To the server, with the one that asks.
  private static int connections(TestServer server) {
    return server
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("varve_http_connections "))
        .mapToInt(line -> (int) Double.parseDouble(line.split(" ", 2)[1]))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void answersWithoutABodyKeepWhatTheySayOfOne() throws IOException {
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              while (true) {
                String head = call.readHead();
                if (head.isEmpty()) {
                  return;
                } else if (head.startsWith("HEAD")) {
                  call.write(OK + "Content-Length: 12345\r\nETag: \"a\"\r\n\r\n");
                } else if (head.contains("/204")) {
                  call.write("HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n");
                } else if (head.contains("/304")) {
                  call.write(
                      "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: \"a\"\r\n\r\n");
                } else {
                  call.write(
                      "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/9\r\nContent-Length: 2\r\n\r\nab");
                }
              }
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url());
        RawClient client = new RawClient(server.port())) {
      client.send("HEAD /shipping/x HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.readHead()).contains(" 200 OK", "Content-Length: 12345", "ETag: \"a\"");
      client.send("GET /shipping/204 HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.readHead()).contains(" 204 ", "X-A: b");
      client.send("GET /shipping/304 HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.readHead()).contains(" 304 ", "ETag: \"a\"");
      client.send("GET /shipping/x HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1\r\n\r\n");
      assertThat(client.readUntil("\r\n\r\nab"))
          .contains(" 206 ", "Content-Range: bytes 0-1/9", "Content-Length: 2");
      assertThat(upstream.heads().getLast()).contains("Range: bytes=0-1");
      assertThat(upstream.accepted()).isEqualTo(1);
    }
  }

  @Test
  void aCodedBodyStaysAsItIs() throws IOException {
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readRequest();
              call.write(
                  OK + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\u001f\u008b\u0008");
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url());
        RawClient client = new RawClient(server.port())) {
      client.send(
          "POST /shipping/x HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\u001f\u008b\u0008");
      assertThat(client.readHead()).contains(" 200 OK", "Content-Encoding: gzip");
      assertThat(client.read(3)).isEqualTo(new byte[] {0x1f, (byte) 0x8b, 8});
    }
  }
}
