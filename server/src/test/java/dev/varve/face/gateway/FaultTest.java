package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Services that misbehave: what the client is told, and that nothing is left of it. Each service is given one request at a
/// time, so that a place which is not given back fails the next request.
@Order(1)
final class FaultTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n";

  /// @param told a part of the message; empty when the answer itself comes
  record Row(String fault, FaultyUpstream.Behaviour behaviour, int status, String told) {
    @Override
    public String toString() {
      return fault;
    }
  }

  static Stream<Row> faults() {
    return Stream.of(
        row("closes at once", call -> {}, 502, "closed the connection"),
        row("resets at once", FaultyUpstream.Call::reset, 502, "c"),
        after("closes without an answer", call -> {}, 502, "without an answer"),
        after("resets without an answer", FaultyUpstream.Call::reset, 502, "without an answer"),
        says("garbage", "hello\r\n\r\n", "something else than an answer of HTTP/1.1"),
        says("binary garbage", "\u0000\u0001\u0002\r\n\r\n", "a character that none has"),
        says("another protocol", "SSH-2.0-OpenSSH_9.2\r\n", "something else"),
        says("HTTP/2", "HTTP/2 200\r\n\r\n", "something else"),
        says("HTTP/0.9", "<html></html>\r\n\r\n", "something else"),
        says("a status of letters", "HTTP/1.1 abc\r\n\r\n", "without a status"),
        says("a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", "without a status"),
        says("a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "without a status"),
        says("a status below 100", "HTTP/1.1 099 No\r\n\r\n", "without a status"),
        says("a head that ends within", OK + "Content-Le", "within the headers"),
        says("a header without a colon", OK + "Nonsense\r\n\r\n", "without a name"),
        says("a header without a name", OK + ": x\r\n\r\n", "without a name"),
        says("a blank before the colon", OK + "Content-Length : 3\r\n\r\nabc", "that is none"),
        says("a folded header", OK + "A: b\r\n c: d\r\n\r\n", "that is none"),
        says("a bare line feed", OK + "A: b\nC: d\r\n\r\n", "that none has"),
        says("a bare carriage return", OK + "A: b\rC: d\r\n\r\n", "does not end"),
        says("a zero in a header", OK + "A: b\u0000c\r\n\r\n", "that none has"),
        says("a length of letters", OK + "Content-Length: abc\r\n\r\n", "Content-Length"),
        says("a negative length", OK + "Content-Length: -1\r\n\r\n", "Content-Length"),
        says("a length with a sign", OK + "Content-Length: +3\r\n\r\nabc", "Content-Length"),
        says(
            "two lengths",
            OK + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
            "or more than one"),
        says("a list of lengths", OK + "Content-Length: 3, 3\r\n\r\nabc", "Content-Length"),
        says(
            "a length beyond counting",
            OK + "Content-Length: 99999999999999999999\r\n\r\n",
            "Content-Length"),
        says(
            "a length and chunks",
            OK + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "both Transfer-Encoding and Content-Length"),
        says("an unknown coding", OK + "Transfer-Encoding: gzip\r\n\r\n", "not chunked"),
        says("two codings", OK + "Transfer-Encoding: gzip, chunked\r\n\r\n", "not chunked"),
        says(
            "chunked twice",
            OK + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "more than one Transfer-Encoding"),
        says(
            "chunks with HTTP/1.0",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.0"),
        says(
            "101 that nobody asked for",
            "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
            "nobody asked for"),
        says("a body shorter than it says", OK + "Content-Length: 5\r\n\r\nab", "before the end"),
        after(
            "never answers",
            FaultyUpstream.Call::readToEnd,
            504,
            "did not begin its answer within 1s"),
        after(
            "never ends its headers",
            call -> {
              call.write(OK);
              while (true) {
                call.write("X-More: and more\r\n");
                TimeUnit.MILLISECONDS.sleep(20);
              }
            },
            504,
            "did not begin its answer within 1s"),
        after(
            "sends headers byte by byte",
            call -> {
              for (char c : (OK + "X: " + "x".repeat(10_000)).toCharArray()) {
                call.write(String.valueOf(c));
                TimeUnit.MILLISECONDS.sleep(10);
              }
            },
            504,
            "did not begin its answer within 1s"),
        after(
            "sends a gigabyte of headers",
            call -> {
              call.write(OK);
              String line = "X-More: " + "x".repeat(8_000) + "\r\n";
              for (int i = 0; i < 130_000; i++) {
                call.write(line);
              }
            },
            502,
            "headers of more than 65,536 bytes"),
        after(
            "sends interim answers for ever",
            call -> {
              while (true) {
                call.write("HTTP/1.1 103 Early Hints\r\n\r\n");
              }
            },
            502,
            "one interim answer after the other"),
        after(
            "stops within a small body",
            call -> {
              call.write(OK + "Content-Length: 5\r\n\r\nab");
              call.readToEnd();
            },
            504,
            "sent nothing more of its answer within 1s"),
        fine(
            "interim answers before",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"
                + OK
                + "Content-Length: 2\r\n\r\nok"),
        fine(
            "more than it says",
            OK
                + "Content-Length: 2\r\n\r\nokHTTP/1.1 500 Poison\r\nContent-Length: 6\r\n\r\npoison"),
        fine("a body until the end", OK + "Connection: close\r\n\r\nok"),
        fine("HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nok"),
        fine(
            "chunks with extensions and trailers",
            OK + "Transfer-Encoding: chunked\r\n\r\n1;a=b\r\no\r\n1 \r\nk\r\n0\r\nX-T: t\r\n\r\n"));
  }

  private static Row row(
      String fault, FaultyUpstream.Behaviour behaviour, int status, String told) {
    return new Row(fault, behaviour, status, told);
  }

  private static Row after(
      String fault, FaultyUpstream.Behaviour behaviour, int status, String told) {
    return new Row(
        fault,
        call -> {
          call.readHead();
          behaviour.on(call);
        },
        status,
        told);
  }

  private static Row says(String fault, String answer, String told) {
    return after("says " + fault, call -> call.write(answer), 502, told);
  }

  private static Row fine(String what, String answer) {
    return after("is fine: " + what, call -> call.write(answer), 200, "");
  }

  /// Only who waits for the end of a wait wants it to come soon.
  private static TestServer inFrontOf(Row row, String url) {
    return row.status() == 504
        ? GatewayFixture.inFrontOf(url)
        : GatewayFixture.start(
            new GatewaySettings(
                Map.of("shipping", GatewayFixture.slow("shipping", url)),
                List.of(GatewayFixture.route("/shipping/**"))));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsToldAndNothingIsLeftOfIt(Row row) {
    try (FaultyUpstream upstream = FaultyUpstream.start(row.behaviour());
        TestServer server = inFrontOf(row, upstream.url())) {
      for (int i = 0; i < 3; i++) {
        Reply reply = server.send("GET", "/shipping/x", Map.of(), "");

        assertThat(reply.status()).as(reply.text()).isEqualTo(row.status());
        if (row.told().isEmpty()) {
          assertThat(reply.text()).isEqualTo("ok");
        } else {
          Map<?, ?> answer = (Map<?, ?>) Objects.requireNonNull(reply.json());
          Map<?, ?> error = (Map<?, ?>) Objects.requireNonNull(answer.get("error"));
          assertThat(String.valueOf(error.get("message")))
              .startsWith("The service 'shipping' ")
              .contains(row.told());
          assertThat(error.get("code"))
              .isEqualTo(row.status() == 504 ? "UPSTREAM_TIMEOUT" : "UPSTREAM_FAILED");
        }
      }
      Patience.until("no connection is left open", () -> upstream.open() == 0);
    }
  }

  @Test
  void aServiceMayBeGivenLessThanASecond() {
    Timeouts brief =
        new Timeouts(Duration.ofSeconds(1), Duration.ofMillis(300), Duration.ofMillis(300));
    ServiceSettings service =
        GatewayFixture.with(
            GatewayFixture.service("shipping", "http://127.0.0.1:1"), Map.of("timeouts", brief));
    try (FaultyUpstream silent = FaultyUpstream.start(FaultyUpstream.Call::readToEnd);
        TestServer server =
            GatewayFixture.start(
                new GatewaySettings(
                    Map.of(
                        "shipping",
                        GatewayFixture.with(service, Map.of("urls", List.of(silent.url())))),
                    List.of(GatewayFixture.route("/shipping/**"))))) {
      Reply reply = server.get("/shipping/x");

      assertThat(reply.status()).isEqualTo(504);
      assertThat(reply.text())
          .contains("The service 'shipping' did not begin its answer within 300ms");
    }
  }

  @Test
  void aServiceThatIsNotThereIsUnreachable() throws IOException {
    FaultyUpstream gone = FaultyUpstream.start(call -> {});
    gone.close();
    try (TestServer server = GatewayFixture.inFrontOf(gone.url())) {
      Reply reply = server.send("GET", "/shipping/x", Map.of(), "");

      assertThat(reply.status()).isEqualTo(502);
      assertThat(reply.text()).contains("The service 'shipping' takes no connections");
    }
  }

  @Test
  void aConnectionThatWasClosedWhileItRestedIsReplaced() {
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readRequest();
              call.write(OK + "Content-Length: 2\r\n\r\nok");
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url())) {
      for (int i = 0; i < 20; i++) {
        assertThat(server.send("GET", "/shipping/x", Map.of(), "").text()).isEqualTo("ok");
        assertThat(server.send("PUT", "/shipping/x", Map.of(), "small").text()).isEqualTo("ok");
      }
      assertThat(upstream.accepted()).isEqualTo(40);
    }
  }

  @Test
  void aRequestThatMayHaveBeenActedOnIsNotRepeated() {
    CountDownLatch first = new CountDownLatch(1);
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readRequest();
              call.write(OK + "Content-Length: 2\r\n\r\nok");
              if (call.readRequest()) {
                first.countDown();
              }
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url())) {
      assertThat(server.send("GET", "/shipping/x", Map.of(), "").status()).isEqualTo(200);
      assertThat(server.send("POST", "/shipping/x", Map.of(), "pay").status()).isEqualTo(502);
      assertThat(upstream.heads().stream().filter(head -> head.startsWith("POST"))).hasSize(1);
      assertThat(first.getCount()).isZero();
    }
  }

  @Test
  void aServiceWithAsManyRequestsAsItIsGivenIsBusy() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              while (call.readRequest()) {
                call.write(OK + "Content-Length: 2\r\n\r\no");
                release.await();
                call.write("k");
              }
            });
        TestServer server =
            GatewayFixture.start(
                new GatewaySettings(
                    Map.of("shipping", GatewayFixture.slow("shipping", upstream.url())),
                    List.of(GatewayFixture.route("/shipping/**"))))) {
      try (RawClient slow = new RawClient(server.port())) {
        slow.send("GET /shipping/slow HTTP/1.1\r\nHost: x\r\n\r\n");
        Patience.until("the first is under way", () -> !upstream.heads().isEmpty());

        Reply busy = server.send("GET", "/shipping/x", Map.of(), "");

        assertThat(busy.status()).isEqualTo(503);
        assertThat(busy.header("Retry-After")).isEqualTo("1");
        assertThat(busy.text()).contains("UPSTREAM_UNAVAILABLE", "none ended in time");
        release.countDown();
        assertThat(slow.readHead()).contains(" 200 ");
      }
      assertThat(server.send("GET", "/shipping/x", Map.of(), "").text()).isEqualTo("ok");
    }
  }

  @Test
  void anAnswerThatBreaksOffInItsMiddleBreaksTheConnectionOff() throws IOException {
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.readHead();
              call.write(OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nwo");
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url())) {
      String answer =
          RawClient.exchange(server.port(), "GET /shipping/x HTTP/1.1\r\nHost: x\r\n\r\n");

      assertThat(answer).contains(" 200 OK").contains("hello").doesNotEndWith("0\r\n\r\n");
      assertThat(answer).doesNotContain("INTERNAL_ERROR");
    }
  }
}
