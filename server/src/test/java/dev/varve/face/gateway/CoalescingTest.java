package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.cache.AnswerCacheSettings;
import dev.varve.face.gateway.upstream.IdentityKind;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.face.gateway.upstream.Timeouts;
import dev.varve.kernel.Patience;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Many requests at a time for the same, while the service takes its time.
final class CoalescingTest {
  private static final AnswerCacheSettings TIMED =
      new AnswerCacheSettings(false, Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ZERO);

  private final SteppedClock clock = SteppedClock.standing();
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private ScriptedUpstream upstream;
  private TestServer server;

  @BeforeEach
  void start() {
    upstream = new ScriptedUpstream(clock);
    ServiceSettings open =
        GatewayFixture.with(
            GatewayFixture.service("shipping", upstream.url()),
            Map.of(
                "connectionsMax",
                300,
                "timeouts",
                new Timeouts(
                    Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofMinutes(10))));
    ServiceSettings told =
        GatewayFixture.with(open, Map.of("name", "signed", "identity", IdentityKind.HEADERS));
    GatewaySettings settings =
        new GatewaySettings(
            Map.of("shipping", open, "signed", told),
            List.of(
                GatewayFixture.route("/open/**", Map.of("cache", TIMED)),
                GatewayFixture.route(
                    "/told/**", Map.of("to", "signed", "forwardToken", true, "cache", TIMED))));
    server =
        TestServer.start(
            Plan.of(GatewayFixture.SCHEMA)
                .with(settings)
                .with(clock)
                .knowing(Map.of("VARVE_GATEWAY_SECRET", "a secret of more than thirty-two bytes")));
  }

  @AfterEach
  void stop() {
    upstream.close();
    server.close();
    clients.close();
  }

