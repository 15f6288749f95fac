package dev.varve.telemetry;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import org.jspecify.annotations.Nullable;

/// Counts values by how large they are. Any thread may observe.
public final class Histogram {
  /// Counts nothing.
  public static final Histogram NONE = new Histogram(null);

  private static final double NANOS_PER_SECOND = 1e9;

  private final @Nullable DistributionDataPoint point;

  Histogram(@Nullable DistributionDataPoint point) {
    this.point = point;
  }

  public void observe(double value) {
    if (point != null) {
      point.observe(value);
    }
  }

  /// Observes a time in seconds.
  public void observeNanos(long nanos) {
    observe(nanos / NANOS_PER_SECOND);
  }
}
