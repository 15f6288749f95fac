package dev.varve.store.follow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LogFreshnessTest {
  private static final Duration LONG = Duration.ofHours(1);

  /// A unit was found in the log that memory could not read: an answer out of memory would be older than what was told.
  @Test
  void whatIsDoubtedIsBelievedAgainBehindALookThatBeganLater() {
    LogFreshness freshness = LogFreshness.within(LONG);
    long before = System.nanoTime();

    freshness.doubt();
    assertThat(freshness.isCurrent()).isFalse();

    freshness.looked(before - 1);
    assertThat(freshness.isCurrent()).isFalse();

    freshness.looked(System.nanoTime());
    assertThat(freshness.isCurrent()).isTrue();
  }

  @Test
  void whereNobodyElseWritesMemoryIsBelievedAsLongAsNobodyDoubtsIt() {
    LogFreshness freshness = LogFreshness.always();
    assertThat(freshness.isCurrent()).isTrue();

    freshness.doubt();
    assertThat(freshness.isCurrent()).isFalse();

    freshness.looked(System.nanoTime());
    assertThat(freshness.isCurrent()).isTrue();
  }
}
