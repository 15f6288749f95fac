package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.StoppableUpstream.Asked;
import dev.varve.face.gateway.resilience.BreakerSettings;
import dev.varve.face.gateway.resilience.EjectionSettings;
import dev.varve.face.gateway.resilience.HealthSettings;
import dev.varve.face.gateway.resilience.RetrySettings;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.kernel.Patience;
import dev.varve.kernel.Rfc3339;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Services that fail and come back, behind a whole server whose clock the test moves.
final class ResilienceTest {
  private static final Duration RECOVERY = Duration.ofSeconds(60);
  private static final BreakerSettings FIVE =
      new BreakerSettings(5, 0, 100, RECOVERY, Duration.ofHours(1));
  private static final RetrySettings ONCE = new RetrySettings(1, 20);

  private final SteppedClock clock = SteppedClock.standing();
  private StoppableUpstream upstream;
  private StoppableUpstream second;

  @BeforeEach
  void startServices() {
    upstream = StoppableUpstream.start("first");
    second = StoppableUpstream.start("second");
  }

  @AfterEach
  void stopServices() {
    upstream.close();
    second.close();
  }

  private TestServer inFrontOf(String name, List<String> urls, Map<String, ?> settings) {
    ServiceSettings service =
        SettingRecords.changed(GatewayFixture.service(name, urls.toArray(new String[0])), settings);
    RouteSettings route =
        SettingRecords.changed(GatewayFixture.route("/shipping/**"), Map.of("to", name));
    return TestServer.start(
        TestServer.Plan.of(GatewayFixture.SCHEMA)
            .with(clock)
            .with(new GatewaySettings(Map.of(name, service), List.of(route))));
  }

  private TestServer withBreaker(String name) {
    return inFrontOf(name, List.of(upstream.url()), Map.of("breaker", FIVE, "retry", ONCE));
  }

  @Test
  void aServiceThatFailsIsLeftAloneUntilATrialGoesWell() {
    try (TestServer server = withBreaker("stopped");
        ServiceLog log = ServiceLog.of("stopped")) {
      assertThat(server.get("/shipping/a").status()).isEqualTo(200);
      upstream.stop();
      String since = Rfc3339.text(clock.instant());
      for (int i = 0; i < 5; i++) {
        Reply failed = server.get("/shipping/a");
        assertThat(failed.status()).isEqualTo(502);
        clock.move(Duration.ofSeconds(1));
      }
      clock.move(Duration.ofSeconds(-1));

      Reply open = server.get("/shipping/a");

      assertThat(open.status()).isEqualTo(503);
      assertThat(open.header("Retry-After")).isEqualTo("60");
      assertThat(open.text())
          .contains("\"code\":\"UPSTREAM_UNAVAILABLE\"")
          .contains(
              "The service 'stopped' has failed since %s (it takes no connections) and is not asked for now. Try again in 60 s"
                  .formatted(since));
      assertThat(standing(server, "stopped"))
          .containsEntry("status", "DOWN")
          .extracting("breaker")
          .isEqualTo(
              Map.of(
                  "state",
                  "OPEN",
                  "failingSince",
                  since,
                  "what",
                  "takes no connections",
                  "trialAt",
                  Rfc3339.text(clock.instant().plus(RECOVERY))));
      assertThat(measure(server, "varve_gateway_breaker_state{service=\"stopped\"}"))
          .isEqualTo("2.0");

      upstream.startAgain();
      clock.move(RECOVERY.minusSeconds(1));
      assertThat(server.get("/shipping/a").header("Retry-After")).isEqualTo("1");
      clock.move(Duration.ofSeconds(1));
      Reply trial = server.get("/shipping/a");

      assertThat(trial.status()).isEqualTo(200);
      assertThat(server.get("/shipping/a").status()).isEqualTo(200);
      assertThat(standing(server, "stopped")).containsEntry("status", "UP");
      assertThat(measure(server, "varve_gateway_breaker_state{service=\"stopped\"}"))
          .isEqualTo("0.0");
      assertThat(outcomes(server, "stopped", "unreachable")).isEqualTo("5.0");
      assertThat(outcomes(server, "stopped", "open")).isEqualTo("2.0");
      assertThat(outcomes(server, "stopped", "2xx")).isEqualTo("3.0");
      assertThat(
              measure(server, "varve_gateway_request_duration_seconds_count{service=\"stopped\"}"))
          .isEqualTo("8");
      assertThat(log.kinds())
          .containsExactly("BREAKER_OPENED", "BREAKER_HALF_OPENED", "BREAKER_CLOSED");
    }
  }

