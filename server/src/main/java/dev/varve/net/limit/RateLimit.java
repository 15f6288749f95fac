package dev.varve.net.limit;

import dev.varve.lane.access.Caller;
import dev.varve.net.http.Request;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A limit that holds.
///
/// @param units how many come back in the time of `per`
/// @param burst how many there are at most
/// @param policy how it is told in the header `RateLimit-Policy`
public record RateLimit(
    String name,
    long units,
    Duration per,
    long burst,
    LimitSettings.By by,
    List<String> routes,
    List<String> methods,
    boolean anonymous,
    String policy) {
  private static final String ALL_BELOW = "/*";

  static RateLimit of(LimitSettings settings) {
    return new RateLimit(
        settings.name(),
        settings.requests(),
        settings.per(),
        settings.burst() == 0 ? settings.requests() : settings.burst(),
        settings.by(),
        settings.routes(),
        settings.methods(),
        settings.anonymous(),
        policy(settings));
  }

  private static String policy(LimitSettings settings) {
    String policy =
        "\"%s\";q=%d;w=%d"
            .formatted(settings.name(), settings.requests(), settings.per().toSeconds());
    return settings.burst() > settings.requests()
        ? policy + ";varve-burst=" + settings.burst()
        : policy;
  }

  /// Whether it holds for a route.
  boolean holdsFor(String method, String pattern) {
    // HEAD is answered as GET is, and costs the same
    String known = method.equals("HEAD") ? "GET" : method;
    return (methods.isEmpty() || methods.contains(known))
        && (routes.isEmpty() || routes.stream().anyMatch(route -> covers(route, pattern)));
  }

  static boolean covers(String route, String pattern) {
    return route.endsWith(ALL_BELOW)
        ? pattern.startsWith(route.substring(0, route.length() - 1))
        : pattern.equals(route);
  }

  /// Who counts as one with whoever sent the request; nothing when the limit does not hold for it.
  Optional<String> caller(Request request) {
    Caller caller =
        anonymous || by != LimitSettings.By.ADDRESS
            ? request.callerOrAnonymous()
            : Caller.ANONYMOUS;
    if (anonymous && caller.known()) {
      return Optional.empty();
    }
    return switch (by) {
      case ADDRESS -> Optional.of(request.network());
      case ACCOUNT -> Optional.of(caller.known() ? caller.actor() : request.network());
      case KEY ->
          caller.kind() == Caller.Kind.MACHINE ? Optional.of(caller.actor()) : Optional.empty();
      case ROUTE -> Optional.of(request.pattern());
    };
  }

  /// How long it takes until the next unit comes back.
  ///
  /// @param left how many there are
  /// @param resetNanos until all of them are there
  long nextNanos(long left, long resetNanos) {
    double unitNanos = (double) per.toNanos() / units;
    long later = Math.round((burst - left - 1) * unitNanos);
    return Math.clamp(resetNanos - later, 0, (long) Math.ceil(unitNanos));
  }

  /// How long it takes until a caller that has nothing left has everything again.
  Duration refill() {
    return Duration.ofSeconds(Math.ceilDiv(per.toSeconds() * burst, units));
  }
}
