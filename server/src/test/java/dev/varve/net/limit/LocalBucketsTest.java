package dev.varve.net.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LocalBucketsTest {
  private final AtomicLong nanos = new AtomicLong(1);
  private final LocalBuckets buckets = new LocalBuckets(nanos::get, 42);

  private static RateLimit limit(int requests, int burst) {
    return RateLimit.of(
        new LimitSettings(
            "test",
            true,
            requests,
            Duration.ofMinutes(1),
            burst,
            LimitSettings.By.ADDRESS,
            List.of(),
            List.of(),
            false));
  }

  private void after(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private int takenOf(RateLimit limit, String caller, int attempts) {
    int taken = 0;
    for (int i = 0; i < attempts; i++) {
      taken += buckets.take(limit, caller, 1).taken() ? 1 : 0;
    }
    return taken;
  }

  private static String address(int number) {
    return "10." + (number >> 16 & 255) + '.' + (number >> 8 & 255) + '.' + (number & 255);
  }

  @Test
  void whatComesBackComesBackEvenly() {
    RateLimit limit = limit(60, 100);
    assertThat(takenOf(limit, "a", 200)).isEqualTo(100);
    BucketStore.Taken refused = buckets.take(limit, "a", 5);
    assertThat(refused)
        .isEqualTo(
            new BucketStore.Taken(
                false, 0, Duration.ofSeconds(5).toNanos(), Duration.ofSeconds(100).toNanos()));
    after(Duration.ofSeconds(5));
    assertThat(buckets.take(limit, "a", 5).taken()).isTrue();
    assertThat(buckets.take(limit, "a", 1).taken()).isFalse();
    after(Duration.ofHours(1));
    assertThat(takenOf(limit, "a", 200)).isEqualTo(100);
  }

  @Test
  void oneCallerLeavesAnotherItsShare() {
    RateLimit limit = limit(10, 10);
    assertThat(takenOf(limit, "a", 20)).isEqualTo(10);
    assertThat(takenOf(limit, "b", 20)).isEqualTo(10);
  }

  @Test
  void countsAreExactOverTwentyThreads() throws Exception {
    RateLimit limit = limit(1_000, 10_000);
    int threads = 20;
    CountDownLatch together = new CountDownLatch(threads);
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      tasks.add(() -> {
        together.countDown();
        assertThat(together.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
        return takenOf(limit, "one", 1_000) + takenOf(limit, "other", 1_000);
      });
    }
    int taken = 0;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      for (Future<Integer> each : executor.invokeAll(tasks)) {
        taken += each.get();
      }
    }
    assertThat(taken).isEqualTo(2 * 10_000);
  }

  @Test
  void aMillionCallersFitAndNoneGetsMoreByTheirNoise() {
    RateLimit limit = limit(5, 5);
    assertThat(takenOf(limit, "198.51.100.7", 10)).isEqualTo(5);
    for (int i = 0; i < 1_000_000; i++) {
      buckets.take(limit, address(i), 1);
    }
    assertThat(buckets.callers(limit)).isBetween(1L, (long) LocalBuckets.CALLERS_MAX);
    assertThat(takenOf(limit, "198.51.100.7", 10)).isZero();
  }

  @Test
  void whoComesWhileThereIsNoRoomGetsItsShareOnce() {
    RateLimit limit = limit(60, 60);
    for (int i = 0; i < LocalBuckets.CALLERS_MAX; i++) {
      buckets.take(limit, address(i), 1);
    }
    after(Duration.ofSeconds(59));
    assertThat(takenOf(limit, "198.51.100.7", 100)).isEqualTo(60);
    assertThat(takenOf(limit, "198.51.100.7", 100)).isZero();
    // the others are forgotten now, as all of theirs has come back
    after(Duration.ofSeconds(2));
    assertThat(takenOf(limit, "198.51.100.7", 100)).isEqualTo(2);
    assertThat(buckets.callers(limit)).isLessThan(10);
    after(Duration.ofMinutes(2));
    assertThat(takenOf(limit, "198.51.100.7", 100)).isEqualTo(60);
  }

  @Test
  void neighboursOfNoiseShareAndOthersDoNot() {
    RateLimit limit = limit(60, 60);
    for (int i = 0; i < LocalBuckets.CALLERS_MAX; i++) {
      buckets.take(limit, address(i), 1);
    }
    assertThat(takenOf(limit, "198.51.100.7", 100)).isEqualTo(60);
    assertThat(takenOf(limit, "198.51.100.8", 100)).isZero();
    assertThat(takenOf(limit, "203.0.113.1", 100)).isEqualTo(60);
    assertThat(takenOf(limit, "user:ada", 100)).isEqualTo(60);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2",
    "20010db800010002/64, 20010db80001",
    "user:ada, user:ada",
    "key:1.2.3.4, key:1.2.3.4",
    "1.2.3, 1.2.3",
    "1.2.3., 1.2.3.",
    "1..2.3, 1..2.3",
    "1.2.3.4.5, 1.2.3.4.5",
    "/api/orders, /api/orders",
  })
  void theNetworkAroundACaller(String caller, String around) {
    assertThat(LocalBuckets.around(caller)).isEqualTo(around);
  }

  @Test
  void limitsOfEverySizeHaveATimeToFill() {
    RateLimit rare =
        RateLimit.of(
            new LimitSettings(
                "rare",
                true,
                1,
                Duration.ofDays(31),
                1_000_000_000,
                LimitSettings.By.ADDRESS,
                List.of(),
                List.of(),
                false));
    assertThat(buckets.take(rare, "a", 1_000_000_000).taken()).isTrue();
    assertThat(buckets.take(rare, "a", 1).taken()).isFalse();
    RateLimit frequent =
        RateLimit.of(
            new LimitSettings(
                "frequent",
                true,
                1_000_000_000,
                Duration.ofSeconds(1),
                0,
                LimitSettings.By.ADDRESS,
                List.of(),
                List.of(),
                false));
    assertThat(buckets.take(frequent, "a", 1_000_000_000).taken()).isTrue();
  }
}
