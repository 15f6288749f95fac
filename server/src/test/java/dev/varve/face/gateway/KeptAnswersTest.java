package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.face.gateway.cache.AnswerCacheSettings;
import dev.varve.face.gateway.resilience.BreakerSettings;
import dev.varve.face.gateway.resilience.RetrySettings;
import dev.varve.kernel.Patience;
import dev.varve.kernel.SteppedClock;
import dev.varve.net.limit.LimitSettings;
import dev.varve.node.InstalledVarve;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What becomes of kept answers: when services fail, when something changes, when there are many, and when somebody wants others to
/// get what is not theirs.
final class KeptAnswersTest {
  private static final AnswerCacheSettings TIMED =
      new AnswerCacheSettings(false, Duration.ofSeconds(30), Duration.ZERO, Duration.ZERO);
  private static final AnswerCacheSettings PATIENT =
      new AnswerCacheSettings(false, Duration.ofSeconds(10), Duration.ZERO, Duration.ofMinutes(5));
  private static final AtomicInteger ROW = new AtomicInteger();

  private final SteppedClock clock = SteppedClock.standing();
  private ScriptedUpstream upstream;
  private TestServer server;

  @BeforeEach
  void start() {
    upstream = new ScriptedUpstream(clock);
    GatewaySettings settings =
        new GatewaySettings(
            Map.of(
                "shipping",
                GatewayFixture.with(
                    GatewayFixture.slow("shipping", upstream.url()),
                    Map.of("connectionsMax", 10, "retry", new RetrySettings(1, 20))),
                "guarded",
                GatewayFixture.with(
                    GatewayFixture.slow("guarded", upstream.url()),
                    Map.of(
                        "retry",
                        new RetrySettings(1, 20),
                        "breaker",
                        new BreakerSettings(
                            2, 0, 100, Duration.ofMinutes(1), Duration.ofHours(1))))),
            List.of(
                GatewayFixture.route("/timed/**", Map.of("cache", TIMED)),
                GatewayFixture.route(
                    "/timed/written/**", Map.of("methods", List.of("POST", "DELETE"))),
                GatewayFixture.route("/patient/**", Map.of("to", "guarded", "cache", PATIENT)),
                GatewayFixture.route(
                    "/when/**",
                    Map.of("cache", TIMED, "when", "request.headers['x-pass'] == 'yes'")),
                GatewayFixture.route(
                    "/limited/**",
                    Map.of(
                        "cache",
                        TIMED,
                        "limit",
                        new RouteLimit(2, Duration.ofHours(1), LimitSettings.By.ADDRESS)))),
            List.of(),
            1);
    server = TestServer.start(Plan.of(GatewayFixture.SCHEMA).with(settings).with(clock));
  }

  @AfterEach
  void stop() {
    upstream.close();
    server.close();
  }

  @Test
  void aFailingServiceIsStoodInForByWhatIsKept() {
    upstream.says("/patient/a", 200, "X-A: 1");
    assertThat(server.get("/patient/a").text()).isEqualTo("answer 1");
    clock.move(Duration.ofSeconds(11));

    upstream.says("/patient/a", 503);
    Reply failed = server.get("/patient/a");
    assertThat(failed.status()).isEqualTo(200);
    assertThat(failed.text()).isEqualTo("answer 1");
    assertThat(failed.header("Age")).isEqualTo("11");
    assertThat(failed.header("Cache-Status"))
        .isEqualTo("Varve; fwd=stale; fwd-status=503; detail=stale-if-error");

    upstream.says("/patient/a", ScriptedUpstream.BREAKS_OFF);
    Reply broken = server.get("/patient/a");
    assertThat(broken.text()).isEqualTo("answer 1");
    assertThat(broken.header("Cache-Status")).isEqualTo("Varve; fwd=stale; detail=stale-if-error");

    // the breaker is open now
    int asked = upstream.asked("/patient/a");
    assertThat(server.get("/patient/a").text()).isEqualTo("answer 1");
    assertThat(upstream.asked("/patient/a")).isEqualTo(asked);
    assertThat(server.send("GET", "/patient/a", Map.of("Cache-Control", "no-cache"), "").status())
        .isEqualTo(503);

    clock.move(Duration.ofMinutes(5));
    assertThat(server.get("/patient/a").status()).isEqualTo(502);
  }

