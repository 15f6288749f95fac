package dev.varve.telemetry;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import org.jspecify.annotations.Nullable;

/// Counts what happens. Any thread may add, and none waits for another.
public final class Counter {
  /// Counts nothing.
  public static final Counter NONE = new Counter(null);

  private final @Nullable CounterDataPoint point;

  Counter(@Nullable CounterDataPoint point) {
    this.point = point;
  }

  public void add() {
    add(1);
  }

  public void add(long more) {
    if (point != null) {
      point.inc(more);
    }
  }
}
