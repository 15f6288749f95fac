package dev.varve.face.gateway;

import dev.varve.face.gateway.resilience.Breaker;
import dev.varve.face.gateway.resilience.BreakerState;
import dev.varve.face.gateway.resilience.HostCondition;
import dev.varve.face.gateway.upstream.Host;
import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.kernel.Json;
import dev.varve.kernel.Rfc3339;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Operators;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `GET /health/services`: how the services are, and each of their hosts, for operators. It answers 200 whatever it tells:
/// this server is well when a service is not.
///
/// ```
/// {"services": {"shipping": {"status": "DOWN",
///   "breaker": {"state": "OPEN", "failingSince": "...", "what": "takes no connections: connection refused", "trialAt": "..."},
///   "hosts": [{"url": "http://10.0.0.5:8080", "status": "UP", "requests": 0}]}}}
/// ```
final class ServicesEndpoint {
  static final String PATH = "/health/services";

  private final Collection<Upstream> services;
  private final Operators operators;

  ServicesEndpoint(Collection<Upstream> services, Operators operators) {
    this.services = services;
    this.operators = operators;
  }

  Route route() {
    return Route.unlisted("GET", PATH, this::answer);
  }

  private Answer answer(Request request) {
    operators.require(request, "What is known of services is");
    Map<String, Object> each = new LinkedHashMap<>();
    services.forEach(service -> each.put(service.name(), told(service)));
    return Answer.json(200, Json.bytes(json -> Json.write(json, Map.of("services", each))));
  }

  private static Map<String, Object> told(Upstream service) {
    Breaker.Standing standing = service.breaker().standing();
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("status", status(standing, service.hosts()));
    told.put("breaker", told(standing));
    told.put("hosts", service.hosts().stream().map(ServicesEndpoint::told).toList());
    return told;
  }

  /// UP when all is well, DOWN when requests are refused or no host is well.
  private static String status(Breaker.Standing standing, List<Host> hosts) {
    long available = hosts.stream().filter(Host::isAvailable).count();
    if (standing.state() == BreakerState.OPEN || available == 0) {
      return "DOWN";
    }
    boolean well = standing.state() == BreakerState.CLOSED && available == hosts.size();
    return well ? "UP" : "DEGRADED";
  }

  private static Map<String, Object> told(Breaker.Standing standing) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("state", standing.state().name());
    standing
        .failingSince()
        .ifPresent(since -> {
          told.put("failingSince", Rfc3339.text(since));
          told.put("what", standing.what());
        });
    standing.trialAt().ifPresent(at -> told.put("trialAt", Rfc3339.text(at)));
    return told;
  }

  private static Map<String, Object> told(Host host) {
    HostCondition condition = host.condition();
    Optional<String> until = condition.ejectedUntil().map(Rfc3339::text);
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("url", host.url());
    told.put(
        "status", condition.isUnhealthy() ? "UNHEALTHY" : until.isPresent() ? "EJECTED" : "UP");
    told.put("requests", host.underWay());
    until.ifPresent(at -> told.put("until", at));
    if (!condition.isAvailable()) {
      told.put("what", condition.trouble());
    }
    return told;
  }
}
