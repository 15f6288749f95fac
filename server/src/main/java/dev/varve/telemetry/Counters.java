package dev.varve.telemetry;

import org.jspecify.annotations.Nullable;

/// Counters of one name, told apart by labels. Each different value stays for good: a label takes few.
public final class Counters {
  private final io.prometheus.metrics.core.metrics.@Nullable Counter counter;

  Counters(io.prometheus.metrics.core.metrics.@Nullable Counter counter) {
    this.counter = counter;
  }

  /// The one with these values. Keep it where much is counted: this looks it up.
  public Counter of(String... labels) {
    return counter == null ? Counter.NONE : new Counter(counter.labelValues(labels));
  }
}