  @ParameterizedTest
  @CsvSource({
    "'max-age=5, must-revalidate',           503",
    "'max-age=5, proxy-revalidate',          503",
    "'s-maxage=5',                           503",
    "'s-maxage=5, stale-if-error=60',        200",
    "'max-age=5, stale-if-error=0',          503",
    "'max-age=5',                            200",
  })
  void theServiceSaysWhetherItMayBeStoodInFor(String says, int status) {
    String path = "/patient/s" + ROW.incrementAndGet();
    upstream.says(path, 200, "Cache-Control: " + says);
    server.get(path);
    clock.move(Duration.ofSeconds(6));
    upstream.says(path, 503);

    assertThat(server.get(path).status()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "POST,   /timed/a,           200, asked",
    "PUT,    /timed/a,           204, asked",
    "DELETE, /timed/a,           200, asked",
    "POST,   /timed/a,           302, asked",
    "POST,   /timed/a,           409, hit",
    "POST,   /timed/a,           500, hit",
    "OPTIONS,/timed/a,           200, hit",
    "POST,   /timed/a?b=c,       200, hit",
    "POST,   /timed/b,           200, hit",
  })
  void aChangeMakesWhatIsKeptOfItVoid(String method, String target, int status, String comes) {
    upstream.says("/timed/a", 200, "X-A: 1");
    server.get("/timed/a");
    upstream.says(target.split("\\?", 2)[0], status);
    server.send(method, target, Map.of(), "");
    upstream.says("/timed/a", 200, "X-A: 1");

    assertThat(server.get("/timed/a").header("Cache-Status"))
        .startsWith(comes.equals("hit") ? "Varve; hit" : "Varve; fwd=miss");
  }

  /// The route that takes the change keeps nothing itself.
  @Test
  void aChangeByAnotherRouteCountsAsMuch() {
    upstream.says("/timed/written/a", 200, "X-A: 1");
    server.get("/timed/written/a");
    assertThat(server.get("/timed/written/a").header("Cache-Status")).startsWith("Varve; hit");

    server.send("DELETE", "/timed/written/a", Map.of(), "");

    assertThat(server.get("/timed/written/a").text()).isEqualTo("answer 3");
  }

