package dev.varve.telemetry;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The measures of one server, under names as Prometheus has them: `varve_` in front, base units, `_total` behind what is
/// counted. A name that is asked for again gives the same measure, so that stages which are made anew go on counting.
///
/// ```
/// Counter refused = metrics.counters("varve_rate_limit_refusals", "Requests refused.", "policy").of("sign-in");
/// refused.add();
/// metrics.gauge("varve_tls_certificate_expiry_timestamp_seconds", "When it ends.", certificate::notAfter);
/// ```
///
/// @see <a href="https://prometheus.io/docs/practices/naming/">Prometheus: metric and label naming</a>
public final class Metrics {
  /// Measures nothing.
  public static final Metrics NONE = new Metrics(null);

  /// Bounds between which durations are counted, in seconds: from an answer out of memory to one that nobody waits for.
  static final double[] SECONDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  private final @Nullable PrometheusRegistry registry;
  private final Map<String, Object> measures = new ConcurrentHashMap<>();
  private final Map<String, DoubleSupplier> sources = new ConcurrentHashMap<>();
  private final Map<String, Supplier<Map<String, Double>>> manySources = new ConcurrentHashMap<>();
  private final AtomicBoolean showsProcess = new AtomicBoolean();

  private Metrics(@Nullable PrometheusRegistry registry) {
    this.registry = registry;
  }

  public static Metrics recording() {
    return new Metrics(new PrometheusRegistry());
  }

  /// Whether anything is measured.
  public boolean isOn() {
    return registry != null;
  }

  /// A counter without labels.
  ///
  /// @param name without `_total`
  public Counter counter(String name, String help) {
    return counters(name, help).of();
  }

  /// @param name without `_total`
  public Counters counters(String name, String help, String... labels) {
    return new Counters(
        measure(
            name,
            registry ->
                io.prometheus.metrics.core.metrics.Counter.builder()
                    .name(name)
                    .help(help)
                    .labelNames(labels)
                    .withoutExemplars()
                    .register(registry)));
  }

  /// Durations in seconds.
  ///
  /// @param name ends in `_seconds`
  public Histograms durations(String name, String help, String... labels) {
    return histograms(name, help, SECONDS, labels);
  }

  /// @param bounds the upper bounds between which values are counted
  public Histograms histograms(String name, String help, double[] bounds, String... labels) {
    return new Histograms(
        measure(
            name,
            registry ->
                io.prometheus.metrics.core.metrics.Histogram.builder()
                    .name(name)
                    .help(help)
                    .labelNames(labels)
                    .classicOnly()
                    .classicUpperBounds(bounds)
                    .withoutExemplars()
                    .register(registry)));
  }

  @SuppressWarnings(
      "unchecked") // a name has one kind of measure: the registry refuses it as another
  private <T> @Nullable T measure(String name, Function<PrometheusRegistry, T> registered) {
    PrometheusRegistry known = registry;
    return known == null ? null : (T) measures.computeIfAbsent(name, _ -> registered.apply(known));
  }

  /// Asks for a value whenever somebody looks; the source that was named last is asked.
  public void gauge(String name, String help, DoubleSupplier value) {
    if (registry == null) {
      return;
    }
    sources.put(name, value);
    measure(
        name,
        registry ->
            GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(source(name)))
                .register(registry));
  }

  /// Asks for values of one name, told apart by one label; the source that was named last is asked.
  ///
  /// @param values by the values of the label, which are few
  public void gauges(String name, String help, String label, Supplier<Map<String, Double>> values) {
    if (registry == null) {
      return;
    }
    manySources.put(name, values);
    measure(
        name,
        registry ->
            GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(callback ->
                    manySources
                        .getOrDefault(name, Map::of)
                        .get()
                        .forEach((value, number) -> callback.call(number, value)))
                .register(registry));
  }

  /// Asks for what its owner counts itself.
  ///
  /// @param name without `_total`
  public void count(String name, String help, DoubleSupplier total) {
    if (registry == null) {
      return;
    }
    sources.put(name, total);
    measure(
        name,
        registry ->
            CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(source(name)))
                .register(registry));
  }

  private double source(String name) {
    DoubleSupplier source = sources.get(name);
    return source == null ? Double.NaN : source.getAsDouble();
  }

  /// From now on nobody is asked for a value.
  void close() {
    sources.clear();
    manySources.clear();
  }

  /// All measures, as text of Prometheus, or of OpenMetrics where that is asked for.
  ///
  /// @param accept the header `Accept`, or nothing
  public Exposition exposition(String accept) {
    PrometheusRegistry known = registry;
    if (known == null) {
      throw new IllegalStateException("Nothing is measured");
    }
    if (showsProcess.compareAndSet(false, true)) {
      addProcess(known);
    }
    ExpositionFormatWriter format = format(accept);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      format.write(out, known.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException("Memory cannot be written to", e);
    }
    return new Exposition(format.getContentType(), out.toByteArray());
  }

  /// Only when somebody looks, so that a start does not wait for it.
  private static void addProcess(PrometheusRegistry registry) {
    JvmMemoryMetrics.builder().register(registry);
    JvmBufferPoolMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
    JvmRuntimeInfoMetric.builder().register(registry);
    ProcessMetrics.builder().register(registry);
  }

  private static ExpositionFormatWriter format(String accept) {
    OpenMetricsTextFormatWriter openMetrics =
        OpenMetricsTextFormatWriter.builder().setCreatedTimestampsEnabled(false).build();
    return openMetrics.accepts(accept)
        ? openMetrics
        : PrometheusTextFormatWriter.builder().setIncludeCreatedTimestamps(false).build();
  }
}
