package dev.varve.face.gateway;

import dev.varve.face.gateway.upstream.Host;
import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.telemetry.Metrics;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// What is asked of the services when somebody looks at the metrics.
final class GatewayMeasures {
  private GatewayMeasures() {}

  /// @param services those that are served when it is asked
  static void add(Supplier<Collection<Upstream>> services, Metrics metrics) {
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
