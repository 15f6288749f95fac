package dev.varve.face.gateway;

import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.net.limit.BucketStores;
import dev.varve.net.limit.RateLimits;
import dev.varve.telemetry.Metrics;
import java.util.List;
import java.util.function.IntSupplier;

/// A route, ready to be asked: what it matches, who may send, and where it leads.
///
/// @param index in the file, from 0
/// @param number by which answers that are kept are told from those of other routes: as long as the route and its service stay
///     as they are, it does
record GatewayRoute(
    int index,
    int number,
    RouteSettings settings,
    PathPattern pattern,
    Admission admission,
    Target target,
    RateLimits limits,
    Upstream upstream) {

  /// @throws WrongSetting when its condition is none
  static GatewayRoute of(
      RouteSettings settings, int index, Upstream upstream, BucketStores buckets, Metrics metrics) {
    RateLimits limits =
        settings.limit().isSet()
            ? RateLimits.only(
                settings.limit().named("gateway-%s-%d".formatted(upstream.name(), index + 1)),
                buckets,
                metrics)
            : RateLimits.NONE;
    return new GatewayRoute(
        index,
        0,
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
            new GatewayRoute(
                index, number, settings, pattern, admission, target, known.limits, upstream))
        .orElse(this);
  }

  /// The same with the number of the one of these that is alike, or else the next one.
  GatewayRoute numbered(List<GatewayRoute> before, IntSupplier next) {
    int known =
        before.stream()
            .filter(other -> settings.equals(other.settings) && upstream.equals(other.upstream))
            .map(GatewayRoute::number)
            .findFirst()
            .orElseGet(next::getAsInt);
    return new GatewayRoute(index, known, settings, pattern, admission, target, limits, upstream);
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
