package dev.varve.telemetry;

import java.util.Optional;

/// All that a server tells of itself, for the stages that tell it.
public record Telemetry(Metrics metrics, Traces traces, AccessLog accessLog)
    implements AutoCloseable {
  /// Tells nothing.
  public static final Telemetry NONE = new Telemetry(Metrics.NONE, Traces.NONE, AccessLog.NONE);

  /// @param authorization the header `Authorization` for the collector of traces
  /// @throws dev.varve.kernel.UserMistake when the access log cannot be written
  public static Telemetry start(TelemetrySettings settings, Optional<String> authorization) {
    Metrics metrics = settings.metrics() ? Metrics.recording() : Metrics.NONE;
    return new Telemetry(
        metrics, Traces.to(settings.traces(), authorization), AccessLog.to(settings, metrics));
  }

  /// Writes and sends what is left.
  @Override
  public void close() {
    accessLog.close();
    traces.close();
    metrics.close();
  }
}
