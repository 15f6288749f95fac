package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.SoakClient.Answered;
import dev.varve.face.gateway.SoakClient.BrokenOff;
import dev.varve.face.gateway.SoakClient.Outcome;
import dev.varve.face.gateway.SoakClient.Wish;
import dev.varve.face.gateway.SoakUpstream.Deed;
import dev.varve.kernel.Patience;
import dev.varve.kernel.VirtualThreads;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/// Many requests of all kinds, to services that fail in every way there is, from clients that go when they like, while the
/// table is changed under them. Every answer is one that may come of what the service did, and in the end nothing is left: no
/// place, no connection, no thread, no memory.
///
/// What happens is chosen at random, and few requests are sent so that every build has the time for them:
/// `-Dvarve.soak.requests=100000 -Dvarve.soak.seed=7` asks for more, and others.
// what a process holds can be told when nothing else runs in it
@Isolated
@Timeout(value = 2, unit = TimeUnit.HOURS)
final class GatewaySoakTest {
  private static final int REQUESTS = Integer.getInteger("varve.soak.requests", 5_000);
  private static final long SEED = Long.getLong("varve.soak.seed", 11);

  // a connection of the listener has its address in brackets
  private static final Pattern OURS =
      Pattern.compile("|\\[0x.*|(gateway|aggregate|http|tunnel|websocket|feed|soak)-.*");
  private static final int CLIENTS = 8;
  private static final int RELOADS = 20;
  private static final int PLACES = 32;
  // pages that are kept differ by as many numbers
  private static final int KEPT = 20;
  // of classes that were loaded, buffers that grew, and what all other tests of the process have
  // left
  // to do; a kilobyte of each of 100,000 requests is three times as much
  private static final long MORE_BYTES_MAX = 32L * 1024 * 1024;
  // what lies outside of the heap nobody else leaves
  private static final long MORE_OUTSIDE_MAX = 6L * 1024 * 1024;

  /// In which proportions services do what they do.
  private static final Map<Deed, Integer> WEIGHTS =
      Map.ofEntries(
          Map.entry(Deed.OK, 300),
          Map.entry(Deed.CHUNKS, 80),
          Map.entry(Deed.LARGE, 50),
          Map.entry(Deed.UNTIL_CLOSED, 30),
          Map.entry(Deed.SLOW, 30),
          Map.entry(Deed.LAST, 60),
          Map.entry(Deed.STRAY, 30),
          Map.entry(Deed.NO_CONTENT, 30),
          Map.entry(Deed.ERROR, 40),
          Map.entry(Deed.EARLY, 30),
          Map.entry(Deed.RESET, 30),
          Map.entry(Deed.CLOSE, 30),
          Map.entry(Deed.HALF, 20),
          Map.entry(Deed.HALF_CHUNK, 20),
          Map.entry(Deed.GARBAGE, 20));

  private static final List<Deed> DEEDS =
      WEIGHTS.entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .flatMap(entry -> Collections.nCopies(entry.getValue(), entry.getKey()).stream())
          .toList();

  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

  @Test
  void nothingIsWrongAndNothingIsLeft() throws Exception {
    long threads = threads();
    try (SoakUpstream one = SoakUpstream.start();
        SoakUpstream two = SoakUpstream.start();
        SoakUpstream fragile = SoakUpstream.start()) {
      soak(one, two, fragile);
      assertThat(one.open() + two.open() + fragile.open()).isZero();
    }
    Patience.until("all threads have ended", () -> threads() <= threads);
    System.out.println(summary());
  }

  /// Those that a server or a service has: what the JDK and the listener keep for the next one is not theirs.
  private static long threads() {
    return VirtualThreads.names().stream().filter(name -> OURS.matcher(name).matches()).count();
  }

  private void soak(SoakUpstream one, SoakUpstream two, SoakUpstream fragile) throws Exception {
    try (TestServer server = TestServer.start(plan(one, two, fragile, 0))) {
      AtomicInteger sent = new AtomicInteger();
      soak(server, one, two, fragile, sent, REQUESTS / 2);
      requireRest(server);
      long heap = heap();
      long direct = direct();
      soak(server, one, two, fragile, sent, REQUESTS);
      requireRest(server);

      assertThat(wrong).isEmpty();
      assertThat(heap() - heap).as("bytes of heap").isLessThan(MORE_BYTES_MAX);
      assertThat(direct() - direct).as("bytes outside").isLessThan(MORE_OUTSIDE_MAX);
      requireMostAnswered();
      requireAllPlaces(server, one, two);
      requireClosedBreaker(server);
      server.reload(Plan.of(GatewayFixture.SCHEMA));
      Patience.until(
          "all connections to services are closed",
          () -> one.open() + two.open() + fragile.open() == 0);
    }
  }

