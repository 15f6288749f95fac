package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A service that answers what nobody has asked, so that answers and requests come apart. Whoever asks gets one answer, and no
/// caller that of another: what a service sends too much goes to nobody.
final class HostileAnswersTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String STRAY =
      OK + "Set-Cookie: a=b\r\nX-Stray: 1\r\nContent-Length: 5\r\n\r\nstray";

  /// @param first what it answers to the first request, at once
  /// @param then what it sends when that has been answered
  /// @param status that whoever sent the first request gets
  record Row(String name, String method, String first, String then, int status) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Row> answers() {
    String two = OK + "Content-Length: 2\r\n\r\nok";
    String chunks = OK + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    return Stream.of(
            twice("another answer", "GET", two, 200),
            twice("another answer behind chunks", "GET", chunks, 200),
            twice("an answer as the body of 204", "GET", "HTTP/1.1 204 No\r\n\r\n", 204),
            twice(
                "an answer as the body of 204 with a length",
                "GET",
                "HTTP/1.1 204 No\r\nContent-Length: %d\r\n\r\n".formatted(STRAY.length()),
                204),
            twice("an answer as the body of 304", "GET", "HTTP/1.1 304 Same\r\n\r\n", 304),
            twice(
                "an answer as the body of HEAD",
                "HEAD",
                OK + "Content-Length: %d\r\n\r\n".formatted(STRAY.length()),
                200),
            twice(
                "an answer in chunks of HEAD",
                "HEAD",
                OK + "Transfer-Encoding: chunked\r\n\r\n",
                200),
            twice(
                "an answer behind the last",
                "GET",
                OK + "Connection: close\r\n" + "Content-Length: 2\r\n\r\nok",
                200),
            twice(
                "a length and chunks",
                "GET",
                OK + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                502),
            twice(
                "two lengths",
                "GET",
                OK + "Content-Length: 2\r\nContent-Length: 90\r\n\r\nok",
                502),
            twice("a header with a line feed", "GET", OK + "A: b\nContent-Length: 0\r\n\r\n", 502),
            twice(
                "101 that nobody asked for",
                "GET",
                "HTTP/1.1 101 Other\r\nUpgrade: websocket\r\n\r\n",
                502),
            Stream.of(
                new Row(
                    "a few interim answers",
                    "GET",
                    "HTTP/1.1 103 Early\r\nContent-Length: 5\r\nX-Stray: 1\r\n\r\n".repeat(3) + two,
                    "",
                    200),
                new Row(
                    "a flood of interim answers",
                    "GET",
                    "HTTP/1.1 102 Wait\r\n\r\n".repeat(10_000) + two,
                    "",
                    502)))
        .flatMap(rows -> rows);
  }

  /// What is too much comes with the answer, and in another row once that has reached the client.
  private static Stream<Row> twice(String name, String method, String answer, int status) {
    return Stream.of(
        new Row(name, method, answer + STRAY, "", status),
        new Row(name + ", later", method, answer, STRAY, status));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void nobodyGetsWhatNobodyAskedFor(Row row) throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    CountDownLatch sent = new CountDownLatch(1);
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              String head = call.readHead();
              while (!head.isEmpty()) {
                if (head.contains("/first")) {
                  try {
                    call.write(row.first());
                    answered.await();
                    call.write(row.then());
                  } finally {
                    sent.countDown();
                  }
                } else {
                  call.write(own(head));
                }
                head = call.readHead();
              }
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url())) {
      String first = ask(server, row.method(), "first");
      answered.countDown();
      sent.await();

      assertThat(first).startsWith("HTTP/1.1 " + row.status()).doesNotContain("tray");
      assertThat(first.split("HTTP/1", -1)).hasSize(2);
      for (String name : new String[] {"second", "third"}) {
        assertThat(ask(server, "GET", name))
            .startsWith("HTTP/1.1 200 ")
            .endsWith("\r\n\r\nGET /shipping/" + name);
      }
    }
  }

  /// Answers with what it was asked.
  private static String own(String head) {
    String asked = head.substring(0, head.indexOf(" HTTP/1.1"));
    return OK + "Content-Length: %d\r\n\r\n%s".formatted(asked.length(), asked);
  }

  private static String ask(TestServer server, String method, String name) throws IOException {
    return RawClient.exchange(
        server.port(),
        "%s /shipping/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".formatted(method, name));
  }

  /// A service that is one answer ahead.
  @Test
  void anAnswerThatCameBeforeItsRequestPutsNobodyOff() throws IOException {
    AtomicInteger answers = new AtomicInteger();
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              call.write(OK + "Content-Length: 5\r\n\r\nearly");
              String head = call.readHead();
              while (!head.isEmpty()) {
                call.write(own(head));
                answers.incrementAndGet();
                head = call.readHead();
              }
            });
        TestServer server = GatewayFixture.inFrontOf(upstream.url())) {
      for (int i = 1; i <= 10; i++) {
        String answer = ask(server, "GET", Integer.toString(i));
        int number = i;
        Patience.until("the service has answered", () -> answers.get() == number);

        assertThat(answer).matches("(?s).*\r\n\r\n(early|GET /shipping/" + i + ")");
      }
    }
  }
}
