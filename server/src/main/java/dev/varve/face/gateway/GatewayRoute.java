package dev.varve.face.gateway;

import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.net.limit.RateLimits;
import dev.varve.telemetry.Metrics;

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
}
