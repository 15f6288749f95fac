package dev.varve.face.gateway;

import dev.varve.face.gateway.discovery.HostSearch;
import dev.varve.face.gateway.resilience.Breaker;
import dev.varve.face.gateway.resilience.BreakerState;
import dev.varve.face.gateway.resilience.HostCondition;
import dev.varve.face.gateway.resilience.ServiceEvent;
import dev.varve.face.gateway.upstream.Host;
import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.kernel.Json;
import dev.varve.kernel.Rfc3339;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Operators;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import java.net.InetAddress;
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
///   "discovery": {"source": "the SRV records of _http._tcp.shipping.internal", "status": "WORKING", "foundAt": "..."},
///   "hosts": [{"url": "http://10.0.0.5:8080", "status": "UP", "requests": 0}],
///   "events": [{"kind": "BREAKER_OPENED", "at": "...", "service": "shipping", "state": "OPEN", "since": "...", "what": "..."}]}}}
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
    told.put("status", status(standing, service));
    told.put("breaker", told(standing));
    service.search().ifPresent(search -> told.put("discovery", told(search)));
    told.put("hosts", service.hosts().stream().map(ServicesEndpoint::told).toList());
    told.put("events", service.lastEvents().stream().map(ServiceEvent::members).toList());
    return told;
  }

  /// UP when all is well, DOWN when requests are refused or no host is well.
  private static String status(Breaker.Standing standing, Upstream service) {
    List<Host> hosts = service.hosts();
    long available = hosts.stream().filter(Host::isAvailable).count();
    if (standing.state() == BreakerState.OPEN || available == 0) {
      return "DOWN";
    }
    boolean found = service.search().filter(ServicesEndpoint::isFailing).isEmpty();
    boolean well = standing.state() == BreakerState.CLOSED && available == hosts.size() && found;
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

  private static boolean isFailing(HostSearch.Standing search) {
    return search.failingSince().isPresent();
  }

  private static Map<String, Object> told(HostSearch.Standing search) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("source", search.source());
    told.put("status", isFailing(search) ? "FAILING" : "WORKING");
    search.foundAt().ifPresent(at -> told.put("foundAt", Rfc3339.text(at)));
    search
        .failingSince()
        .ifPresent(since -> {
          told.put("failingSince", Rfc3339.text(since));
          told.put("what", search.what());
        });
    if (search.leftOut() > 0) {
      told.put("leftOut", search.leftOut());
    }
    return told;
  }

  private static Map<String, Object> told(Host host) {
    HostCondition condition = host.condition();
    Optional<String> until = condition.ejectedUntil().map(Rfc3339::text);
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("url", host.url());
    List<InetAddress> addresses = host.place().addresses();
    if (!addresses.isEmpty()) {
      told.put("addresses", addresses.stream().map(InetAddress::getHostAddress).toList());
    }
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