  @Test
  void whatWasAskedForBeforeAChangeIsNotKeptBehindIt() throws Exception {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch gate = upstream.saysWhenOpened("/timed/c", 200, "X-A: 1");
      Future<Reply> early = clients.submit(() -> server.get("/timed/c"));
      Patience.until("it is asked for", () -> upstream.asked("/timed/c") == 1);
      upstream.says("/timed/c", 200, "X-A: 1");
      server.send("POST", "/timed/c", Map.of(), "");
      gate.countDown();
      assertThat(early.get().text()).isEqualTo("answer 1");

      assertThat(server.get("/timed/c").text()).isEqualTo("answer 3");
    }
  }

  @Test
  void aConfirmedAnswerHasTheHeadersThatCameLast() {
    upstream.says("/timed/d", 200, "ETag: \"a\"", "X-A: 1", "X-B: 1", "Content-Type: text/plain");
    server.get("/timed/d");
    clock.move(Duration.ofSeconds(31));
    upstream.says("/timed/d", 200, "ETag: \"a\"", "X-A: 2", "Cache-Control: max-age=90");

    Reply confirmed = server.get("/timed/d");

    assertThat(confirmed.text()).isEqualTo("answer 1");
    assertThat(confirmed.headers().get("x-a")).containsExactly("2");
    assertThat(confirmed.header("X-B")).isEqualTo("1");
    assertThat(confirmed.header("Content-Type")).isEqualTo("text/plain");
    clock.move(Duration.ofSeconds(89));
    assertThat(server.get("/timed/d").header("Cache-Status")).isEqualTo("Varve; hit; ttl=1");
  }

  @Test
  void aPartIsCutOutOfWhatIsKept() {
    upstream.says("/timed/e", 200, "ETag: \"a\"");
    server.get("/timed/e");

    Reply part =
        server.send("GET", "/timed/e", Map.of("Range", "bytes=2-4", "If-Range", "\"a\""), "");

    assertThat(part.status()).isEqualTo(206);
    assertThat(part.text()).isEqualTo("swe");
    assertThat(part.header("Content-Range")).isEqualTo("bytes 2-4/8");
    Reply none = server.send("GET", "/timed/e", Map.of("If-None-Match", "\"a\""), "");
    assertThat(none.status()).isEqualTo(304);
    assertThat(none.header("ETag")).isEqualTo("\"a\"");
    assertThat(none.header("Age")).isEqualTo("0");
    assertThat(none.bytes()).isEmpty();
    Reply head = server.send("HEAD", "/timed/e", Map.of(), "");
    assertThat(head.header("Content-Length")).isEqualTo("8");
    assertThat(upstream.asked("/timed/e")).isEqualTo(1);
  }

  /// One answer may take 64 KiB, all together 1 MiB.
  @Test
  void whatIsTooLargeIsPassedOnWhole() {
    String large = "x".repeat(100_000);
    upstream.saysAsBody("/timed/f", large, "X-A: 1");
    upstream.saysAsBody("/timed/g", chunks(large), "Transfer-Encoding: chunked");
    upstream.saysAsBody("/timed/h", chunks("x".repeat(50_000)), "Transfer-Encoding: chunked");

    for (int i = 1; i <= 2; i++) {
      assertThat(server.get("/timed/f").text()).isEqualTo(large);
      assertThat(server.get("/timed/g").text()).isEqualTo(large);
      assertThat(server.get("/timed/h").text()).isEqualTo("x".repeat(50_000));
      assertThat(upstream.asked("/timed/f")).isEqualTo(i);
      assertThat(upstream.asked("/timed/g")).isEqualTo(i);
      assertThat(upstream.asked("/timed/h")).isEqualTo(1);
    }
  }

  private static String chunks(String text) {
    StringBuilder chunks = new StringBuilder();
    for (int from = 0; from < text.length(); from += 7_000) {
      String chunk = text.substring(from, Math.min(text.length(), from + 7_000));
      chunks
          .append(Integer.toHexString(chunk.length()))
          .append("\r\n")
          .append(chunk)
          .append("\r\n");
    }
    return chunks + "0\r\n\r\n";
  }

  @Test
  void allTogetherTakeNoMoreThanTheyMay() {
    for (int i = 0; i < 60; i++) {
      upstream.saysAsBody("/timed/many" + i, "x".repeat(60_000), "X-A: 1");
      server.get("/timed/many" + i);
    }
    // one resource, in many languages
    upstream.saysAsBody("/timed/one", "x".repeat(60_000), "Vary: Accept-Language");
    for (int i = 0; i < 60; i++) {
      server.send("GET", "/timed/one", Map.of("Accept-Language", "l" + i), "");
    }

    double bytes =
        server
            .get("/metrics")
            .text()
            .lines()
            .filter(line -> line.startsWith("varve_gateway_cache_bytes "))
            .mapToDouble(line -> Double.parseDouble(line.split(" ", 2)[1]))
            .findFirst()
            .orElseThrow();
    assertThat(bytes).isBetween(100_000.0, 1024.0 * 1024);
  }

  @Test
  void whoMayNotGetsNothingOfWhatIsKept() {
    Map<String, String> pass = Map.of("X-Pass", "yes");
    assertThat(server.send("GET", "/when/a", pass, "").status()).isEqualTo(200);
    assertThat(server.send("GET", "/when/a", pass, "").header("Cache-Status"))
        .startsWith("Varve; hit");
    assertThat(server.get("/when/a").status()).isEqualTo(401);

    assertThat(server.get("/limited/a").status()).isEqualTo(200);
    assertThat(server.get("/limited/a").header("Cache-Status")).startsWith("Varve; hit");
    assertThat(server.get("/limited/a").status()).isEqualTo(429);
  }

  /// Either the service does not hear what the first client says, or the second is not given the answer to it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-Host: evil        | unheard",
        "X-Forwarded-Proto: evil       | unheard",
        "X-Forwarded-Scheme: evil      | unheard",
        "X-Forwarded-For: evil         | unheard",
        "X-Forwarded-Port: evil        | unheard",
        "X_Forwarded_Host: evil        | unheard",
        "Forwarded: host=evil          | unheard",
        "X-Original-URL: /evil         | unheard",
        "X-Rewrite-URL: /evil          | unheard",
        "X-HTTP-Method-Override: evil  | unheard",
        "X-Real-IP: evil               | unheard",
        "Via: evil                     | unheard",
        "Varve-Actor: evil             | unheard",
        "Authorization: evil           | unheard",
        "Cookie: a=evil                | unheard",
        "User-Agent: evil              | unheard",
        "Referer: https://evil/        | unheard",
        "X-Request-Id: evil            | unheard",
        "traceparent: evil             | unheard",
        "tracestate: evil=1            | unheard",
        "baggage: a=evil               | unheard",
        "Sec-Fetch-Site: evil          | unheard",
        "If-None-Match: \"evil\"       | unheard",
        "X-Host: evil                  | apart",
        "X-Forwarded: evil             | apart",
        "X-Api-Version: evil           | apart",
        "Origin: https://evil          | apart",
        "Content-Type: evil            | apart",
        "Max-Forwards: evil            | apart",
        "Accept-Charset: evil          | apart",
      })
  void whatOneClientSaysShapesTheAnswerOfNobodyElse(String header, String becomes) {
    String path = "/timed/p" + ROW.incrementAndGet();
    String[] parts = header.split(": ", 2);
    server.send("GET", path, Map.of(parts[0], parts[1]), "");
    String heard = upstream.heads().getLast();

    Reply other = server.get(path);

    assertThat(heard.contains("evil")).isEqualTo(becomes.equals("apart"));
    boolean kept = other.header("Cache-Status").startsWith("Varve; hit");
    // what nobody is known by is not kept for others either
    assertThat(kept).isEqualTo(becomes.equals("unheard") && !parts[0].equals("Authorization"));
  }

  @Test
  void anotherHostIsAnotherResource() throws IOException {
    String request = "GET /timed/host HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n";
    assertThat(RawClient.exchange(server.port(), request)).endsWith("answer 1");
    assertThat(upstream.heads().getLast()).contains("X-Forwarded-Host: evil");

    assertThat(server.get("/timed/host").text()).isEqualTo("answer 2");
  }

  @Test
  void aGetWithABodyIsNeverKept() {
    server.send("GET", "/timed/fat", Map.of(), "evil");

    assertThat(server.get("/timed/fat").text()).isEqualTo("answer 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "taken",
      value = {
        "64 | GET | {ttl: 30s, staleWhileRevalidate: 10s, staleIfError: 5m} | taken",
        "64 | GET | {enabled: true} | taken",
        "64 | GET | {enabled: true, ttl: 0s} | taken",
        "0  | GET | {ttl: 0s} | taken",
        "64 | GET | {staleWhileRevalidate: 5s} | gateway.routes[0].cache.staleWhileRevalidate is about answers that are kept, and none is: set ttl beside it, or enabled: true",
        "64 | GET | {ttl: 0s, staleIfError: 5s} | gateway.routes[0].cache.staleIfError is about answers that are kept, and none is: set ttl beside it, or enabled: true",
        "64 | POST | {ttl: 30s} | gateway.routes[0].cache keeps answers to GET, which is none of the methods of this route. Take it out",
        "0  | GET | {ttl: 30s} | gateway.routes[0].cache keeps answers, but gateway.cacheMebibytesMax is 0. Give it some memory, or take this out",
        "64 | GET | {ttl: 32d} | gateway.routes[0].cache.ttl must be a duration of at most 31d, such as 300ms, 30s or 15m; it is '32d'",
        "64 | GET | {til: 30s} | There is no setting 'gateway.routes[0].cache.til'. Did you mean 'gateway.routes[0].cache.ttl'?",
      })
  void whatCannotHoldIsToldWithItsPlace(
      int mebibytes, String method, String cache, @Nullable String says, @TempDir Path folder)
      throws IOException {
    Files.writeString(
        folder.resolve("varve.yaml"),
        """
        gateway:
          cacheMebibytesMax: %d
          services: {shipping: {urls: [http://127.0.0.1:9]}}
          routes:
            - {path: /a, to: shipping, allow: public, methods: [%s], cache: %s}
        """
            .formatted(mebibytes, method, cache));

    if (says == null) {
      InstalledVarve.readSettings(folder);
    } else {
      assertThatThrownBy(() -> InstalledVarve.readSettings(folder))
          .hasMessageContaining("varve.yaml:5:")
          .hasMessageEndingWith(says);
    }
  }
}
