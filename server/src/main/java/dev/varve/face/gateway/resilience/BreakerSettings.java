package dev.varve.face.gateway.resilience;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.time.Duration;

/// When a service that fails is left alone for a while; `breaker` of a service. Either `failures` or `rate` switches it on.
public record BreakerSettings(
    @Setting(
            standard = "0",
            max = 10_000,
            says =
                "How many requests must fail in a row before the service is not asked any more; 0 is no such number. A failure is no answer, or one with a status of 500 or more.")
        int failures,
    @Setting(
            standard = "0",
            max = 100,
            says =
                "In place of `failures`: how many percent of the last `calls` requests must have failed; 0 is no such share.")
        int rate,
    @Setting(
            standard = "100",
            min = 1,
            max = 10_000,
            says =
                "Of how many requests `rate` is a share; before there are as many, nothing happens.")
        int calls,
    @Setting(
            standard = "60s",
            min = 1,
            max = 86_400,
            says =
                "How long the service is left alone. Then one request is let through as a trial, and what comes of it decides.")
        Duration recovery,
    @Setting(
            standard = "1h",
            max = 3_600,
            says =
                "An answer whose headers take longer than this counts as a failure too. No answer takes longer than timeouts.headers.")
        Duration slow) {
  public static final BreakerSettings NONE =
      new BreakerSettings(0, 0, 100, Duration.ofSeconds(60), Duration.ofHours(1));

  public BreakerSettings {
    if (failures > 0 && rate > 0) {
      throw new WrongSetting(
          "rate", "is set beside failures, and only one of them can decide. Take one of them out");
    }
  }

  boolean isSet() {
    return failures > 0 || rate > 0;
  }
}
