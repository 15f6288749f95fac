package dev.varve.telemetry;

import org.jspecify.annotations.Nullable;

/// Histograms of one name, told apart by labels. Each different value stays for good: a label takes few.
public final class Histograms {
  private final io.prometheus.metrics.core.metrics.@Nullable Histogram histogram;

  Histograms(io.prometheus.metrics.core.metrics.@Nullable Histogram histogram) {
    this.histogram = histogram;
  }

  /// The one with these values. Keep it where much is observed: this looks it up.
  public Histogram of(String... labels) {
    return histogram == null ? Histogram.NONE : new Histogram(histogram.labelValues(labels));
  }
}