  private static Plan plan(SoakUpstream one, SoakUpstream two, SoakUpstream fragile, int number) {
    return Plan.of(GatewayFixture.SCHEMA)
        .with(
            GatewayFixture.read(
                """
                gateway:
                  services:
                    one:
                      urls: ["%1$s", "%2$s"]
                      connectionsMax: %3$d
                      timeouts: {headers: 30s}
                      ejection: {failures: 0}
                    changing:
                      urls: ["%1$s", "%2$s"]
                      connectionsMax: %4$d
                      timeouts: {headers: 1s}
                      ejection: {failures: 3, base: 1s}
                    fragile:
                      urls: ["%5$s"]
                      connectionsMax: 4
                      breaker: {failures: 3, recovery: 1s}
                      retry: {attempts: 1}
                  routes:
                    - {path: "/one/**", to: one, allow: public}
                    - path: "/kept/**"
                      to: one
                      allow: public
                      cache: {ttl: 1s, staleWhileRevalidate: 1s, staleIfError: 1s}
                    - {path: "/changing/**", to: changing, allow: public}
                    - {path: "/fragile/**", to: fragile, allow: public}
                  aggregates:
                    - path: "/pages/JSON/{number}"
                      allow: public
                      parts:
                        notes: {varve: "/api/notes?limit=1"}
                        one: {service: one, path: "/one/JSON/{number}"}
                        other: {service: fragile, path: "/fragile/JSON/{number}", required: false}
                """
                    .formatted(one.url(), two.url(), PLACES, CLIENTS + number, fragile.url())));
  }

  /// Sends requests until there have been so many.
  private void soak(
      TestServer server,
      SoakUpstream one,
      SoakUpstream two,
      SoakUpstream fragile,
      AtomicInteger sent,
      int until)
      throws Exception {
    int from = sent.get();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        all.add(
            clients.submit(() -> {
              try (SoakClient client = new SoakClient(server.port())) {
                for (int number = next(sent, until); number >= 0; number = next(sent, until)) {
                  step(client, number);
                }
              }
              return true;
            }));
      }
      for (int i = 1; i <= RELOADS; i++) {
        int due = from + i * ((until - from) / (RELOADS + 1));
        Patience.until(due + " requests are sent", () -> sent.get() >= due || !wrong.isEmpty());
        server.reload(plan(one, two, fragile, i));
        if (i % 3 == 0) {
          (i % 2 == 0 ? one : two).refuseFor(20);
        }
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
  }

  private static int next(AtomicInteger sent, int until) {
    int number = sent.getAndUpdate(known -> Math.min(known + 1, until));
    return number < until ? number : -1;
  }

  /// One request, told by its number alone.
  private void step(SoakClient client, int number) throws IOException {
    Random random = new Random(SEED * 1_000_003 + number);
    int kind = random.nextInt(1_000);
    if (kind < 10) {
      int status = client.talk(number);
      count("WebSocket", status);
      require(
          List.of(101, 502, 503, 504).contains(status),
          () -> "the WebSocket %d: %d".formatted(number, status));
      return;
    }
    Wish wish = wish(random, kind, number);
    if (random.nextInt(100) < 5) {
      client.leaveWithin(wish, random);
      count("client that goes", 0);
      return;
    }
    Outcome outcome = client.send(wish);
    count(wish.deed().toString(), outcome instanceof Answered answered ? answered.status() : 0);
    require(isAllowed(wish, outcome), () -> "%s: %s".formatted(wish, shortened(outcome)));
  }

  private static Wish wish(Random random, int kind, int number) {
    if (kind < 12) {
      return new Wish("GET", "changing", Deed.SILENT, number, 0);
    }
    Deed deed = DEEDS.get(random.nextInt(DEEDS.size()));
    if (kind < 100) {
      return new Wish("GET", "pages", Deed.JSON, number, 0);
    }
    if (kind < 250) {
      return new Wish("GET", "kept", deed, number % KEPT, 0);
    }
    if (kind < 300) {
      return new Wish("GET", "fragile", deed, number, 0);
    }
    String route = random.nextBoolean() ? "one" : "changing";
    if (kind < 500) {
      int[] lengths = {1, 100, 5_000, 16 * 1024, 40_000, 200_000};
      return new Wish("POST", route, deed, number, lengths[random.nextInt(lengths.length)]);
    }
    return new Wish(kind < 550 ? "DELETE" : "GET", route, deed, number, 0);
  }

  private static boolean isAllowed(Wish wish, Outcome outcome) {
    return switch (outcome) {
      // a large body is still on its way when the service has answered, and what it says then is
      // passed on as it comes
      case BrokenOff _ ->
          switch (wish.deed()) {
            case HALF_CHUNK -> true;
            case EARLY, HALF -> wish.body() > 0;
            default -> false;
          };
      case Answered(int status, String body) ->
          switch (status) {
            // no connection, none that lasted, none free, a breaker that is open
            case 502, 503 -> body.startsWith("{\"error\":");
            case 504 -> wish.deed() == Deed.SILENT || wish.route().equals("pages");
            default -> status == status(wish.deed()) && isRight(wish, body);
          };
    };
  }

