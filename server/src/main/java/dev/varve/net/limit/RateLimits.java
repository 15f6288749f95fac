package dev.varve.net.limit;

import dev.varve.settings.WrongSetting;
import dev.varve.telemetry.Counters;
import dev.varve.telemetry.Metrics;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The limits on requests that hold in a server: those that are there by default, and those that the settings declare.
public final class RateLimits {
  /// None at all.
  public static final RateLimits NONE =
      new RateLimits(List.of(), (_, _, _) -> unlimited(), Metrics.NONE);

  private static final Duration MINUTE = Duration.ofMinutes(1);

  // a person does none of these more than once in some seconds; an office of many people behind one
  // address, and all that a test or a program does in good faith, stays below
  private static final List<LimitSettings> DEFAULTS =
      List.of(
          byDefault(
              "sign-in",
              600,
              1_200,
              false,
              "POST",
              "/auth/sign-in",
              "/auth/sign-in/*",
              "/auth/providers/exchange",
              "/oauth2/flow/*"),
          // each is kept for a while
          byDefault(
              "authorize",
              600,
              1_200,
              false,
              "GET",
              "/oauth2/authorize",
              "/auth/account",
              "/auth/account/*",
              "/auth/providers/{name}/start",
              "/auth/providers/{name}/callback"),
          // the same, of clients that ask without a browser
          byDefault(
              "push", 600, 1_200, false, "POST", "/oauth2/par", "/oauth2/device_authorization"),
          // each writes; the server of an application asks for all who use it, from one address
          byDefault("token", 6_000, 12_000, false, "POST", "/oauth2/token", "/oauth2/revoke"),
          // each is kept for days
          byDefault("register", 30, 60, false, "POST", "/oauth2/register"),
          // each is a security event
          byDefault("registration", 30, 60, false, "PUT", "/oauth2/register/{id}"),
          byDefault("sign-up", 300, 600, false, "POST", "/auth/sign-up"),
          byDefault(
              "mails",
              300,
              600,
              false,
              "POST",
              "/auth/password/forgot",
              "/auth/verify-email/resend",
              "/auth/email",
              "/auth/account/email",
              "/auth/invitations"),
          new LimitSettings(
              "anonymous-graphql",
              true,
              6_000,
              MINUTE,
              12_000,
              LimitSettings.By.ADDRESS,
              List.of("/graphql"),
              List.of(),
              true),
          new LimitSettings(
              "anonymous-writes",
              true,
              6_000,
              MINUTE,
              12_000,
              LimitSettings.By.ADDRESS,
              List.of("/api/*"),
              List.of("POST", "PUT", "PATCH", "DELETE"),
              true));

  private final List<RateLimit> limits;
  private final BucketStore store;
  private final Counters refusals;
  // of requests that no limit holds for; keeps nothing
  private final Quotas none;
  // routes are few, and are asked for again and again
  private final Map<String, Map<String, List<RateLimit>>> byRoute = new ConcurrentHashMap<>();

  private RateLimits(List<RateLimit> limits, BucketStore store, Metrics metrics) {
    this.limits = List.copyOf(limits);
    this.store = store;
    this.refusals =
        metrics.counters("varve_rate_limit_refusals", "Requests refused by a limit.", "limit");
    this.none = new Quotas(store, List.of(), refusals);
    // each is there with 0 before it refuses anything, so that the first refusal is a rise
    limits.forEach(limit -> refusals.of(limit.name()));
  }

  private static LimitSettings byDefault(
      String name, int requests, int burst, boolean anonymous, String method, String... routes) {
    return new LimitSettings(
        name,
        true,
        requests,
        MINUTE,
        burst,
        LimitSettings.By.ADDRESS,
        List.of(routes),
        List.of(method),
        anonymous);
  }

  private static BucketStore.Taken unlimited() {
    return new BucketStore.Taken(true, Long.MAX_VALUE, 0, 0);
  }

  /// One limit alone, for whoever applies it itself.
  public static RateLimits only(LimitSettings limit, BucketStores stores, Metrics metrics) {
    return new RateLimits(List.of(RateLimit.of(limit)), stores.open(), metrics);
  }

  /// The limits of these settings on top of those by default.
  ///
  /// @param metrics where refusals are counted, by the name of the limit
  public static RateLimits of(List<LimitSettings> declared, BucketStores stores, Metrics metrics) {
    Map<String, LimitSettings> byName = new LinkedHashMap<>();
    DEFAULTS.forEach(limit -> byName.put(limit.name(), limit));
    declared.forEach(limit -> byName.put(limit.name(), limit));
    return new RateLimits(
        byName.values().stream().filter(LimitSettings::enabled).map(RateLimit::of).toList(),
        stores.open(),
        metrics);
  }

  /// What is wrong with limits as a whole.
  ///
  /// @throws WrongSetting when two have one name
  public static void require(List<LimitSettings> declared) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < declared.size(); i++) {
      if (!names.add(declared.get(i).name())) {
        throw new WrongSetting(
            "limits[%d].name".formatted(i),
            "is '%s', as another's: name each limit once".formatted(declared.get(i).name()));
      }
    }
  }

  /// What a request to a route may take.
  ///
  /// @param method of the request, which the route has
  /// @param pattern of the route
  public Quotas quotas(String method, String pattern) {
    List<RateLimit> holding = limits.isEmpty() ? limits : of(method, pattern);
    return holding.isEmpty() ? none : new Quotas(store, holding, refusals);
  }

  private List<RateLimit> of(String method, String pattern) {
    return byRoute
        .computeIfAbsent(pattern, _ -> new ConcurrentHashMap<>())
        .computeIfAbsent(
            method, _ -> limits.stream().filter(limit -> limit.holdsFor(method, pattern)).toList());
  }

  /// The routes that limits name and that none of the server's is.
  ///
  /// @param patterns of the server's routes
  public static List<String> unknownRoutes(List<LimitSettings> declared, List<String> patterns) {
    return declared.stream()
        .flatMap(limit -> limit.routes().stream())
        .filter(route -> patterns.stream().noneMatch(each -> RateLimit.covers(route, each)))
        .distinct()
        .toList();
  }
}
