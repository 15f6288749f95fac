package dev.varve.face.gateway;

import dev.varve.net.http.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The routes of the gateway in the order in which they are asked: by path, as [PathPattern] orders them; of the same path
/// those that say more of a request (its host, its headers, its method) before those that say less; of these the first in
/// the file. Immutable.
final class RouteTable {
  private static final String BELOW = "*.";

  private final List<GatewayRoute> routes;
  private final boolean namesHosts;

  RouteTable(List<GatewayRoute> routes) {
    List<GatewayRoute> ordered = new ArrayList<>(routes);
    ordered.sort(RouteTable::compare);
    this.routes = List.copyOf(ordered);
    this.namesHosts = ordered.stream().anyMatch(route -> !route.settings().host().isEmpty());
  }

  private static int compare(GatewayRoute one, GatewayRoute other) {
    int byPath = one.pattern().compareTo(other.pattern());
    return byPath != 0 ? byPath : Integer.compare(demands(other), demands(one));
  }

  private static int demands(GatewayRoute route) {
    RouteSettings settings = route.settings();
    int host = settings.host().isEmpty() ? 0 : settings.host().startsWith(BELOW) ? 1_000 : 2_000;
    return host + settings.headers().size() * 2 + (settings.methods().isEmpty() ? 0 : 1);
  }

  List<GatewayRoute> routes() {
    return routes;
  }

  /// What a request leads to.
  sealed interface Match {}

  record Found(GatewayRoute route) implements Match {}

  /// A route has its path, but none has its method.
  ///
  /// @param allow the methods that some have
  record OtherMethod(String allow) implements Match {}

  record Nowhere() implements Match {}

  Match find(Request request) {
    String host = namesHosts ? hostOf(request.origin()) : "";
    for (GatewayRoute route : routes) {
      if (fits(route, request, host) && fitsMethod(route.settings(), request.method())) {
        return new Found(route);
      }
    }
    Set<String> methods = new TreeSet<>();
    routes.stream()
        .filter(route -> fits(route, request, host))
        .forEach(route -> methods.addAll(route.settings().methods()));
    return methods.isEmpty() ? new Nowhere() : new OtherMethod(String.join(", ", methods));
  }

  /// But for its method.
  private static boolean fits(GatewayRoute route, Request request, String host) {
    return route.pattern().matches(request.segments())
        && fitsHost(route.settings().host(), host)
        && fitsHeaders(route.settings(), request);
  }

  private static boolean fitsHost(String wanted, String host) {
    return wanted.isEmpty()
        || wanted.equals(host)
        || (wanted.startsWith(BELOW) && host.endsWith(wanted.substring(1)));
  }

  /// Whether every host that fits the one fits the other.
  static boolean coversHost(String wider, String host) {
    boolean below =
        wider.startsWith(BELOW) && host.startsWith(BELOW) && host.endsWith(wider.substring(1));
    return below || (!host.isEmpty() && fitsHost(wider, host));
  }

  private static boolean fitsHeaders(RouteSettings settings, Request request) {
    return settings.headers().isEmpty()
        || settings.headers().entrySet().stream()
            .allMatch(
                wanted -> request.header(wanted.getKey()).equals(Optional.of(wanted.getValue())));
  }

  /// Who may GET may HEAD.
  private static boolean fitsMethod(RouteSettings settings, String method) {
    return settings.methods().isEmpty()
        || settings.methods().contains(method)
        || (method.equals("HEAD") && settings.methods().contains("GET"));
  }

  /// The host of an origin such as `https://shop.example:8443`, in small letters and without its port.
  static String hostOf(String origin) {
    String authority = origin.substring(origin.indexOf("://") + "://".length());
    int port = authority.lastIndexOf(':');
    String host = port > authority.lastIndexOf(']') ? authority.substring(0, port) : authority;
    return host.toLowerCase(java.util.Locale.ROOT);
  }
}