  /// That of a service which does what it is asked to.
  private static int status(Deed deed) {
    return switch (deed) {
      case OK, JSON, CHUNKS, LARGE, UNTIL_CLOSED, SLOW, LAST, STRAY, HELD -> 200;
      case NO_CONTENT -> 204;
      case ERROR -> 500;
      case EARLY -> 413;
      case RESET, CLOSE, HALF, HALF_CHUNK, GARBAGE -> 502;
      case SILENT -> 504;
      case ECHO -> 101;
    };
  }

  private static boolean isRight(Wish wish, String body) {
    String right = SoakUpstream.text(wish.deed(), wish.number());
    return switch (wish.route()) {
      case "pages" -> body.contains("\"one\":" + right.replace(" ", ""));
      default -> wish.deed() == Deed.EARLY ? body.equals("much") : body.equals(right);
    };
  }

  private void require(boolean holds, Supplier<String> otherwise) {
    if (!holds) {
      wrong.add(otherwise.get());
    }
  }

  private static String shortened(Outcome outcome) {
    String text = outcome.toString();
    return text.length() > 300 ? text.substring(0, 300) + "..." : text;
  }

  private void count(String what, int status) {
    counts.computeIfAbsent(what + " " + status, _ -> new AtomicInteger()).incrementAndGet();
  }

  private String summary() {
    return REQUESTS
        + " requests: "
        + counts.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> entry.getKey() + " x " + entry.getValue())
            .collect(Collectors.joining(", "));
  }

  /// Most of what may succeed does, or the rest would prove little.
  private void requireMostAnswered() {
    int right = counts.getOrDefault("OK 200", new AtomicInteger()).get();
    int failed =
        List.of(0, 502, 503, 504).stream()
            .mapToInt(status -> counts.getOrDefault("OK " + status, new AtomicInteger()).get())
            .sum();
    assertThat(right).as(summary()).isGreaterThan(9 * failed);
  }

  /// No request is under way, and none holds anything.
  private static void requireRest(TestServer server) {
    Patience.until("nothing is under way: " + held(server), () -> held(server).isEmpty());
  }

  /// The measures that are not as they are at rest; whoever asks has a request and a connection.
  private static List<String> held(TestServer server) {
    Map<String, Double> rest =
        Map.of(
            "varve_http_requests_in_progress", 1.0,
            "varve_http_requests_waiting", 0.0,
            "varve_http_connections", 1.0,
            "varve_http_streams", 0.0,
            "varve_request_memory_bytes", 0.0,
            "varve_gateway_requests_in_progress", 0.0,
            "varve_gateway_cache_waiting", 0.0);
    return server
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .filter(line -> {
          Double expected = rest.get(line.split("[{ ]", 2)[0]);
          return expected != null
              && Double.parseDouble(line.substring(line.lastIndexOf(' '))) != expected;
        })
        .toList();
  }

  /// As many requests as there are places find one, and are answered.
  private static void requireAllPlaces(TestServer server, SoakUpstream one, SoakUpstream two)
      throws Exception {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Outcome>> all = new ArrayList<>();
      for (int i = 0; i < 2 * PLACES; i++) {
        Wish wish = new Wish("GET", "one", Deed.HELD, i, 0);
        all.add(
            clients.submit(() -> {
              try (SoakClient client = new SoakClient(server.port())) {
                return client.send(wish);
              }
            }));
      }
      try {
        Patience.until("all places are taken", () -> one.held() == PLACES && two.held() == PLACES);
      } catch (AssertionError e) {
        throw new AssertionError(
            "%d and %d are held, %d of %d have ended\n%s\n%s"
                .formatted(
                    one.held(),
                    two.held(),
                    all.stream().filter(Future::isDone).count(),
                    all.size(),
                    all.stream()
                        .filter(Future::isDone)
                        .map(Future::resultNow)
                        .distinct()
                        .limit(5)
                        .toList(),
                    server.get("/health/services").text()),
            e);
      }
      one.letGo(PLACES);
      two.letGo(PLACES);
      for (int i = 0; i < all.size(); i++) {
        assertThat(all.get(i).get()).isEqualTo(new Answered(200, "number " + i));
      }
    }
  }

  private static void requireClosedBreaker(TestServer server) {
    Patience.until("the trial is let through", () -> server.get("/fragile/OK/1").status() == 200);
    assertThat(server.get("/health/services").text())
        .contains("CLOSED")
        .doesNotContain("HALF_OPEN", "DOWN");
  }

  private static long heap() {
    long used = Long.MAX_VALUE;
    // the second time what the first has left to finalise is gone, too
    for (int i = 0; i < 3; i++) {
      System.gc();
      used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return used;
  }

  private static long direct() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
