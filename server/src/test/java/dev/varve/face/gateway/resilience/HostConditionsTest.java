package dev.varve.face.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.SteppedClock;
import dev.varve.telemetry.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostConditionsTest {
  private static final Duration BASE = Duration.ofSeconds(30);
  private static final HealthSettings HEALTH =
      new HealthSettings("/health", Duration.ofSeconds(10), Duration.ofSeconds(2), 3, 2);

  private final SteppedClock clock = SteppedClock.standing();

  private List<HostCondition> hosts(int count, int percent) {
    HostConditions conditions =
        new HostConditions(
            new EjectionSettings(5, BASE, percent),
            HEALTH,
            clock,
            new ServiceEvents("test", clock),
            new ServiceMeasures("test", Metrics.NONE));
    return IntStream.range(0, count).mapToObj(i -> conditions.join("http://host-" + i)).toList();
  }

  private static void fail(HostCondition host) {
    for (int i = 0; i < 5; i++) {
      host.failed("fails");
    }
  }

  private static long available(List<HostCondition> hosts) {
    return hosts.stream().filter(HostCondition::isAvailable).count();
  }

  @ParameterizedTest(name = "of {0} hosts at {1} % stay {2}")
  @CsvSource({"1,10,1", "1,100,1", "2,10,1", "2,100,1", "10,10,9", "10,0,9", "20,10,18", "3,100,1"})
  void onlySoManyAreOutAndNeverTheLast(int count, int percent, int left) {
    List<HostCondition> hosts = hosts(count, percent);
    hosts.forEach(HostConditionsTest::fail);
    assertThat(available(hosts)).isEqualTo(left);
  }

  @Test
  void failuresCountInARowAlone() {
    HostCondition host = hosts(2, 10).getFirst();
    for (int i = 0; i < 20; i++) {
      host.answered(i % 5 == 4 ? 404 : 503);
    }
    assertThat(host.isAvailable()).isTrue();
    for (int i = 0; i < 5; i++) {
      host.answered(500);
    }
    assertThat(host.isAvailable()).isFalse();
    assertThat(host.trouble()).isEqualTo("answered 500");
  }

  @Test
  void eachTimeItIsOutForLongerAndTheTimesAreForgottenAgain() {
    HostCondition host = hosts(2, 10).getFirst();
    for (int time = 1; time <= 12; time++) {
      fail(host);
      Duration expected = BASE.multipliedBy(Math.min(time, 10));
      assertThat(host.ejectedUntil()).contains(clock.instant().plus(expected));
      clock.move(expected);
      assertThat(host.isAvailable()).isTrue();
    }
    clock.move(BASE.multipliedBy(12));
    fail(host);
    assertThat(host.ejectedUntil()).contains(clock.instant().plus(BASE));
  }

  @Test
  void checksTakeAHostOutAndBringItBackAfterAFew() {
    HostCondition host = hosts(1, 10).getFirst();
    Optional<String> ill = Optional.of("answered 503 at /health");
    host.checked(ill);
    host.checked(ill);
    host.checked(Optional.empty());
    host.checked(ill);
    host.checked(ill);
    assertThat(host.isAvailable()).isTrue();
    host.checked(ill);
    assertThat(host.isAvailable()).isFalse();
    assertThat(host.trouble()).isEqualTo("answered 503 at /health");
    host.checked(Optional.empty());
    host.checked(ill);
    host.checked(Optional.empty());
    assertThat(host.isAvailable()).isFalse();
    host.checked(Optional.empty());
    assertThat(host.isAvailable()).isTrue();
  }

  @Test
  void aHostThatIsIllDoesNotCountAsOneThatIsLeft() {
    List<HostCondition> hosts = hosts(2, 100);
    for (int i = 0; i < 3; i++) {
      hosts.get(1).checked(Optional.of("takes no connections"));
    }
    fail(hosts.getFirst());
    assertThat(hosts.getFirst().isAvailable()).isTrue();
  }
}
