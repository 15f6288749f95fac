package dev.varve.net.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Ids;
import dev.varve.kernel.Patience;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.edge.HttpFixture;
import dev.varve.net.edge.HttpServer;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Request;
import dev.varve.net.http.Routes;
import dev.varve.telemetry.Metrics;
import dev.varve.telemetry.Telemetry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.greenbytes.http.sfv.IntegerItem;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who is refused, and what answers say, by a clock that stands still unless it is set.
final class RateLimitsTest {
  private final AtomicLong nanos = new AtomicLong(1);
  private final AtomicInteger guesses = new AtomicInteger();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private HttpServer server;

  private static LimitSettings limit(
      String name,
      int requests,
      int burst,
      LimitSettings.By by,
      String route,
      String method,
      boolean anonymous) {
    return new LimitSettings(
        name,
        true,
        requests,
        Duration.ofMinutes(1),
        burst,
        by,
        route.isEmpty() ? List.of() : List.of(route),
        method.isEmpty() ? List.of() : List.of(method),
        anonymous);
  }

  private final Metrics metrics = Metrics.recording();

  @BeforeEach
  void start() {
    Clock clock = Clock.systemUTC();
    Authentication authentication = this::caller;
    server =
        HttpServer.start(
            HttpFixture.settings(
                "127.0.0.1",
                0,
                10_000,
                8_192,
                1_024,
                64,
                64,
                10_000,
                1_000,
                60,
                30,
                60,
                5,
                "127.0.0.1"),
            Routes.builder()
                .get("/by-address", request -> Answer.noContent())
                .get("/by-account", request -> Answer.noContent())
                .get("/by-key", request -> Answer.noContent())
                .get("/by-route/{id}", request -> Answer.noContent())
                .get(
                    "/anonymous",
                    request -> {
                      request.caller();
                      return Answer.noContent();
                    })
                .get("/two", request -> Answer.noContent())
                .get("/free", request -> Answer.noContent())
                .get(
                    "/refusing",
                    request -> {
                      throw Problem.invalid("email", "Invalid email format");
                    })
                .post("/by-address", request -> Answer.noContent())
                .post("/work", RateLimitsTest::work)
                .build(),
            clock,
            new Ids(clock, new SecureRandom()),
            authentication,
            Optional.empty(),
            RateLimits.of(
                List.of(
                    limit("address", 3, 0, LimitSettings.By.ADDRESS, "/by-address", "GET", false),
                    limit("account", 2, 0, LimitSettings.By.ACCOUNT, "/by-account", "", false),
                    limit("key", 2, 0, LimitSettings.By.KEY, "/by-key", "", false),
                    limit("route", 4, 0, LimitSettings.By.ROUTE, "/by-route/*", "", false),
                    limit("anonymous", 2, 0, LimitSettings.By.ADDRESS, "/anonymous", "", true),
                    limit("few", 2, 0, LimitSettings.By.ADDRESS, "/two", "", false),
                    limit("many", 10, 30, LimitSettings.By.ROUTE, "/two", "", false),
                    limit("refusing", 5, 0, LimitSettings.By.ADDRESS, "/refusing", "", false),
                    limit("work", 60, 100, LimitSettings.By.ADDRESS, "/work", "", false)),
                BucketStores.local(nanos::get),
                metrics),
            Telemetry.NONE);
  }

  @AfterEach
  void stop() {
    server.stop();
    client.close();
  }

  private Caller caller(String authorization) {
    if (authorization.startsWith("Key ")) {
      return Caller.machine(authorization.substring(4), Set.of());
    }
    if (authorization.startsWith("Bad")) {
      guesses.incrementAndGet();
      throw new Problem(ErrorCode.UNAUTHENTICATED, "Not good");
    }
    return Caller.ANONYMOUS;
  }

  private static Answer work(Request request) {
    request.spend(Long.parseLong(request.query().value("units").orElse("0")));
    return Answer.noContent();
  }