  private List<Future<Reply>> ask(int times, String path, Map<String, String> headers) {
    List<Future<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      replies.add(clients.submit(() -> server.send("GET", path, headers, "")));
    }
    return replies;
  }

  private void untilWaiting(int number) {
    Patience.until(
        number + " wait", () -> measure("varve_gateway_cache_waiting").equals(number + ".0"));
  }

  private static List<Reply> all(List<Future<Reply>> futures) {
    List<Reply> replies = new ArrayList<>();
    for (Future<Reply> future : futures) {
      try {
        replies.add(future.get());
      } catch (ExecutionException | InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    return replies;
  }

  @Test
  void twoHundredAtOnceAreOneForTheService() {
    CountDownLatch gate = upstream.saysWhenOpened("/open/a", 200, "X-A: 1");
    List<Future<Reply>> asking = ask(200, "/open/a", Map.of());
    untilWaiting(199);
    gate.countDown();

    List<Reply> replies = all(asking);

    assertThat(replies).allMatch(reply -> reply.status() == 200);
    assertThat(replies).allMatch(reply -> reply.text().equals("answer 1"));
    assertThat(replies.stream().map(reply -> reply.header("Cache-Status")))
        .contains("Varve; fwd=miss; stored")
        .filteredOn("Varve; fwd=miss; collapsed"::equals)
        .hasSize(199);
    assertThat(upstream.asked("/open/a")).isEqualTo(1);
    assertThat(measure(result("shipping", "coalesced"))).isEqualTo("199.0");
    assertThat(measure(result("shipping", "miss"))).isEqualTo("1.0");
    untilWaiting(0);
  }

  @Test
  void whatIsNotSharedComesToEachFromTheService() {
    CountDownLatch gate = upstream.saysWhenOpened("/open/b", 200, "Cache-Control: private");
    List<Future<Reply>> asking = ask(20, "/open/b", Map.of());
    untilWaiting(19);
    gate.countDown();

    List<Reply> replies = all(asking);

    assertThat(replies.stream().map(Reply::text).distinct()).hasSize(20);
    assertThat(upstream.asked("/open/b")).isEqualTo(20);
    // and nobody waits for another any more
    CountDownLatch again = upstream.saysWhenOpened("/open/b", 200, "Cache-Control: private");
    List<Future<Reply>> others = ask(5, "/open/b", Map.of());
    Patience.until("all five are there", () -> upstream.asked("/open/b") == 25);
    again.countDown();
    assertThat(all(others)).allMatch(reply -> reply.status() == 200);
  }

  @Test
  void aServiceThatAnswersWithAFailureIsAskedOnce() {
    CountDownLatch gate = upstream.saysWhenOpened("/open/c", 503, "X-A: 1");
    List<Future<Reply>> asking = ask(50, "/open/c", Map.of());
    untilWaiting(49);
    gate.countDown();

    List<Reply> replies = all(asking);

    assertThat(replies).allMatch(reply -> reply.status() == 503);
    assertThat(replies)
        .filteredOn(reply -> reply.header("Retry-After").equals("1"))
        .hasSize(49)
        .allMatch(reply ->
            reply.text().contains("The service 'shipping' answered 503 to an equal request"));
    assertThat(upstream.asked("/open/c")).isEqualTo(1);
  }

  @Test
  void aServiceThatBreaksOffIsNotAskedByEachOfThem() {
    CountDownLatch gate = upstream.saysWhenOpened("/open/d", ScriptedUpstream.BREAKS_OFF);
    List<Future<Reply>> asking = ask(50, "/open/d", Map.of());
    untilWaiting(49);
    gate.countDown();

    assertThat(all(asking))
        .allMatch(reply -> reply.status() == 502)
        .allMatch(reply -> reply.text().contains("\"code\":\"UPSTREAM_FAILED\""));
    // once, and once more as for any request
    assertThat(upstream.asked("/open/d")).isEqualTo(2);
    upstream.says("/open/d", 200);
    assertThat(server.get("/open/d").text()).isEqualTo("answer 3");
  }

  @Test
  void aClientThatGoesTakesTheAnswerOfNobodyElseWithIt() throws IOException {
    String request = "GET /open/e HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n".formatted(server.port());
    CountDownLatch gate = upstream.saysWhenOpened("/open/e", 200, "X-A: 1");
    List<Future<Reply>> asking;
    try (RawClient first = new RawClient(server.port())) {
      first.send(request);
      Patience.until("the service is asked", () -> upstream.asked("/open/e") == 1);
      asking = ask(3, "/open/e", Map.of());
      untilWaiting(3);
    }
    // one of those that wait goes, too
    try (RawClient other = new RawClient(server.port())) {
      other.send(request);
      untilWaiting(4);
    }
    untilWaiting(3);
    gate.countDown();

    assertThat(all(asking)).allMatch(reply -> reply.text().equals("answer 1"));
    assertThat(upstream.asked("/open/e")).isEqualTo(1);
  }

  @Test
  void aRequestWithoutAClientAndWithoutOthersEnds() throws IOException {
    upstream.saysWhenOpened("/open/f", 200, "X-A: 1");
    try (RawClient first = new RawClient(server.port())) {
      first.send("GET /open/f HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n".formatted(server.port()));
      Patience.until("the service is asked", () -> upstream.asked("/open/f") == 1);
    }

    Patience.until(
        "it is cancelled",
        () ->
            measure("varve_gateway_requests_total{outcome=\"cancelled\",service=\"shipping\"}")
                .equals("1.0"));
    upstream.says("/open/f", 200);
    assertThat(server.get("/open/f").text()).isEqualTo("answer 2");
  }

  @Test
  void nobodyGetsWhatAnotherAskedFor() {
    CountDownLatch gate =
        upstream.saysWhenOpened("/told/a", 200, "Cache-Control: max-age=60, must-revalidate");
    List<List<Future<Reply>>> asking = new ArrayList<>();
    for (String who : List.of("ada", "bob", "eve")) {
      asking.add(ask(20, "/told/a", Map.of("Cookie", "who=" + who)));
    }
    untilWaiting(57);
    gate.countDown();

    Set<String> texts = new HashSet<>();
    for (List<Future<Reply>> ofOne : asking) {
      List<String> same = all(ofOne).stream().map(Reply::text).distinct().toList();
      assertThat(same).hasSize(1);
      texts.addAll(same);
    }

    assertThat(texts).containsExactlyInAnyOrder("answer 1", "answer 2", "answer 3");
    assertThat(upstream.asked("/told/a")).isEqualTo(3);
  }

  @Test
  void whatWasForAllIsAskedForOnceWhoeverAsks() {
    upstream.says("/told/b", 200, "Cache-Control: s-maxage=60");
    assertThat(server.get("/told/b").text()).isEqualTo("answer 1");
    clock.move(Duration.ofSeconds(61));
    CountDownLatch gate = upstream.saysWhenOpened("/told/b", 200, "Cache-Control: s-maxage=60");
    List<Future<Reply>> asking = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      asking.addAll(ask(1, "/told/b", Map.of("Cookie", "who=" + i)));
    }
    untilWaiting(19);
    gate.countDown();

    assertThat(all(asking)).allMatch(reply -> reply.text().equals("answer 2"));
  }

  @Test
  void aServiceThatChangesItsMindShowsNobodyAnothersAnswer() {
    upstream.says("/told/c", 200, "Cache-Control: s-maxage=60");
    server.get("/told/c");
    clock.move(Duration.ofSeconds(61));
    CountDownLatch gate =
        upstream.saysWhenOpened("/told/c", 200, "Cache-Control: max-age=60, must-revalidate");
    List<Future<Reply>> asking = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      asking.addAll(ask(1, "/told/c", Map.of("Cookie", "who=" + i)));
    }
    untilWaiting(9);
    gate.countDown();

    assertThat(all(asking).stream().map(Reply::text).distinct()).hasSize(10);
  }

  @Test
  void whatIsStaleIsGivenWhileOneRequestBringsAnother() {
    upstream.says("/open/g", 200, "X-A: 1");
    server.get("/open/g");
    clock.move(Duration.ofSeconds(31));
    CountDownLatch gate = upstream.saysWhenOpened("/open/g", 200, "X-A: 1");

    List<Reply> replies = all(ask(50, "/open/g", Map.of()));

    assertThat(replies).allMatch(reply -> reply.text().equals("answer 1"));
    assertThat(replies)
        .allMatch(reply -> reply.header("Cache-Status").equals("Varve; hit; ttl=-1"));
    Patience.until("it is refreshed", () -> upstream.asked("/open/g") == 2);
    gate.countDown();
    Patience.until("another is kept", () -> server.get("/open/g").text().equals("answer 2"));
    assertThat(upstream.asked("/open/g")).isEqualTo(2);
    assertThat(Double.parseDouble(measure(result("shipping", "stale")))).isGreaterThanOrEqualTo(50);
    clock.move(Duration.ofSeconds(61));
    assertThat(server.get("/open/g").text()).isEqualTo("answer 3");
  }

  @Test
  void whatComesToNothingIsCounted() {
    upstream.close();

    List<Reply> replies = all(ask(5, "/open/h", Map.of()));

    assertThat(replies).allMatch(reply -> reply.status() == 502);
    assertThat(measure(result("shipping", "failed"))).isEqualTo("5.0");
    assertThat(Double.parseDouble(measure(result("shipping", "miss")))).isZero();
  }

  private static String result(String service, String result) {
    return "varve_gateway_cache_requests_total{result=\"%s\",service=\"%s\"}"
        .formatted(result, service);
  }

  /// The value of a series; 0 where there is none yet.
  private String measure(String series) {
    return server
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .map(line -> line.substring(series.length() + 1))
        .findFirst()
        .orElse("0.0");
  }
}
