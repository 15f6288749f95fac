package dev.varve.face.gateway.cache;

import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.HttpDate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// How long an answer is fresh, and of use behind that (RFC 9111, section 4.2; RFC 5861).
///
/// @param made when it left the service, as far as that is known: its age counts from here
/// @param lifetime from then on
/// @param whileRevalidated for how long behind that it is given while the service is asked for another
/// @param onError for how long behind that it is given when the service fails
record Freshness(Instant made, Duration lifetime, Duration whileRevalidated, Duration onError) {
  // what the operator's ttl holds for; others only as the service says
  private static final Set<Integer> FRESH_BY_DEFAULT =
      Set.of(200, 203, 204, 300, 301, 308, 404, 410);

  /// @param asked when the request for it was sent
  /// @param came when its headers came
  static Freshness of(
      int status,
      List<HeaderLine> headers,
      AnswerCacheSettings settings,
      Instant asked,
      Instant came) {
    Directives says = Directives.of(headers);
    Instant date = value(headers, "Date").flatMap(HttpDate::parse).orElse(came);
    Duration apparent = atLeastZero(Duration.between(date, came));
    Duration told =
        Duration.ofSeconds(value(headers, "Age").map(Directives::number).orElse(0L))
            .plus(atLeastZero(Duration.between(asked, came)));
    Instant made = came.minus(apparent.compareTo(told) > 0 ? apparent : told);
    if (says.has("no-cache")) {
      return new Freshness(made, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }
    boolean strict = says.has("must-revalidate") || says.has("proxy-revalidate");
    // s-maxage forbids it too, unless the service says in the same line how long
    boolean byOperator = !strict && !says.has("s-maxage");
    return new Freshness(
        made,
        lifetime(status, headers, says, date, settings.ttl()),
        stale(says, "stale-while-revalidate", strict, byOperator, settings.staleWhileRevalidate()),
        stale(says, "stale-if-error", strict, byOperator, settings.staleIfError()));
  }

  private static Duration lifetime(
      int status, List<HeaderLine> headers, Directives says, Instant date, Duration ttl) {
    for (String name : List.of("s-maxage", "max-age")) {
      OptionalLong seconds = says.seconds(name);
      if (seconds.isPresent()) {
        return Duration.ofSeconds(seconds.getAsLong());
      }
    }
    Optional<String> expires = value(headers, "Expires");
    if (expires.isPresent()) {
      // what is no date, such as 0, is in the past
      return expires
          .flatMap(HttpDate::parse)
          .map(end -> atLeastZero(Duration.between(date, end)))
          .orElse(Duration.ZERO);
    }
    return FRESH_BY_DEFAULT.contains(status) ? ttl : Duration.ZERO;
  }

  private static Duration stale(
      Directives says, String name, boolean strict, boolean byOperator, Duration standard) {
    if (strict) {
      return Duration.ZERO;
    }
    OptionalLong seconds = says.seconds(name);
    if (seconds.isPresent()) {
      return Duration.ofSeconds(seconds.getAsLong());
    }
    return byOperator ? standard : Duration.ZERO;
  }

  private static Optional<String> value(List<HeaderLine> headers, String name) {
    return headers.stream().filter(each -> each.is(name)).map(HeaderLine::value).findFirst();
  }

  private static Duration atLeastZero(Duration time) {
    return time.isNegative() ? Duration.ZERO : time;
  }

  Duration age(Instant now) {
    return atLeastZero(Duration.between(made, now));
  }

  /// How long it is still fresh; negative when it is stale.
  Duration left(Instant now) {
    return lifetime.minus(age(now));
  }

  boolean isFresh(Instant now) {
    return left(now).isPositive();
  }

  boolean isGivenWhileRevalidated(Instant now) {
    return left(now).plus(whileRevalidated).isPositive();
  }

  boolean isGivenOnError(Instant now) {
    return left(now).plus(onError).isPositive();
  }

  /// Whether there is a time at which it is given without asking.
  boolean isEverGiven() {
    return lifetime.isPositive() || whileRevalidated.isPositive() || onError.isPositive();
  }

  /// Whether its time is over.
  boolean isOver(Instant now) {
    return !isGivenWhileRevalidated(now) && !isGivenOnError(now);
  }
}
