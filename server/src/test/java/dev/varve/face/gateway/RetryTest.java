package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.resilience.RetrySettings;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.face.gateway.upstream.Timeouts;
import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is sent once more and what never is: by method, by what the host does, and by the body of the request.
final class RetryTest {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine";

  private static StoppableUpstream second;

  @BeforeAll
  static void start() {
    second = StoppableUpstream.start("second");
  }

  @AfterAll
  static void stop() {
    second.close();
  }

  /// What the first host does with a request.
  enum First {
    REFUSES,
    CLOSES_AT_ONCE,
    CLOSES_AFTER_THE_REQUEST,
    RESETS_AFTER_THE_REQUEST,
    BREAKS_OFF_ITS_HEADERS,
    BREAKS_OFF_ITS_BODY,
    SAYS_GARBAGE,
    IS_SILENT,
    ANSWERS_500,
    ANSWERS_503;

    void on(FaultyUpstream.Call call) throws IOException {
      if (this == REFUSES || this == CLOSES_AT_ONCE) {
        return;
      }
      readWhole(call);
      switch (this) {
        case REFUSES, CLOSES_AT_ONCE, CLOSES_AFTER_THE_REQUEST -> {}
        case RESETS_AFTER_THE_REQUEST -> call.reset();
        case BREAKS_OFF_ITS_HEADERS -> call.write("HTTP/1.1 200 OK\r\nContent-Le");
        case BREAKS_OFF_ITS_BODY -> call.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
        case SAYS_GARBAGE -> call.write("220 smtp.example ESMTP\r\n\r\n");
        case IS_SILENT -> call.readToEnd();
        case ANSWERS_500 -> call.write("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        case ANSWERS_503 ->
            call.write("HTTP/1.1 503 No\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
      }
    }
  }

  private static void readWhole(FaultyUpstream.Call call) throws IOException {
    String head = call.readHead().toLowerCase(Locale.ROOT);
    if (head.contains("transfer-encoding: chunked")) {
      StringBuilder body = new StringBuilder();
      while (!body.toString().endsWith("\r\n0\r\n\r\n")) {
        body.append((char) call.read(1)[0]);
        if (body.length() > 64) {
          body.delete(0, 32);
        }
      }
    } else if (head.contains("content-length: ")) {
      String length = head.replaceFirst("(?s).*\r\ncontent-length: (\\d+)\r\n.*", "$1");
      call.read(Integer.parseInt(length));
    }
  }

  /// What a request has for a body.
  enum Body {
    NONE(0, false),
    SMALL(9, false),
    LARGE(100_000, false),
    SMALL_IN_CHUNKS(9, true),
    LARGE_IN_CHUNKS(100_000, true);

    private final int bytes;
    private final boolean inChunks;

    Body(int bytes, boolean inChunks) {
      this.bytes = bytes;
      this.inChunks = inChunks;
    }

    BodyPublisher publisher() {
      return inChunks
          ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[bytes]))
          : BodyPublishers.ofByteArray(new byte[bytes]);
    }
  }

  private static ServiceSettings service(List<String> urls, RetrySettings retry) {
    return GatewayFixture.with(
        GatewayFixture.service("shipping", urls.toArray(new String[0])),
        Map.of("retry", retry, "connectionsMax", 64));
  }

  private static TestServer inFrontOf(List<String> urls, RetrySettings retry) {
    return inFrontOf(Timeouts.DEFAULT, urls, retry);
  }

  private static TestServer inFrontOf(Timeouts timeouts, List<String> urls, RetrySettings retry) {
    return GatewayFixture.start(
        new GatewaySettings(
            Map.of(
                "shipping",
                GatewayFixture.with(service(urls, retry), Map.of("timeouts", timeouts))),
            List.of(GatewayFixture.route("/shipping/**"))));
  }

