package dev.varve.face.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.discovery.HostPlace;
import dev.varve.face.gateway.resilience.EjectionSettings;
import dev.varve.face.gateway.resilience.HealthSettings;
import dev.varve.face.gateway.resilience.HostConditions;
import dev.varve.face.gateway.resilience.ServiceEvents;
import dev.varve.face.gateway.resilience.ServiceMeasures;
import dev.varve.kernel.Pauses;
import dev.varve.telemetry.Metrics;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Which host a request gets.
final class HostPoolTest {
  private static final int REQUESTS = 10_000;

  private final Watch watch = new Watch();
  private final HostConditions conditions =
      new HostConditions(
          EjectionSettings.DEFAULT,
          HealthSettings.NONE,
          Clock.systemUTC(),
          new ServiceEvents("test", Clock.systemUTC()),
          new ServiceMeasures("test", Metrics.NONE));

  @AfterEach
  void close() {
    watch.close();
  }

  /// @param ranks priority and weight of each
  private HostPool pool(int[]... ranks) {
    List<HostPool.Member> members = new ArrayList<>();
    for (int[] rank : ranks) {
      String url = "http://host-" + members.size();
      Host host =
          new Host(
              HostPlace.of(url),
              HealthCheckTest.settings(url),
              TlsClient.NONE,
              watch,
              conditions.join(url),
              100);
      members.add(new HostPool.Member(host, new Pauses(), rank[0], rank[1]));
    }
    return HostPool.empty().with(members);
  }

  /// How many of all requests each host gets, in thousandths.
  private static Map<String, Long> shares(HostPool pool, Balance balance) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < REQUESTS; i++) {
      Host host = pool.pick(balance, Optional.of("caller-" + i), Set.of()).orElseThrow();
      counts.merge(host.url(), 1, Integer::sum);
    }
    Map<String, Long> shares = new HashMap<>();
    counts.forEach((url, count) -> shares.put(url, Math.round(count * 1_000.0 / REQUESTS)));
    return shares;
  }

  @ParameterizedTest
  @EnumSource
  void eachGetsAsMuchAsItsWeightSays(Balance balance) {
    Map<String, Long> shares =
        shares(pool(new int[] {0, 100}, new int[] {0, 300}, new int[] {0, 1}), balance);

    assertThat(shares.get("http://host-0")).isBetween(230L, 270L);
    assertThat(shares.get("http://host-1")).isBetween(730L, 770L);
    assertThat(shares.get("http://host-2")).isBetween(0L, 10L);
  }

  @ParameterizedTest
  @EnumSource
  void allAlikeGetTheSame(Balance balance) {
    assertThat(shares(pool(new int[] {0, 1}, new int[] {0, 1}), balance).values())
        .allSatisfy(share -> assertThat(share).isBetween(480L, 520L));
  }

  @ParameterizedTest
  @EnumSource
  void thoseOfALaterPriorityGetWhatTheOthersHaveFailed(Balance balance) {
    HostPool pool = pool(new int[] {20, 1}, new int[] {10, 1}, new int[] {10, 1});
    assertThat(shares(pool, balance)).doesNotContainKey("http://host-0").hasSize(2);

    Set<Host> tried = Set.copyOf(pool.hosts().subList(1, 3));
    assertThat(pool.pick(balance, Optional.of("x"), tried)).contains(pool.hosts().getFirst());
  }

  @Test
  void whenAHostGoesTheCallersOfOthersStay() {
    HostPool all = pool(new int[] {0, 5}, new int[] {0, 1}, new int[] {0, 3});
    HostPool left = all.with(all.members().subList(0, 2));
    for (int i = 0; i < 1_000; i++) {
      Optional<String> key = Optional.of("caller-" + i);
      Host before = all.pick(Balance.HASH, key, Set.of()).orElseThrow();
      if (left.hosts().contains(before)) {
        assertThat(left.pick(Balance.HASH, key, Set.of())).contains(before);
      }
    }
  }

  @Test
  void nobodyIsPickedWhereNobodyIs() {
    assertThat(HostPool.empty().pick(Balance.ROUND_ROBIN, Optional.empty(), Set.of())).isEmpty();
  }
}
