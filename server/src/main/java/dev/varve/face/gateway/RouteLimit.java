package dev.varve.face.gateway;

import dev.varve.net.limit.LimitSettings;
import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.time.Duration;
import java.util.List;

/// How often a route may be asked; `limit` of a route.
public record RouteLimit(
    @Setting(
            standard = "0",
            max = LimitSettings.REQUESTS_MAX,
            says = "How many requests each caller may make in the time of `per`; 0 is any number.")
        int requests,
    @Setting(
            standard = LimitSettings.PER_STANDARD,
            min = 1,
            max = LimitSettings.PER_SECONDS_MAX,
            says = LimitSettings.PER_SAYS)
        Duration per,
    @Setting(standard = "ACCOUNT", says = LimitSettings.BY_SAYS) LimitSettings.By by) {
  public static final RouteLimit NONE =
      new RouteLimit(0, Duration.ofMinutes(1), LimitSettings.By.ACCOUNT);

  public RouteLimit {
    if (requests < 0) {
      throw new WrongSetting("requests", "must be at least 1, or 0 for any number");
    }
  }

  boolean isSet() {
    return requests > 0;
  }

  /// @param name that answers show
  LimitSettings named(String name) {
    return new LimitSettings(name, true, requests, per, 0, by, List.of(), List.of(), false);
  }
}
