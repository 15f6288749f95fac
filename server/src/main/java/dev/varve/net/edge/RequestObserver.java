package dev.varve.net.edge;

import dev.varve.net.proxy.Sender;
import dev.varve.telemetry.AccessEntry;
import dev.varve.telemetry.AccessLog;
import dev.varve.telemetry.Span;
import dev.varve.telemetry.Telemetry;
import dev.varve.telemetry.TraceParent;
import dev.varve.telemetry.Traces;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.RoutingRequest;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/// Tells of requests what telemetry wants to know: measures, spans, and lines of the access log.
final class RequestObserver {
  private static final HeaderName TRACE_PARENT = HeaderNames.create(TraceParent.HEADER);

  private final boolean on;
  private final Clock clock;
  private final RequestMeasures measures;
  private final Traces traces;
  private final AccessLog accessLog;

  RequestObserver(Telemetry telemetry, Clock clock) {
    this.clock = clock;
    this.measures = new RequestMeasures(telemetry.metrics());
    this.traces = telemetry.traces();
    this.accessLog = telemetry.accessLog();
    this.on = telemetry.metrics().isOn() || traces.isOn() || accessLog.isOn();
  }

  /// Begins to look at a request.
  Observation begin(
      MeteredConnection connection, RoutingRequest request, String requestId, Sender sender) {
    return on
        ? new Observation(this, request, requestId, sender, connection.client(), span(request))
        : Observation.NONE;
  }

  private @Nullable Span span(RoutingRequest request) {
    if (!traces.isOn()) {
      return null;
    }
    ServerRequestHeaders headers = request.headers();
    String parent = headers.contains(TRACE_PARENT) ? headers.get(TRACE_PARENT).get() : null;
    return traces.request(request.prologue().method().text(), parent);
  }

  RequestMeasures measures() {
    return measures;
  }

  boolean writesLines() {
    return accessLog.isOn();
  }

  Clock clock() {
    return clock;
  }

  void write(AccessEntry entry) {
    accessLog.add(entry);
  }

  /// One that was refused before there was a request to speak of.
  void refused(DirectHandler.TransportRequest request, int status, int bytes, String requestId) {
    measures.opened(RequestMeasures.NO_ROUTE, "", status);
    if (accessLog.isOn()) {
      accessLog.add(
          new AccessEntry(
              clock.instant(),
              request.method(),
              "",
              "",
              "",
              status,
              bytes,
              0,
              requestId,
              "",
              "",
              "",
              "",
              request.protocolVersion(),
              "",
              ""));
    }
  }
}
