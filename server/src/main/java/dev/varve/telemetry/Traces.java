package dev.varve.telemetry;

import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Decides which requests are traced, before anything is made for it, and sends their spans to a collector (OTLP over
/// HTTP, protobuf).
///
/// A request that continues a trace follows what that decided; of the others a share is traced.
public final class Traces implements AutoCloseable {
  /// Traces nothing.
  public static final Traces NONE = new Traces(null, 0);

  // a stranger who marks all requests as traced does not make the server spend its time on that
  private static final int CONTINUED_PER_SECOND_MAX = 100;
  private static final Duration SEND_MAX = Duration.ofSeconds(10);
  // a few seconds of spans; what comes while the collector is away is dropped
  private static final int QUEUED_MAX = 8_192;
  private static final Duration CLOSE_MAX = Duration.ofSeconds(3);

  private final @Nullable SdkTracerProvider provider;
  private final @Nullable Tracer tracer;
  private final double ratio;
  private final AtomicLong continued = new AtomicLong();

  private Traces(@Nullable SdkTracerProvider provider, double ratio) {
    this.provider = provider;
    this.tracer = provider == null ? null : provider.get("dev.varve");
    this.ratio = ratio;
  }

  /// @param authorization the header `Authorization` for the collector
  static Traces to(TraceSettings settings, Optional<String> authorization) {
    if (settings.endpoint().isEmpty()) {
      return NONE;
    }
    OtlpHttpSpanExporterBuilder exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(settings.endpoint())
            .setCompression("gzip")
            .setTimeout(SEND_MAX);
    authorization.ifPresent(value -> exporter.addHeader("Authorization", value));
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setResource(Resource.getDefault().toBuilder().put("service.name", "varve").build())
            .addSpanProcessor(
                BatchSpanProcessor.builder(exporter.build())
                    .setMaxQueueSize(QUEUED_MAX)
                    .setScheduleDelay(Duration.ofSeconds(1))
                    .build())
            .build();
    return new Traces(provider, settings.ratio());
  }

  public boolean isOn() {
    return tracer != null;
  }

  /// Begins the span of a request, if that is traced.
  ///
  /// @param parent the header `traceparent`, or nothing
  public @Nullable Span request(String method, @Nullable String parent) {
    Tracer known = tracer;
    if (known == null) {
      return null;
    }
    Optional<TraceParent> caller = parent == null ? Optional.empty() : TraceParent.parse(parent);
    if (caller.isEmpty()) {
      return isChosen() ? begin(known, method, Context.root()) : null;
    }
    return caller.get().sampled() && mayContinue()
        ? begin(known, method, context(caller.get()))
        : null;
  }

  private static Span begin(Tracer tracer, String method, Context parent) {
    SpanBuilder builder =
        tracer
            .spanBuilder(method)
            .setParent(parent)
            .setSpanKind(SpanKind.SERVER)
            .setAttribute("http.request.method", method);
    return Span.start(tracer, builder);
  }

  private static Context context(TraceParent caller) {
    return Context.root()
        .with(
            io.opentelemetry.api.trace.Span.wrap(
                SpanContext.createFromRemoteParent(
                    caller.traceId(),
                    caller.spanId(),
                    TraceFlags.getSampled(),
                    TraceState.getDefault())));
  }

  private boolean isChosen() {
    return ThreadLocalRandom.current().nextDouble() < ratio;
  }

  /// The upper bits hold the second, the lower ones how many there were in it.
  private boolean mayContinue() {
    long second = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime()) << 32;
    long now = continued.updateAndGet(was -> was >> 32 == second >> 32 ? was + 1 : second + 1);
    return (int) now <= CONTINUED_PER_SECOND_MAX;
  }

  /// Sends what is left.
  @Override
  public void close() {
    if (provider != null) {
      provider.shutdown().join(CLOSE_MAX.toSeconds(), TimeUnit.SECONDS);
    }
  }
}
