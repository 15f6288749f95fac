package dev.varve.net.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.AtOnce;
import dev.varve.kernel.Patience;
import dev.varve.kernel.SteppedClock;
import dev.varve.telemetry.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Nodes that count together in a real Valkey or Redis, and what each does while that is away.
@Timeout(300)
final class SharedBucketsTest {
  // a store on a machine that is busy with other things is not away
  private static final Duration PATIENT = Duration.ofSeconds(Patience.SECONDS);

  private static final AtomicInteger NAMES = new AtomicInteger();

  private static LocalValkey valkey;

  private final List<SharedBuckets> nodes = new ArrayList<>();
  private final Metrics metrics = Metrics.recording();

  @BeforeAll
  static void start() throws IOException {
    valkey = LocalValkey.start("between nodes");
  }

  @AfterAll
  static void stop() {
    if (valkey != null) {
      valkey.close();
    }
  }

  @AfterEach
  void leave() {
    nodes.forEach(SharedBuckets::close);
  }

  private SharedBuckets node(Clock clock) {
    SharedBuckets node = SharedBuckets.at(valkey.address(), clock, metrics, PATIENT);
    nodes.add(node);
    return node;
  }

  private BucketStore connected() {
    return connected(Clock.systemUTC());
  }

  private BucketStore connected(Clock clock) {
    SharedBuckets node = node(clock);
    Patience.until("a node is connected", node::isUp);
    return node.open();
  }

  private static RateLimit limit(int requests, Duration per) {
    return limit("test-" + NAMES.incrementAndGet(), requests, per);
  }

  private static RateLimit limit(String name, int requests, Duration per) {
    return RateLimit.of(
        new LimitSettings(
            name, true, requests, per, 0, LimitSettings.By.ADDRESS, List.of(), List.of(), false));
  }

  private static long taken(BucketStore store, RateLimit limit, String caller, int attempts) {
    long taken = 0;
    for (int i = 0; i < attempts; i++) {
      taken += store.take(limit, caller, 1).taken() ? 1 : 0;
    }
    return taken;
  }

  @Test
  void nodesTogetherGiveACallerWhatOneWould() throws Exception {
    List<BucketStore> both = List.of(connected(), connected());
    RateLimit limit = limit(30, Duration.ofDays(1));
    AtomicInteger turns = new AtomicInteger();
    List<Long> taken =
        AtOnce.times(20, () -> taken(both.get(turns.getAndIncrement() % 2), limit, "192.0.2.1", 5));
    assertThat(taken.stream().mapToLong(Long::longValue).sum()).isEqualTo(30);
    assertThat(taken(both.get(0), limit, "192.0.2.2", 1)).as("somebody else").isEqualTo(1);
  }

  @Test
  void whatIsLeftIsToldOfAllNodes() {
    BucketStore one = connected();
    BucketStore other = connected();
    RateLimit limit = limit(10, Duration.ofSeconds(1_000));
    assertThat(taken(one, limit, "a", 4)).isEqualTo(4);
    assertThat(other.take(limit, "a", 3).left()).isEqualTo(3);
    BucketStore.Taken refused = one.take(limit, "a", 5);
    assertThat(refused.taken()).isFalse();
    assertThat(Duration.ofNanos(refused.waitNanos()))
        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(200));
  }

  @Test
  void aNodeGoesOnAloneWhileTheStoreIsAwayAndKnowsWhatItHasCounted() throws Exception {
    BucketStore store = connected();
    RateLimit limit = limit(5, Duration.ofDays(1));
    assertThat(taken(store, limit, "a", 2)).isEqualTo(2);
    valkey.kill();
    try {
      assertThat(taken(store, limit, "a", 10)).isEqualTo(3);
      assertThat(nodes.getFirst().isUp()).isFalse();
      assertThat(new String(metrics.exposition("").text(), StandardCharsets.UTF_8))
          .contains("varve_rate_limit_store_up 0.0");
    } finally {
      valkey.startAgain();
    }
    awaitSharing(store);
    RateLimit another = limit(5, Duration.ofDays(1));
    BucketStore second = connected();
    assertThat(taken(store, another, "a", 3)).isEqualTo(3);
    assertThat(taken(second, another, "a", 5)).isEqualTo(2);
  }

  @Test
  void aStoreThatSaysNothingKeepsOneCallerWaitingNotAll() throws Exception {
    SharedBuckets node =
        SharedBuckets.at(valkey.address(), Clock.systemUTC(), metrics, SharedBuckets.PATIENCE);
    nodes.add(node);
    Patience.until("the node is connected", node::isUp);
    BucketStore store = node.open();
    RateLimit limit = limit(1_000, Duration.ofDays(1));
    assertThat(taken(store, limit, "a", 1)).isEqualTo(1);
    valkey.pause();
    try {
      assertThat(taken(store, limit, "a", 500)).isEqualTo(500);
    } finally {
      valkey.goOn();
    }
    awaitSharing(store);
  }

  /// Asks until the first node has found the store again.
  private void awaitSharing(BucketStore store) {
    RateLimit asked = limit(1_000_000, Duration.ofDays(1));
    Patience.until(
        "the node shares again",
        () -> {
          store.take(asked, "somebody", 1);
          return nodes.getFirst().isUp();
        });
  }

  @Test
  void aNodeStartsWithoutTheStoreAndFindsItLater() throws Exception {
    valkey.kill();
    SharedBuckets node = node(Clock.systemUTC());
    BucketStore store = node.open();
    RateLimit limit = limit(3, Duration.ofDays(1));
    try {
      assertThat(taken(store, limit, "a", 5)).isEqualTo(3);
    } finally {
      valkey.startAgain();
    }
    Patience.until("the node has found the store", node::isUp);
    RateLimit another = limit(3, Duration.ofDays(1));
    assertThat(taken(store, another, "a", 1)).isEqualTo(1);
    assertThat(taken(connected(), another, "a", 3)).isEqualTo(2);
  }

  @Test
  void aLimitThatWasChangedCountsAnew() {
    BucketStore store = connected();
    BucketStore after = connected();
    assertThat(taken(store, limit("changed", 2, Duration.ofDays(1)), "a", 5)).isEqualTo(2);
    assertThat(taken(after, limit("changed", 4, Duration.ofDays(1)), "a", 5)).isEqualTo(4);
  }

  @Test
  void whatIsKeptTellsNobodyWhoItWasAndGoes() {
    BucketStore store = connected();
    RateLimit limit = limit(2, Duration.ofSeconds(60));
    assertThat(taken(store, limit, "203.0.113.77", 1)).isEqualTo(1);
    List<String> keys =
        valkey.ask(connection -> connection.sync().keys("*:" + limit.name() + ":*"));
    assertThat(keys).hasSize(1).allMatch(key -> !key.contains("203.0.113"));
    assertThat(valkey.<Long>ask(connection -> connection.sync().ttl(keys.getFirst())))
        .isBetween(1L, 120L);
  }

  @Test
  void whatComesBackComesBackByTheClockThatNodesShare() {
    SteppedClock clock = SteppedClock.standing();
    BucketStore store = connected(clock);
    BucketStore other = connected(clock);
    RateLimit limit = limit(60, Duration.ofMinutes(1));
    assertThat(taken(store, limit, "a", 60)).isEqualTo(60);
    assertThat(other.take(limit, "a", 1).taken()).isFalse();
    clock.move(Duration.ofSeconds(10));
    assertThat(taken(other, limit, "a", 60)).isEqualTo(10);
  }
}
