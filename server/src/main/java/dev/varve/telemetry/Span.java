package dev.varve.telemetry;

import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Something that took its time while a traced request was answered. Where nothing is traced there is none: null stands
/// for it, so that nothing is made.
///
/// ```
/// Span request = Span.current();
/// try (var _ = Span.under(request, "decision")) {
///   decide();
/// }
/// ```
public final class Span implements AutoCloseable {
  private static final ScopedValue<Span> CURRENT = ScopedValue.newInstance();

  private final Tracer tracer;
  private final io.opentelemetry.api.trace.Span span;

  private Span(Tracer tracer, io.opentelemetry.api.trace.Span span) {
    this.tracer = tracer;
    this.span = span;
  }

  static Span start(Tracer tracer, SpanBuilder builder) {
    return new Span(tracer, builder.startSpan());
  }

  /// That of the request which this thread works for, if it is traced.
  public static @Nullable Span current() {
    return CURRENT.isBound() ? CURRENT.get() : null;
  }

  /// Begins a part of another, if that is traced.
  public static @Nullable Span under(@Nullable Span parent, String name) {
    return parent == null ? null : start(parent.tracer, parent.part(name));
  }

  /// Begins a statement of the database, if what it is run for is traced. The text holds no values.
  ///
  /// @param system which database, by its name in the conventions of OpenTelemetry
  public static @Nullable Span sql(@Nullable Span parent, String system, String text) {
    if (parent == null) {
      return null;
    }
    int space = text.indexOf(' ');
    return start(
        parent.tracer,
        parent
            .part(space < 0 ? text : text.substring(0, space))
            .setSpanKind(SpanKind.CLIENT)
            .setAttribute("db.system.name", system)
            .setAttribute("db.query.text", text));
  }

  private SpanBuilder part(String name) {
    return tracer.spanBuilder(name).setParent(Context.root().with(span));
  }

  /// Works for it: what begins meanwhile on this thread finds it as [#current()].
  public <T> T within(Supplier<T> work) {
    return ScopedValue.where(CURRENT, this).call(work::get);
  }

  /// Says something about it. Names are those of OpenTelemetry's semantic conventions where there are some.
  public Span with(String name, String value) {
    span.setAttribute(name, value);
    return this;
  }

  public Span with(String name, long value) {
    span.setAttribute(name, value);
    return this;
  }

  /// Gives it a better name than it had at its start.
  public Span named(String name) {
    span.updateName(name);
    return this;
  }

  /// Points at another that it shares its work with, in whatever trace.
  public void linkUnlessSame(Span other) {
    if (!other.context().equals(context())) {
      span.addLink(other.context());
    }
  }

  /// It did not come to a good end.
  public void failed() {
    span.setStatus(StatusCode.ERROR);
  }

  public String traceId() {
    return context().getTraceId();
  }

  /// What a called service, or whoever called, is told of it: the value of `traceparent`.
  public String traceParent() {
    return TraceParent.text(context().getTraceId(), context().getSpanId());
  }

  private SpanContext context() {
    return span.getSpanContext();
  }

  /// Ends it.
  @Override
  public void close() {
    span.end();
  }
}