  private HttpResponse<String> send(
      String method, String path, String address, String authorization) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("X-Forwarded-For", address);
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private List<Integer> statuses(String path, String address, String authorization, int times)
      throws Exception {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      statuses.add(send("GET", path, address, authorization).statusCode());
    }
    return statuses;
  }

  private static String said(HttpResponse<?> answer, String header) {
    return answer.headers().firstValue(header).orElse("-");
  }

  @Test
  void refusalsAreCountedByTheirLimit() throws Exception {
    assertThat(statuses("/by-address", "192.0.2.1", "", 5))
        .containsExactly(204, 204, 204, 429, 429);
    String measures = new String(metrics.exposition("").text(), StandardCharsets.UTF_8);
    assertThat(measures)
        .contains(
            "varve_rate_limit_refusals_total{limit=\"address\"} 2.0",
            "varve_rate_limit_refusals_total{limit=\"few\"} 0.0");
  }

  @Test
  void anAnswerSaysWhatIsLeftAndARefusalWhenToComeAgain() throws Exception {
    for (int left = 2; left >= 0; left--) {
      HttpResponse<String> answer = send("GET", "/by-address", "192.0.2.1", "");
      assertThat(answer.statusCode()).isEqualTo(204);
      assertThat(said(answer, "RateLimit-Policy")).isEqualTo("\"address\";q=3;w=60");
      assertThat(said(answer, "RateLimit")).isEqualTo("\"address\";r=%d;t=20".formatted(left));
      assertThat(said(answer, "Retry-After")).isEqualTo("-");
    }
    HttpResponse<String> refused = send("GET", "/by-address", "192.0.2.1", "");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(said(refused, "RateLimit-Policy")).isEqualTo("\"address\";q=3;w=60");
    assertThat(said(refused, "RateLimit")).isEqualTo("\"address\";r=0;t=20");
    assertThat(said(refused, "Retry-After")).isEqualTo("20");
    assertThat(refused.body())
        .startsWith(
            "{\"error\":{\"code\":\"TOO_MANY_REQUESTS\",\"message\":\"The limit 'address' allows 3 requests in 1m from one network. Try again in 20 s\"");
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(20));
    assertThat(statuses("/by-address", "192.0.2.1", "", 2)).containsExactly(204, 429);
    assertThat(send("HEAD", "/by-address", "192.0.2.1", "").statusCode()).isEqualTo(429);
    assertThat(send("POST", "/by-address", "192.0.2.1", "").statusCode()).isEqualTo(204);
    HttpResponse<String> free = send("GET", "/free", "192.0.2.1", "");
    assertThat(said(free, "RateLimit-Policy") + said(free, "RateLimit")).isEqualTo("--");
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1, 429",
    "192.0.2.1, 192.0.2.2, 204",
    "192.0.2.1, ::ffff:192.0.2.1, 429",
    "2001:db8::1, 2001:db8::2, 429",
    "2001:db8::1, 2001:db8:0:0:ffff::, 429",
    "2001:db8::1, 2001:db8:0:1::1, 204",
  })
  void anIpv6NetworkOf64BitsIsOneCaller(String first, String second, int status) throws Exception {
    assertThat(statuses("/by-address", first, "", 3)).containsExactly(204, 204, 204);
    assertThat(statuses("/by-address", second, "", 1)).containsExactly(status);
  }

  @Test
  void anAccountOrKeyIsOneCallerWhereverItIs() throws Exception {
    assertThat(statuses("/by-account", "192.0.2.1", "Key one", 1)).containsExactly(204);
    assertThat(statuses("/by-account", "192.0.2.2", "Key one", 2)).containsExactly(204, 429);
    assertThat(statuses("/by-account", "192.0.2.2", "Key two", 1)).containsExactly(204);
    assertThat(statuses("/by-account", "192.0.2.2", "", 3)).containsExactly(204, 204, 429);
    assertThat(statuses("/by-account", "192.0.2.3", "", 1)).containsExactly(204);
  }

  @Test
  void aLimitOfKeysIsMetByKeysAlone() throws Exception {
    assertThat(statuses("/by-key", "192.0.2.1", "Key one", 3)).containsExactly(204, 204, 429);
    assertThat(statuses("/by-key", "192.0.2.1", "Key two", 1)).containsExactly(204);
    assertThat(statuses("/by-key", "192.0.2.1", "", 4)).containsOnly(204);
  }

  @Test
  void aLimitOfARouteIsSharedByAllCallers() throws Exception {
    assertThat(statuses("/by-route/1", "192.0.2.1", "", 2)).containsOnly(204);
    assertThat(statuses("/by-route/2", "192.0.2.2", "Key one", 3)).containsExactly(204, 204, 429);
  }

  @Test
  void whoHasCredentialsDoesNotMeetALimitOfThoseWithout() throws Exception {
    assertThat(statuses("/anonymous", "192.0.2.1", "Key one", 4)).containsOnly(204);
    assertThat(statuses("/anonymous", "192.0.2.1", "", 3)).containsExactly(204, 204, 429);
  }

  @Test
  void badCredentialsCountAsNoneAndAreLookedAtOnce() throws Exception {
    assertThat(statuses("/anonymous", "192.0.2.1", "Bad one", 3)).containsExactly(401, 401, 429);
    assertThat(guesses.get()).isEqualTo(3);
  }

  @Test
  void twoLimitsHoldTogetherAndTheAnswerTellsOfBoth() throws Exception {
    HttpResponse<String> answer = send("GET", "/two", "192.0.2.1", "");
    assertThat(said(answer, "RateLimit-Policy"))
        .isEqualTo("\"few\";q=2;w=60, \"many\";q=10;w=60;varve-burst=30");
    assertThat(said(answer, "RateLimit")).isEqualTo("\"few\";r=1;t=30, \"many\";r=29;t=6");
    assertThat(statuses("/two", "192.0.2.1", "", 2)).containsExactly(204, 429);
  }

  /// By a parser of structured fields (RFC 9651), held against sections 3 and 4 of the draft.
  @ParameterizedTest
  @ValueSource(strings = {"/by-address", "/two", "/refusing", "/anonymous"})
  void theFieldsAreListsOfPoliciesAsTheDraftHasThem(String path) throws Exception {
    for (int i = 0; i < 4; i++) {
      HttpResponse<String> answer = send("GET", path, "192.0.2.1", "");
      List<String> policies = new ArrayList<>();
      for (ListElement<?> policy : list(answer, "RateLimit-Policy")) {
        policies.add(((StringItem) policy).get());
        assertThat(policy.getParams().keySet()).isSubsetOf("q", "w", "varve-burst");
        assertThat(number(policy, "q")).isPositive();
        assertThat(number(policy, "w")).isPositive();
      }
      List<String> left = new ArrayList<>();
      for (ListElement<?> limit : list(answer, "RateLimit")) {
        left.add(((StringItem) limit).get());
        assertThat(limit.getParams().keySet()).containsExactly("r", "t");
        assertThat(number(limit, "r")).isNotNegative();
        assertThat(number(limit, "t")).isPositive();
        if (answer.statusCode() == 429 && number(limit, "r") == 0) {
          assertThat(Long.parseLong(said(answer, "Retry-After")))
              .isGreaterThanOrEqualTo(number(limit, "t"));
        }
      }
      // behind the limit that refuses, none has been asked
      assertThat(left).isNotEmpty().isSubsetOf(policies);
    }
  }

  private static List<ListElement<?>> list(HttpResponse<?> answer, String header) {
    return Parser.parseList(said(answer, header)).get();
  }

  private static long number(ListElement<?> element, String parameter) {
    return ((IntegerItem) Objects.requireNonNull(element.getParams().get(parameter))).getAsLong();
  }

  @Test
  void theTimeToldIsThatOfTheNextUnit() throws Exception {
    assertThat(said(send("GET", "/by-address", "192.0.2.1", ""), "RateLimit"))
        .isEqualTo("\"address\";r=2;t=20");
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(15));
    assertThat(said(send("GET", "/by-address", "192.0.2.1", ""), "RateLimit"))
        .isEqualTo("\"address\";r=1;t=5");
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
    assertThat(said(send("GET", "/by-address", "192.0.2.1", ""), "RateLimit"))
        .isEqualTo("\"address\";r=1;t=20");
  }

  @Test
  void whatIsRefusedForAnotherReasonTellsOfTheLimitToo() throws Exception {
    HttpResponse<String> answer = send("GET", "/refusing", "192.0.2.1", "");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(said(answer, "RateLimit")).isEqualTo("\"refusing\";r=4;t=12");
  }

  @Test
  void workCostsWhatItIs() throws Exception {
    assertThat(said(send("POST", "/work?units=1", "192.0.2.1", ""), "RateLimit")).contains("r=99");
    assertThat(said(send("POST", "/work?units=40", "192.0.2.1", ""), "RateLimit")).contains("r=59");
    HttpResponse<String> refused = send("POST", "/work?units=90", "192.0.2.1", "");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(said(refused, "RateLimit")).isEqualTo("\"work\";r=58;t=31");
    assertThat(said(refused, "Retry-After")).isEqualTo("31");
    // more than there ever is takes all there is, or nobody could ever ask for it
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(5));
    assertThat(send("POST", "/work?units=1000", "192.0.2.1", "").statusCode()).isEqualTo(204);
  }

  @Test
  void countsAreExactWhenTwentyAskAtOnce() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(
          client.sendAsync(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:%d/work?units=1".formatted(server.port())))
                  .POST(HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString()));
      if (i >= 20) {
        answers.get(i - 20).get(Patience.SECONDS, TimeUnit.SECONDS);
      }
    }
    int taken = 0;
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      taken += answer.get(Patience.SECONDS, TimeUnit.SECONDS).statusCode() == 204 ? 1 : 0;
    }
    assertThat(taken).isEqualTo(100);
  }
}
