package dev.varve.face.gateway.resilience;

import dev.varve.telemetry.Counter;
import dev.varve.telemetry.Counters;
import dev.varve.telemetry.Histogram;
import dev.varve.telemetry.Metrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts and times what comes of the requests to one service.
public final class ServiceMeasures {
  private static final String[] STATUSES = {"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};

  private final String service;
  private final Counters requests;
  private final Map<String, Counter> outcomes = new ConcurrentHashMap<>();
  private final Histogram durations;
  private final Counter retries;
  private final Counter retriesRefused;
  private final Counter ejections;
  private final Counter discoveryFailures;

  public ServiceMeasures(String service, Metrics metrics) {
    this.service = service;
    this.requests =
        metrics.counters(
            "varve_gateway_requests",
            "Requests to services, by what came of them.",
            "service",
            "outcome");
    this.durations =
        metrics
            .durations(
                "varve_gateway_request_duration_seconds",
                "Until the headers of the answer of a service, or until there was none, repetitions included.",
                "service")
            .of(service);
    Counters retried =
        metrics.counters(
            "varve_gateway_retries",
            "Requests that were sent once more, and those that were not because too many were.",
            "service",
            "result");
    this.retries = retried.of(service, "sent");
    this.retriesRefused = retried.of(service, "over_budget");
    this.ejections =
        metrics
            .counters(
                "varve_gateway_ejections",
                "Hosts that were taken out because requests failed there.",
                "service")
            .of(service);
    this.discoveryFailures =
        metrics
            .counters(
                "varve_gateway_discovery_failures",
                "Questions for the hosts of services whose answer was of no use.",
                "service")
            .of(service);
  }

  public void answered(int status, long nanos) {
    durations.observeNanos(nanos);
    count(STATUSES[Math.min(status / 100, STATUSES.length - 1)]);
  }

  /// @param outcome one of a few words
  public void failed(String outcome, long nanos) {
    durations.observeNanos(nanos);
    count(outcome);
  }

  /// The service was not asked.
  public void refused() {
    count("open");
  }

  /// The client went before there was an answer.
  public void cancelled() {
    count("cancelled");
  }

  private void count(String outcome) {
    Counter known = outcomes.get(outcome);
    if (known == null) {
      known = outcomes.computeIfAbsent(outcome, each -> requests.of(service, each));
    }
    known.add();
  }

  public void retried() {
    retries.add();
  }

  public void retryRefused() {
    retriesRefused.add();
  }

  void ejected() {
    ejections.add();
  }

  /// Nobody could say where the hosts are.
  public void discoveryFailed() {
    discoveryFailures.add();
  }
}
