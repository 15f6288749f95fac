package dev.varve.face.gateway;

import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.net.limit.RateLimits;
import dev.varve.telemetry.Metrics;
import java.util.List;

/// A route, ready to be asked: what it matches, who may send, and where it leads.
///
/// @param index in the file, from 0
record GatewayRoute(
    int index,
    RouteSettings settings,
    PathPattern pattern,
    Admission admission,
    Target target,
    RateLimits limits,
    Upstream upstream) {

  /// @throws WrongSetting when its condition is none
  static GatewayRoute of(RouteSettings settings, int index, Upstream upstream, Metrics metrics) {
    RateLimits limits =
        settings.limit().isSet()
            ? RateLimits.only(
                settings.limit().named("gateway-%s-%d".formatted(upstream.name(), index + 1)),
                metrics)
            : RateLimits.NONE;
    return new GatewayRoute(
        index,
        settings,
        new PathPattern(settings.path()),
        Admission.of(settings),
        new Target(settings),
        limits,
        upstream);
  }

  /// The same; when one of these is the same route with the same limit, what callers have asked of that counts on.
  GatewayRoute keepingCounts(List<GatewayRoute> before) {
    return before.stream()
        .filter(this::countsLike)
        .findFirst()
        .map(known ->
            new GatewayRoute(index, settings, pattern, admission, target, known.limits, upstream))
        .orElse(this);
  }

  /// A limit is told by its name, in which the place of the route stands.
  private boolean countsLike(GatewayRoute other) {
    return index == other.index
        && settings.limit().equals(other.settings.limit())
        && settings.to().equals(other.settings.to())
        && pattern.equals(other.pattern)
        && settings.host().equals(other.settings.host())
        && settings.methods().equals(other.settings.methods())
        && settings.headers().equals(other.settings.headers());
  }
}
