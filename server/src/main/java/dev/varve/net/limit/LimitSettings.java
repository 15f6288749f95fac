package dev.varve.net.limit;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.time.Duration;
import java.util.List;

/// One limit on requests; an element of section `limits` of `varve.yaml`.
public record LimitSettings(
    @Setting(
            required = true,
            says =
                "Its name, which answers show. One with the name of a limit that is there by default takes its place.")
        String name,
    @Setting(
            standard = "true",
            says = "Whether it holds: false takes away a limit that is there by default.")
        boolean enabled,
    @Setting(
            standard = "0",
            max = REQUESTS_MAX,
            says = "How many requests each caller may make in the time of `per`; at least 1.")
        int requests,
    @Setting(standard = PER_STANDARD, min = 1, max = PER_SECONDS_MAX, says = PER_SAYS) Duration per,
    @Setting(
            standard = "0",
            max = REQUESTS_MAX,
            says =
                "How many it may make at once when it made none before; 0 is as many as `requests`.")
        int burst,
    @Setting(standard = "ADDRESS", says = BY_SAYS) By by,
    @Setting(
            says =
                "The paths it holds for, as the description of the server has them, such as /api/orders/{id}; one that ends with /* stands for all below. None stands for all.")
        List<String> routes,
    @Setting(says = "The methods it holds for; HEAD counts as GET. None stands for all.")
        List<String> methods,
    @Setting(standard = "false", says = "Whether it holds for requests without credentials alone.")
        boolean anonymous) {
  /// More in any time than a server answers.
  public static final int REQUESTS_MAX = 1_000_000_000;

  public static final String PER_STANDARD = "1m";

  /// What is counted is kept in memory: a month, and no longer.
  public static final int PER_SECONDS_MAX = 31 * 86_400;

  public static final String PER_SAYS = "The time in which that many come back, evenly.";
  public static final String BY_SAYS =
      "Who is one caller: ADDRESS is a network (an IPv4 address, a /64 of IPv6), ACCOUNT an account or API key and without credentials the network, KEY an API key and nobody else, ROUTE all callers of a route together.";

  /// Who counts as one caller.
  public enum By {
    /// A network: what one customer of a provider has.
    ADDRESS,
    /// An account or an API key; a network when no credentials came.
    ACCOUNT,
    /// An API key. Whoever comes without one does not meet the limit.
    KEY,
    /// All callers together, route by route.
    ROUTE
  }

  public LimitSettings {
    routes = List.copyOf(routes);
    methods = List.copyOf(methods);
    if (!name.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?") || name.length() > 64) {
      throw new WrongSetting(
          "name",
          "is '%s': use up to 64 small letters, digits and hyphens, such as sign-in"
              .formatted(name));
    }
    if (enabled && requests < 1) {
      throw new WrongSetting(
          "requests",
          "must be at least 1: a limit of 0 would let nobody in. Say how many, or take the limit away with enabled: false");
    }
    if (burst != 0 && burst < requests) {
      throw new WrongSetting(
          "burst",
          "is %,d, but at least as many as requests, %,d, must be allowed at once. Raise it, or leave it out"
              .formatted(burst, requests));
    }
    requireRoutes(routes);
    requireMethods(methods);
  }

  private static void requireRoutes(List<String> routes) {
    for (int i = 0; i < routes.size(); i++) {
      String route = routes.get(i);
      int star = route.indexOf('*');
      if (!route.startsWith("/") || (star >= 0 && !route.substring(star - 1).equals("/*"))) {
        throw new WrongSetting(
            "routes[%d]".formatted(i),
            "is '%s': write a path such as /api/orders, or /api/* for all below".formatted(route));
      }
    }
  }

  private static void requireMethods(List<String> methods) {
    List<String> known = List.of("GET", "POST", "PUT", "PATCH", "DELETE");
    for (int i = 0; i < methods.size(); i++) {
      if (!known.contains(methods.get(i))) {
        throw new WrongSetting(
            "methods[%d]".formatted(i),
            "is '%s': it must be one of %s".formatted(methods.get(i), String.join(", ", known)));
      }
    }
  }
}