  private static HttpResponse<String> send(TestServer server, String method, Body body) {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d/shipping/x".formatted(server.port())))
            .method(method, body.publisher())
            .build();
    try {
      return CLIENT.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// Of two hosts, the first fails and the second is well.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # it cannot have had the request: any method, any body
          GET     | NONE            | REFUSES                  | 0 | 1 | 200
          POST    | NONE            | REFUSES                  | 0 | 1 | 200
          POST    | SMALL           | REFUSES                  | 0 | 1 | 200
          POST    | LARGE           | REFUSES                  | 0 | 1 | 200
          POST    | LARGE_IN_CHUNKS | REFUSES                  | 0 | 1 | 200
          PATCH   | SMALL_IN_CHUNKS | REFUSES                  | 0 | 1 | 200
          # it may have had it: what makes no difference twice
          GET     | NONE            | CLOSES_AT_ONCE           | 0 | 1 | 200
          GET     | NONE            | CLOSES_AFTER_THE_REQUEST | 1 | 1 | 200
          HEAD    | NONE            | CLOSES_AFTER_THE_REQUEST | 1 | 1 | 200
          OPTIONS | NONE            | CLOSES_AFTER_THE_REQUEST | 1 | 1 | 200
          DELETE  | NONE            | RESETS_AFTER_THE_REQUEST | 1 | 1 | 200
          PUT     | SMALL           | CLOSES_AFTER_THE_REQUEST | 1 | 1 | 200
          PUT     | SMALL_IN_CHUNKS | CLOSES_AFTER_THE_REQUEST | 1 | 1 | 200
          PUT     | SMALL           | BREAKS_OFF_ITS_HEADERS   | 1 | 1 | 200
          GET     | NONE            | BREAKS_OFF_ITS_HEADERS   | 1 | 1 | 200
          GET     | NONE            | IS_SILENT                | 1 | 1 | 200
          # but not with a body that is gone
          PUT     | LARGE           | CLOSES_AFTER_THE_REQUEST | 1 | 0 | 502
          PUT     | LARGE_IN_CHUNKS | CLOSES_AFTER_THE_REQUEST | 1 | 0 | 502
          PUT     | LARGE           | IS_SILENT                | 1 | 0 | 504
          # and never what may have been acted on
          POST    | NONE            | CLOSES_AFTER_THE_REQUEST | 1 | 0 | 502
          POST    | SMALL           | CLOSES_AFTER_THE_REQUEST | 1 | 0 | 502
          POST    | SMALL           | RESETS_AFTER_THE_REQUEST | 1 | 0 | 502
          POST    | SMALL           | BREAKS_OFF_ITS_HEADERS   | 1 | 0 | 502
          POST    | SMALL           | IS_SILENT                | 1 | 0 | 504
          POST    | NONE            | CLOSES_AT_ONCE           | 0 | 0 | 502
          PATCH   | SMALL           | CLOSES_AFTER_THE_REQUEST | 1 | 0 | 502
          PROPFIND| NONE            | CLOSES_AFTER_THE_REQUEST | 1 | 0 | 502
          # an answer is an answer, whatever it says
          GET     | NONE            | ANSWERS_500              | 1 | 0 | 500
          GET     | NONE            | ANSWERS_503              | 1 | 0 | 503
          POST    | SMALL           | ANSWERS_503              | 1 | 0 | 503
          GET     | NONE            | SAYS_GARBAGE             | 1 | 0 | 502
          GET     | NONE            | BREAKS_OFF_ITS_BODY      | 1 | 0 | 502
          """)
  void decisions(String method, Body body, First first, int firstSaw, int secondSaw, int status) {
    second.asked().clear();
    FaultyUpstream upstream = FaultyUpstream.start(first::on);
    if (first == First.REFUSES) {
      upstream.close();
    }
    try (upstream;
        TestServer server =
            inFrontOf(
                first == First.IS_SILENT ? GatewayFixture.SHORT : Timeouts.DEFAULT,
                List.of(upstream.url(), second.url()),
                RetrySettings.DEFAULT)) {
      HttpResponse<String> answer = send(server, method, body);

      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
      assertThat(upstream.heads()).hasSize(firstSaw);
      assertThat(second.asked()).hasSize(secondSaw);
      assertThat(second.asked()).allMatch(asked -> asked.bodyBytes() == body.bytes);
      Patience.until("no connection is left open", () -> upstream.open() == 0);
    }
  }

  /// The connection was good, and is closed under the next request.
  @ParameterizedTest
  @CsvSource({
    "GET, NONE, 2, 200",
    "PUT, SMALL, 2, 200",
    "PUT, LARGE, 1, 502",
    "POST, SMALL, 1, 502"
  })
  void aConnectionThatClosesUnderARequest(String method, Body body, int sent, int status) {
    try (FaultyUpstream upstream =
        FaultyUpstream.start(call -> {
          readWhole(call);
          call.write(OK);
          readWhole(call);
        })) {
      try (TestServer server = inFrontOf(List.of(upstream.url()), new RetrySettings(1, 20))) {
        assertThat(send(server, "GET", Body.NONE).statusCode()).isEqualTo(200);

        assertThat(send(server, method, body).statusCode()).isEqualTo(status);
        assertThat(upstream.heads()).hasSize(1 + sent);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"GET, 1, 1", "GET, 2, 2", "GET, 4, 4", "PUT, 3, 3", "POST, 4, 1"})
  void aRequestIsSentAsOftenAsItIsAllowed(String method, int attempts, int sent) {
    try (FaultyUpstream upstream = FaultyUpstream.start(RetryTest::readWhole);
        TestServer server = inFrontOf(List.of(upstream.url()), new RetrySettings(attempts, 20))) {
      assertThat(send(server, method, Body.SMALL).statusCode()).isEqualTo(502);
      assertThat(upstream.heads()).hasSize(sent);
    }
  }

  /// There is nobody else to ask, and more of it would not help.
  @Test
  void aSilentHostIsNotAskedTwice() {
    try (FaultyUpstream upstream = FaultyUpstream.start(First.IS_SILENT::on);
        TestServer server = inFrontOf(List.of(upstream.url()), RetrySettings.DEFAULT)) {
      assertThat(send(server, "GET", Body.NONE).statusCode()).isEqualTo(504);
      assertThat(upstream.heads()).hasSize(1);
    }
  }

  @Test
  void whenAllRequestsFailAFewAreSentOnceMore() throws Exception {
    CountDownLatch broken = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    List<String> order = new ArrayList<>();
    try (FaultyUpstream upstream =
            FaultyUpstream.start(call -> {
              readWhole(call);
              boolean early;
              synchronized (order) {
                early = order.size() < 10;
                order.add("x");
              }
              if (early) {
                broken.await();
              } else {
                answer.await();
                call.write(OK);
              }
            });
        TestServer server = inFrontOf(List.of(upstream.url()), RetrySettings.DEFAULT);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        answers.add(clients.submit(() -> send(server, "GET", Body.NONE).statusCode()));
      }
      Patience.until("all are under way", () -> upstream.heads().size() == 10);
      broken.countDown();
      Patience.until("seven are told", () -> answers.stream().filter(Future::isDone).count() == 7);
      Patience.until("three are sent again", () -> upstream.heads().size() == 13);
      answer.countDown();
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> each : answers) {
        statuses.add(each.get());
      }

      assertThat(statuses).filteredOn(status -> status == 502).hasSize(7);
      assertThat(statuses).filteredOn(status -> status == 200).hasSize(3);
      assertThat(upstream.heads()).hasSize(13);
      assertThat(server.get("/metrics").text())
          .contains(
              "varve_gateway_retries_total{result=\"over_budget\",service=\"shipping\"} 7.0",
              "varve_gateway_retries_total{result=\"sent\",service=\"shipping\"} 3.0");
    }
  }
}
