package dev.varve.face.gateway;

import dev.varve.face.gateway.cache.AnswerCache;
import dev.varve.face.gateway.upstream.Host;
import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.telemetry.Metrics;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// What is asked of the table that is served when somebody looks at the metrics. What was served before is held by none of
/// them.
final class GatewayMeasures {
  private GatewayMeasures() {}

  /// @param table that is served when it is asked
  static void add(Supplier<GatewayTable> table, Metrics metrics) {
    addServices(() -> table.get().upstreams().values(), metrics);
    metrics.gauge(
        "varve_gateway_cache_bytes",
        "What kept answers take of the heap.",
        () -> table.get().cache().map(AnswerCache::bytes).orElse(0L));
    metrics.gauge(
        "varve_gateway_cache_waiting",
        "Requests that wait for the answer to an equal one.",
        () -> table.get().cache().map(AnswerCache::waiting).orElse(0));
  }

  private static void addServices(Supplier<Collection<Upstream>> services, Metrics metrics) {
    metrics.gauges(
        "varve_gateway_breaker_state",
        "Whether services are left alone: 0 closed, 1 half open, 2 open.",
        "service",
        () -> of(services, service -> service.breaker().standing().state().number()));
    metrics.gauges(
        "varve_gateway_hosts",
        "Hosts of services.",
        "service",
        () -> of(services, service -> service.hosts().size()));
    metrics.gauges(
        "varve_gateway_hosts_available",
        "Hosts that are neither ejected nor unhealthy.",
        "service",
        () -> of(services, service -> service.hosts().stream().filter(Host::isAvailable).count()));
    metrics.gauges(
        "varve_gateway_requests_in_progress",
        "Requests that services have now.",
        "service",
        () -> of(services, service -> service.hosts().stream().mapToInt(Host::underWay).sum()));
  }

  private static Map<String, Double> of(
      Supplier<Collection<Upstream>> services, ToDoubleFunction<Upstream> value) {
    Map<String, Double> values = new LinkedHashMap<>();
    services.get().forEach(service -> values.put(service.name(), value.applyAsDouble(service)));
    return values;
  }
}
