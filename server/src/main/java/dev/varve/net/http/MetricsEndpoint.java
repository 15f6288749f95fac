package dev.varve.net.http;

import dev.varve.telemetry.Exposition;
import dev.varve.telemetry.Metrics;
import java.util.List;

/// `GET /metrics`: the measures of the server, as text of Prometheus or OpenMetrics. They tell much of an application, so
/// they are for [Operators].
public final class MetricsEndpoint {
  public static final String PATH = "/metrics";

  private final Metrics metrics;
  private final Operators operators;

  public MetricsEndpoint(Metrics metrics, Operators operators) {
    this.metrics = metrics;
    this.operators = operators;
  }

  /// The route, when anything is measured.
  public List<Route> routes() {
    return metrics.isOn() ? List.of(Route.unlisted("GET", PATH, this::answer)) : List.of();
  }

  private Answer answer(Request request) {
    operators.require(request, "The metrics are");
    Exposition exposition = metrics.exposition(request.header("Accept").orElse(""));
    return Answer.bytes(200, exposition.mediaType(), exposition.text());
  }
}