  @Test
  void aTrialThatFailsIsTheOnlyRequestThatTheServiceGets() {
    try (TestServer server = withBreaker("failing");
        ServiceLog log = ServiceLog.of("failing")) {
      upstream.answerWith(500);
      for (int i = 0; i < 5; i++) {
        assertThat(server.get("/shipping/a").status()).isEqualTo(500);
      }
      clock.move(RECOVERY);
      assertThat(server.get("/shipping/a").status()).isEqualTo(500);
      Reply open = server.get("/shipping/a");

      assertThat(open.status()).isEqualTo(503);
      assertThat(open.header("Retry-After")).isEqualTo("60");
      assertThat(open.text()).contains("(it answered 500)");
      assertThat(upstream.asked()).hasSize(6);
      assertThat(log.kinds())
          .containsExactly("BREAKER_OPENED", "BREAKER_HALF_OPENED", "BREAKER_OPENED");
    }
  }

  /// Some go before anything was sent to the service, others while it reads their body.
  @Test
  void aClientThatLeavesDuringItsTrialGivesThePermitBack() {
    try (TestServer server = withBreaker("left")) {
      upstream.answerWith(503);
      for (int i = 0; i < 5; i++) {
        server.get("/shipping/a");
      }
      upstream.answerWith(200);
      clock.move(RECOVERY);
      for (int i = 1; i <= 10; i++) {
        leaveAfterSome(server, i % 2 == 0 ? 10_000 : 1_000_000);
        String gone = i + ".0";
        Patience.until(
            "the client has gone", () -> outcomes(server, "left", "cancelled").equals(gone));
        assertThat(server.get("/health/services").text()).contains("HALF_OPEN");
      }

      assertThat(server.get("/shipping/a").status()).isEqualTo(200);
      assertThat(standing(server, "left")).containsEntry("status", "UP");
      assertThat(outcomes(server, "left", "open")).isEqualTo("0");
    }
  }

