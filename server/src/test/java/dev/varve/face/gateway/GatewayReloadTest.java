package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.varve.face.gateway.cache.AnswerCacheSettings;
import dev.varve.face.gateway.resilience.BreakerSettings;
import dev.varve.face.gateway.resilience.HealthSettings;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.kernel.Patience;
import dev.varve.net.limit.LimitSettings;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The gateway of a running server is changed, with requests under way.
final class GatewayReloadTest {
  private static final int CALLERS = 8;
  private static final int REQUESTS = 1_000;
  private static final int RELOADS = 20;

  @TempDir private Path folder;

  private static Plan plan(Map<String, ServiceSettings> services, List<RouteSettings> routes) {
    return Plan.of(GatewayFixture.SCHEMA).with(new GatewaySettings(services, routes));
  }

  private static Plan inFrontOf(ServiceSettings service, RouteSettings... routes) {
    return plan(Map.of(service.name(), service), List.of(routes));
  }

  @Test
  void noRequestIsDroppedAndNothingIsLeftWhenTheGatewayChangesUnderThem() throws Exception {
    try (CountingUpstream one = CountingUpstream.start("one");
        CountingUpstream other = CountingUpstream.start("other");
        TestServer server = TestServer.start(changing(one, 0));
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      AtomicInteger sent = new AtomicInteger();
      Queue<String> failed = new ConcurrentLinkedQueue<>();
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        done.add(
            callers.submit(() -> {
              for (int number = sent.incrementAndGet();
                  number <= REQUESTS;
                  number = sent.incrementAndGet()) {
                Reply reply =
                    server.send("POST", "/shipping/x", Map.of(), "x".repeat(number % 40_000));
                if (reply.status() != 200 || !reply.text().matches("one|other")) {
                  failed.add(reply.status() + " " + reply.text());
                }
              }
            }));
      }

      for (int i = 1; i <= RELOADS; i++) {
        int until = i * (REQUESTS / (RELOADS + 1));
        Patience.until("requests are sent", () -> sent.get() >= until);
        server.reload(changing(i % 2 == 0 ? one : other, i));
      }
      for (Future<?> each : done) {
        each.get();
      }

      assertThat(failed).isEmpty();
      assertThat(one.answered() + other.answered()).isEqualTo(REQUESTS);
      assertThat(other.answered()).isPositive();
      // the last table leads to one of them alone
      Patience.until("connections are closed", () -> other.connections() == 0);
      assertThat(healthChecks()).isEqualTo(1);
      server.reload(plan(Map.of(), List.of()));
      Patience.until("connections are closed", () -> one.connections() == 0);
      Patience.until("checks have ended", () -> healthChecks() == 0);
      assertThat(server.get("/shipping/x").status()).isEqualTo(404);
    }
  }

  /// Each time something of the service is other than before.
  private static Plan changing(CountingUpstream upstream, int number) {
    HealthSettings health =
        new HealthSettings("/health", Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1);
    return inFrontOf(
        GatewayFixture.with(
            GatewayFixture.slow("shipping", upstream.url()),
            Map.of("connectionsMax", 64 + number, "health", health)),
        GatewayFixture.route("/shipping/**"));
  }

  /// Virtual threads are in a dump of all threads alone.
  private int healthChecks() {
    try {
      Path dump = folder.resolve("threads.json");
      Files.deleteIfExists(dump);
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(
              dump.toAbsolutePath().toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
      return Files.readString(dump, StandardCharsets.UTF_8)
              .split("gateway-health-shipping", -1)
              .length
          - 1;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aRequestUnderWayEndsWithTheServiceThatItBeganWith() throws Exception {
    try (FaultyUpstream slow =
            FaultyUpstream.answering(
                "HTTP/1.1 200 OK\r\nContent-Length: 8000000\r\n\r\n" + "x".repeat(8_000_000));
        StoppableUpstream next = StoppableUpstream.start("next");
        TestServer server =
            TestServer.start(
                inFrontOf(
                    GatewayFixture.slow("shipping", slow.url()),
                    GatewayFixture.route("/shipping/**")));
        RawClient client = new RawClient(server.port())) {
      client.send("GET /shipping/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      Patience.until("it is asked", () -> slow.heads().size() == 1);

      server.reload(
          inFrontOf(
              GatewayFixture.slow("shipping", next.url()), GatewayFixture.route("/shipping/**")));

      assertThat(server.get("/shipping/x").text()).isEqualTo("next");
      assertThat(client.readToEnd()).endsWith("x".repeat(8_000_000));
    }
  }

  @Test
  void whatIsTheSameStaysAsItIs() {
    ServiceSettings gone =
        GatewayFixture.with(
            GatewayFixture.service("gone", "http://127.0.0.1:1"),
            Map.of(
                "breaker",
                new BreakerSettings(2, 0, 100, Duration.ofMinutes(1), Duration.ofHours(1))));
    RouteSettings toGone = GatewayFixture.route("/gone", Map.of("to", "gone"));
    RouteLimit twice = new RouteLimit(2, Duration.ofHours(1), LimitSettings.By.ADDRESS);
    try (CountingUpstream upstream = CountingUpstream.start("one");
        TestServer server = TestServer.start(standing(upstream, gone, toGone, twice))) {
      assertThat(server.get("/gone").status()).isEqualTo(502);
      assertThat(server.get("/gone").status()).isEqualTo(502);
      assertThat(server.get("/gone").status()).isEqualTo(503);
      assertThat(server.get("/limited").status()).isEqualTo(200);

      server.reload(
          standing(upstream, gone, toGone, twice, GatewayFixture.route("/shipping/more")));

      assertThat(server.get("/gone").status()).isEqualTo(503);
      assertThat(server.get("/limited").status()).isEqualTo(200);
      assertThat(server.get("/limited").status()).isEqualTo(429);
      assertThat(server.get("/shipping/more").status()).isEqualTo(200);
      assertThat(upstream.accepted()).isEqualTo(1);
    }
  }

  private static Plan standing(
      CountingUpstream upstream,
      ServiceSettings gone,
      RouteSettings toGone,
      RouteLimit limit,
      RouteSettings... more) {
    Map<String, ServiceSettings> services = new LinkedHashMap<>();
    services.put("shipping", GatewayFixture.slow("shipping", upstream.url()));
    services.put("gone", gone);
    List<RouteSettings> routes = new ArrayList<>();
    routes.add(toGone);
    routes.add(GatewayFixture.route("/limited", Map.of("limit", limit)));
    routes.addAll(List.of(more));
    return plan(services, routes);
  }

  @Test
  void answersThatAreKeptOutliveAReloadThatLeavesTheirRouteAndItsServiceAlone() {
    try (CountingUpstream one = CountingUpstream.start("one");
        CountingUpstream other = CountingUpstream.start("other");
        TestServer server = TestServer.start(keeping(one, 60))) {
      server.get("/shipping/x");
      assertThat(server.get("/shipping/x").header("Cache-Status")).startsWith("Varve; hit");

      server.reload(keeping(one, 60, GatewayFixture.route("/first/**")));
      assertThat(server.get("/shipping/x").header("Cache-Status")).startsWith("Varve; hit");

      server.reload(keeping(one, 30));
      assertThat(server.get("/shipping/x").header("Cache-Status")).startsWith("Varve; fwd=miss");

      server.reload(keeping(other, 30));
      Reply fromOther = server.get("/shipping/x");
      assertThat(fromOther.header("Cache-Status")).startsWith("Varve; fwd=miss");
      assertThat(fromOther.text()).isEqualTo("other");
    }
  }

  private static Plan keeping(CountingUpstream upstream, int seconds, RouteSettings... before) {
    AnswerCacheSettings kept =
        new AnswerCacheSettings(false, Duration.ofSeconds(seconds), Duration.ZERO, Duration.ZERO);
    List<RouteSettings> routes = new ArrayList<>(List.of(before));
    routes.add(GatewayFixture.route("/shipping/**", Map.of("cache", kept)));
    return plan(Map.of("shipping", GatewayFixture.slow("shipping", upstream.url())), routes);
  }

  @Test
  void aMistakeKeepsWhatIsServed() {
    try (StoppableUpstream upstream = StoppableUpstream.start("one");
        TestServer server = GatewayFixture.inFrontOf(upstream.url())) {
      Callable<?> reload =
          () ->
              server.reload(
                  inFrontOf(
                      GatewayFixture.service("shipping", "http://127.0.0.1:1"),
                      GatewayFixture.route("/other"),
                      GatewayFixture.route("/api/notes")));

      assertThatThrownBy(reload::call)
          .hasMessage(
              "gateway.routes[1].path is /api/notes, where Varve answers itself. Choose another");
      assertThat(server.get("/shipping/x").text()).isEqualTo("one");
      assertThat(server.get("/other").status()).isEqualTo(404);
    }
  }

  @Test
  void operatorsSeeTheServicesThatAreServed() {
    try (StoppableUpstream upstream = StoppableUpstream.start("one");
        TestServer server = TestServer.start(GatewayFixture.SCHEMA)) {
      assertThat(server.get("/health/services").status()).isEqualTo(404);

      server.reload(
          inFrontOf(
              GatewayFixture.service("shipping", upstream.url()), GatewayFixture.route("/x")));
      assertThat(server.get("/health/services").text()).contains("shipping", upstream.url());
      assertThat(server.get("/metrics").text())
          .contains("varve_gateway_hosts{service=\"shipping\"} 1");

      server.reload(
          inFrontOf(
              GatewayFixture.service("billing", upstream.url()),
              GatewayFixture.route("/x", Map.of("to", "billing"))));
      assertThat(server.get("/health/services").text())
          .contains("billing")
          .doesNotContain("shipping");
      assertThat(server.get("/metrics").text())
          .contains("varve_gateway_hosts{service=\"billing\"} 1")
          .doesNotContain("varve_gateway_hosts{service=\"shipping\"}");
    }
  }

  @Test
  void otherSettingsAreNamed() {
    try (StoppableUpstream upstream = StoppableUpstream.start("one");
        TestServer server = GatewayFixture.inFrontOf(upstream.url())) {
      Plan other =
          inFrontOf(
                  GatewayFixture.service("shipping", upstream.url()),
                  GatewayFixture.route("/elsewhere"))
              .limiting(
                  List.of(
                      new RouteLimit(5, Duration.ofMinutes(1), LimitSettings.By.ADDRESS)
                          .named("some")));

      assertThat(server.reload(other)).containsExactly("limits");
      assertThat(server.get("/elsewhere").text()).isEqualTo("one");
      assertThat(server.get("/shipping/x").status()).isEqualTo(404);
    }
  }

  @Test
  void aSchemaIsServedAnewInFrontOfTheServicesOfTheLastReload() {
    try (StoppableUpstream upstream = StoppableUpstream.start("one");
        TestServer server = GatewayFixture.inFrontOf(upstream.url())) {
      server.reload(
          inFrontOf(
              GatewayFixture.service("shipping", upstream.url()),
              GatewayFixture.route("/elsewhere")));
      server.reload(GatewayFixture.SCHEMA + "type Task @model { id: ID! }\n");

      assertThat(server.get("/elsewhere").text()).isEqualTo("one");
      assertThat(server.get("/shipping/x").status()).isEqualTo(404);
    }
  }
}
