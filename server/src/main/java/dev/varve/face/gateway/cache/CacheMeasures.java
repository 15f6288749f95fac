package dev.varve.face.gateway.cache;

import dev.varve.telemetry.Counters;
import dev.varve.telemetry.Metrics;

/// Counts what comes of requests whose answers may be kept.
final class CacheMeasures {
  private final Counters requests;

  CacheMeasures(Metrics metrics, AnswerStore store, Flights flights) {
    this.requests =
        metrics.counters(
            "varve_gateway_cache_requests",
            "Requests on routes whose answers are kept, by what came of them.",
            "service",
            "result");
    metrics.gauge("varve_gateway_cache_bytes", "What kept answers take of the heap.", store::bytes);
    metrics.gauge(
        "varve_gateway_cache_waiting",
        "Requests that wait for the answer to an equal one.",
        flights::waiting);
  }

  /// What came of a request.
  enum Result {
    HIT("hit"),
    STALE("stale"),
    CONFIRMED("revalidated"),
    MISS("miss"),
    COALESCED("coalesced"),
    PASSED("passed"),
    FAILED("failed");

    private final String text;

    Result(String text) {
      this.text = text;
    }
  }

  void count(Origin origin, Result result) {
    requests.of(origin.service(), result.text).add();
  }
}