  private static void leaveAfterSome(TestServer server, int length) {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      client
          .getOutputStream()
          .write(
              "POST /shipping/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
                  .formatted(length, "x".repeat(5_000))
                  .getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aSuccessBetweenFailuresStartsTheCountAnew() {
    try (TestServer server = withBreaker("mixed")) {
      upstream.answerWith(500);
      for (int i = 0; i < 4; i++) {
        server.get("/shipping/a");
      }
      upstream.answerWith(200);
      assertThat(server.get("/shipping/a").status()).isEqualTo(200);
      upstream.answerWith(500);
      for (int i = 0; i < 4; i++) {
        server.get("/shipping/a");
      }

      assertThat(server.get("/shipping/a").status()).isEqualTo(500);
      assertThat(server.get("/shipping/a").status()).isEqualTo(503);
    }
  }

  @Test
  void aHostWhereRequestsFailIsOutForAWhile() {
    List<String> urls = List.of(upstream.url(), second.url());
    try (TestServer server =
            inFrontOf("ejecting", urls, Map.of("ejection", EjectionSettings.DEFAULT));
        ServiceLog log = ServiceLog.of("ejecting")) {
      upstream.answerWith(500);
      for (int i = 0; i < 10; i++) {
        server.get("/shipping/a");
      }
      assertThat(upstream.asked()).hasSize(5);
      for (int i = 0; i < 10; i++) {
        assertThat(server.get("/shipping/a").text()).isEqualTo("second");
      }
      assertThat(upstream.asked()).hasSize(5);
      assertThat(standing(server, "ejecting")).containsEntry("status", "DEGRADED");
      assertThat(hosts(server, "ejecting").getFirst())
          .isEqualTo(
              Map.of(
                  "url",
                  upstream.url(),
                  "status",
                  "EJECTED",
                  "requests",
                  0L,
                  "until",
                  Rfc3339.text(clock.instant().plusSeconds(30)),
                  "what",
                  "answered 500"));
      assertThat(measure(server, "varve_gateway_hosts_available{service=\"ejecting\"}"))
          .isEqualTo("1.0");

      upstream.answerWith(200);
      clock.move(Duration.ofSeconds(30));
      for (int i = 0; i < 4; i++) {
        server.get("/shipping/a");
      }

      assertThat(upstream.asked()).hasSize(7);
      assertThat(measure(server, "varve_gateway_ejections_total{service=\"ejecting\"}"))
          .isEqualTo("1.0");
      assertThat(log.kinds()).containsExactly("HOST_EJECTED", "HOST_RETURNED");
      assertThat(log.lines().getFirst().get("host")).isEqualTo(upstream.url());
    }
  }

  @Test
  void aHostWhoseChecksFailIsNotAskedUntilTheyGoWell() {
    HealthSettings health =
        new HealthSettings("/health", Duration.ofSeconds(1), Duration.ofSeconds(2), 1, 1);
    List<String> urls = List.of(upstream.url(), second.url());
    try (TestServer server = inFrontOf("checked", urls, Map.of("health", health));
        ServiceLog log = ServiceLog.of("checked")) {
      Patience.until("both are checked", () -> second.asked("/health") > 0);
      upstream.stop();
      Patience.until("it is found ill", () -> log.kinds().contains("HOST_UNHEALTHY"));

      assertThat(hosts(server, "checked").getFirst())
          .containsEntry("status", "UNHEALTHY")
          .containsEntry("what", "takes no connections");
      for (int i = 0; i < 6; i++) {
        assertThat(server.get("/shipping/a").text()).isEqualTo("second");
      }
      // nothing had to be sent twice for it
      assertThat(
              measure(server, "varve_gateway_retries_total{result=\"sent\",service=\"checked\"}"))
          .isEqualTo("0.0");

      upstream.startAgain();
      Patience.until("it is well again", () -> log.kinds().contains("HOST_HEALTHY"));
      for (int i = 0; i < 6; i++) {
        server.get("/shipping/a");
      }

      assertThat(upstream.asked("/shipping/a")).isPositive();
      assertThat(upstream.asked()).contains(new Asked("GET", "/health", 0));
    }
  }

  @Test
  void whoIsNotAnOperatorSeesNothingOfServices() {
    try (TestServer server = withBreaker("hidden")) {
      assertThat(
              server
                  .send("GET", "/health/services", Map.of("X-Forwarded-For", "192.0.2.1"), "")
                  .status())
          .isEqualTo(401);
      assertThat(server.get("/health/services").status()).isEqualTo(200);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> standing(TestServer server, String service) {
    Map<?, ?> body = (Map<?, ?>) Objects.requireNonNull(server.get("/health/services").json());
    Map<?, ?> services = (Map<?, ?>) Objects.requireNonNull(body.get("services"));
    return (Map<String, Object>) Objects.requireNonNull(services.get(service));
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> hosts(TestServer server, String service) {
    return (List<Map<String, Object>>)
        Objects.requireNonNull(standing(server, service).get("hosts"));
  }

  private static String outcomes(TestServer server, String service, String outcome) {
    return measure(
        server,
        "varve_gateway_requests_total{outcome=\"%s\",service=\"%s\"}".formatted(outcome, service));
  }

  /// The value of a series; 0 where there is none yet.
  private static String measure(TestServer server, String series) {
    return server
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .map(line -> line.substring(series.length() + 1))
        .findFirst()
        .orElse("0");
  }
}
