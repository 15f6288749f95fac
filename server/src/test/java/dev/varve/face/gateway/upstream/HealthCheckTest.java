package dev.varve.face.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.FaultyUpstream;
import dev.varve.face.gateway.discovery.DiscoverySettings;
import dev.varve.face.gateway.discovery.HostPlace;
import dev.varve.face.gateway.resilience.BreakerSettings;
import dev.varve.face.gateway.resilience.EjectionSettings;
import dev.varve.face.gateway.resilience.HealthSettings;
import dev.varve.face.gateway.resilience.HostCondition;
import dev.varve.face.gateway.resilience.HostConditions;
import dev.varve.face.gateway.resilience.RetrySettings;
import dev.varve.face.gateway.resilience.ServiceEvents;
import dev.varve.face.gateway.resilience.ServiceMeasures;
import dev.varve.kernel.Patience;
import dev.varve.kernel.Pauses;
import dev.varve.telemetry.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HealthCheckTest {
  private static final HealthSettings HEALTH =
      new HealthSettings("/health?deep", Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1);

  private static HostCondition checked(String url, Pauses pauses) {
    HostConditions conditions =
        new HostConditions(
            EjectionSettings.DEFAULT,
            HEALTH,
            Clock.systemUTC(),
            new ServiceEvents("test", Clock.systemUTC()),
            new ServiceMeasures("test", Metrics.NONE));
    try (Watch watch = new Watch()) {
      Host host =
          new Host(
              HostPlace.of(url), settings(url), TlsClient.NONE, watch, conditions.join(url), 100);
      new HealthCheck(host, HEALTH, pauses).run();
      assertThat(host.underWay()).isZero();
      return host.condition();
    }
  }

  static ServiceSettings settings(String url) {
    return new ServiceSettings(
        "test",
        List.of(url),
        DiscoverySettings.NONE,
        Balance.LEAST_REQUESTS,
        "",
        Timeouts.DEFAULT,
        1,
        BreakerSettings.NONE,
        RetrySettings.DEFAULT,
        EjectionSettings.DEFAULT,
        HEALTH,
        Protocol.AUTO,
        ServiceTls.NONE,
        IdentityKind.NONE,
        false);
  }

  private static Pauses over() {
    Pauses pauses = new Pauses();
    pauses.close();
    return pauses;
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "200, 0, ''",
    "204, -1, ''",
    "200, 5, ''",
    "200, 1000000, ''",
    "301, 0, answered 301 at /health?deep",
    "404, 3, answered 404 at /health?deep",
    "503, 0, answered 503 at /health?deep"
  })
  void wellIsWhoAnswersWithAStatusOfSuccess(int status, int length, String trouble) {
    String head =
        "HTTP/1.1 %d X\r\n%s\r\n"
            .formatted(status, length < 0 ? "" : "Content-Length: " + length + "\r\n");
    try (FaultyUpstream upstream =
        FaultyUpstream.answering(head + "x".repeat(Math.max(0, length)))) {
      HostCondition condition = checked(upstream.url(), over());

      assertThat(condition.trouble()).isEqualTo(trouble);
      assertThat(condition.isAvailable()).isEqualTo(trouble.isEmpty());
      assertThat(upstream.heads()).hasSize(1);
      assertThat(upstream.heads().getFirst())
          .startsWith("GET /health?deep HTTP/1.1\r\n")
          .contains("User-Agent: varve-health\r\n");
    }
  }

  @Test
  void whoIsSilentIsNotWell() {
    try (FaultyUpstream upstream = FaultyUpstream.start(FaultyUpstream.Call::readToEnd)) {
      assertThat(checked(upstream.url(), over()).trouble())
          .isEqualTo("did not begin its answer within 1s");
    }
  }

  @Test
  void checksEndWithTheService() throws InterruptedException {
    Pauses pauses = new Pauses();
    try (FaultyUpstream upstream =
        FaultyUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
      Thread checks = Thread.ofVirtual().start(() -> checked(upstream.url(), pauses));
      Patience.until("it is checked again", () -> upstream.heads().size() >= 2);
      pauses.close();

      assertThat(checks.join(Duration.ofSeconds(Patience.SECONDS))).isTrue();
      // one connection is enough for checks that come often
      assertThat(upstream.accepted()).isEqualTo(1);
    }
  }
}
