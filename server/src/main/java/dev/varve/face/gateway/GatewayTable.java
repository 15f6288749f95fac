package dev.varve.face.gateway;

import dev.varve.face.gateway.aggregate.AggregateSettings;
import dev.varve.face.gateway.aggregate.Aggregates;
import dev.varve.face.gateway.cache.AnswerCache;
import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Operators;
import dev.varve.net.http.OwnPaths;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Routes;
import dev.varve.settings.WrongSetting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// All that a change of the settings swaps: services, routes and aggregates as one reading of `varve.yaml` has them. Requests
/// that came while it was served end with it, however long that takes.
///
/// Its routes take what no other route takes, and nothing below the first segment of another route: what is missing under
/// `/api` is missing.
public final class GatewayTable {
  /// Methods that go nowhere: the one shows a page what it must not see, the other makes a tunnel to anywhere.
  static final Set<String> NEVER = Set.of("TRACE", "CONNECT");

  private static final String WELL_KNOWN = ".well-known";

  private final Map<String, Upstream> upstreams;
  private final RouteTable table;
  private final Forwarding forwarding;
  private final List<AggregateSettings> aggregates;
  private final PartCalls partCalls;
  private final Optional<AnswerCache> cache;

  /// @param upstreams every service that the settings name
  /// @param cache absent when no route keeps answers
  GatewayTable(
      GatewaySettings settings,
      Map<String, Upstream> upstreams,
      List<GatewayRoute> routes,
      Identities identities,
      Optional<AnswerCache> cache) {
    this.upstreams = Collections.unmodifiableMap(new LinkedHashMap<>(upstreams));
    this.table = new RouteTable(routes);
    this.forwarding = new Forwarding(identities, cache);
    this.aggregates = settings.aggregates();
    this.partCalls = new PartCalls(upstreams, identities);
    this.cache = cache;
  }

  Map<String, Upstream> upstreams() {
    return upstreams;
  }

  RouteTable table() {
    return table;
  }

  Optional<AnswerCache> cache() {
    return cache;
  }

  /// What operators ask: how the services are, when there are any.
  public List<Route> operations(Operators operators) {
    return upstreams.isEmpty()
        ? List.of()
        : List.of(new ServicesEndpoint(upstreams.values(), operators).route());
  }

  /// Whether it takes whatever nothing else takes.
  public boolean hasRoot() {
    return table.routes().stream().anyMatch(route -> route.pattern().isEverything());
  }

  /// The routes that answer with what many others do.
  ///
  /// @param own what Varve answers itself
  /// @param others every other route of the server but those to services
  /// @throws WrongSetting when one stands where another is, or reads what is not to be read
  public List<Route> aggregates(Aggregates.Own own, List<Route> others) {
    Set<String> reserved = reserved(others);
    for (int i = 0; i < aggregates.size(); i++) {
      requireFree("gateway.aggregates[%d].path".formatted(i), aggregates.get(i).path(), reserved);
      PathPattern pattern = new PathPattern(aggregates.get(i).path());
      boolean taken =
          aggregates.subList(0, i).stream()
                  .anyMatch(before -> pattern.equals(new PathPattern(before.path())))
              || table.routes().stream().anyMatch(route -> route.pattern().equals(pattern));
      if (taken) {
        throw new WrongSetting(
            "gateway.aggregates[%d].path".formatted(i),
            "is %s, as that of another aggregate or route. Choose another".formatted(pattern));
      }
    }
    return new Aggregates(own, partCalls)
        .routes(aggregates, aggregates.stream().map(GatewayTable::admission).toList());
  }

  /// The aggregate that a path leads to, found as the server finds it: among all that the gateway answers.
  ///
  /// @return its index in the file
  Optional<Integer> aggregateAt(List<String> segments) {
    Map<String, Integer> byPattern = new LinkedHashMap<>();
    for (int i = 0; i < aggregates.size(); i++) {
      byPattern.putIfAbsent(new PathPattern(aggregates.get(i).path()).routePattern(), i);
    }
    Set<String> patterns = new LinkedHashSet<>(byPattern.keySet());
    table.routes().forEach(route -> patterns.add(route.pattern().routePattern()));
    Routes.Builder all = Routes.builder();
    patterns.forEach(pattern -> all.get(pattern, GatewayTable::unanswered));
    return all.build().find(segments).map(place -> byPattern.get(place.pattern()));
  }

  private static Answer unanswered(Request request) {
    throw new IllegalStateException("Nobody is asked for " + request.path());
  }

  private static Function<Request, Caller> admission(AggregateSettings aggregate) {
    Admission admission = Admission.of(aggregate.allow(), aggregate.when());
    return request -> {
      Target.requirePlain(request);
      return admission.admit(request);
    };
  }

  /// @param others every other route of the server but aggregates
  /// @throws WrongSetting when a route stands where another is
  public List<Route> routes(List<Route> others) {
    Set<String> reserved = reserved(others);
    requireFree(reserved, others);
    Set<String> patterns = new LinkedHashSet<>();
    table.routes().forEach(route -> patterns.add(route.pattern().routePattern()));
    List<Route> routes = new ArrayList<>();
    for (String pattern : patterns) {
      routes.add(
          Route.unlisted(Route.ANY_METHOD, pattern, request -> answer(reserved, request, false)));
      routes.add(
          Route.unlisted(Route.WEB_SOCKET, pattern, request -> answer(reserved, request, true)));
    }
    return routes;
  }

  private static Set<String> reserved(List<Route> others) {
    Set<String> reserved = new HashSet<>(OwnPaths.KEPT_FREE);
    others.forEach(route -> reserved.add(OwnPaths.firstSegment(route.pattern())));
    reserved.removeAll(Set.of("", WELL_KNOWN));
    return reserved;
  }

  private static void requireFree(String setting, String path, Set<String> reserved) {
    if (reserved.contains(OwnPaths.firstSegment(path).toLowerCase(Locale.ROOT))) {
      throw new WrongSetting(
          setting, "is %s, where Varve answers itself. Choose another".formatted(path));
    }
  }

  private void requireFree(Set<String> reserved, List<Route> others) {
    for (GatewayRoute route : table.routes()) {
      String pattern = route.pattern().routePattern();
      boolean taken = others.stream().anyMatch(other -> other.pattern().equals(pattern));
      if (taken || reserved.contains(route.pattern().firstName().toLowerCase(Locale.ROOT))) {
        throw new WrongSetting(
            "gateway.routes[%d].path".formatted(route.index()),
            "is %s, where Varve answers itself. Choose another".formatted(route.pattern()));
      }
    }
  }

  private Answer answer(Set<String> reserved, Request request, boolean webSocket) {
    if (NEVER.contains(request.method())) {
      return otherMethod(request, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    }
    if (reserved.contains(request.segments().getFirst().toLowerCase(Locale.ROOT))) {
      throw nothingAt(request);
    }
    return switch (table.find(request)) {
      case RouteTable.Found(GatewayRoute route) -> forwarding.answer(route, request, webSocket);
      case RouteTable.OtherMethod(String allow) -> otherMethod(request, allow);
      case RouteTable.Nowhere() -> throw nothingAt(request);
    };
  }

  private static Answer otherMethod(Request request, String allow) {
    Problem problem =
        new Problem(ErrorCode.METHOD_NOT_ALLOWED, "What is here takes %s".formatted(allow));
    return Answer.refusal(problem, request).with("Allow", allow);
  }

  private static Problem nothingAt(Request request) {
    return Problem.notFound("There is nothing at " + OwnPaths.shown(request.path()));
  }
}
