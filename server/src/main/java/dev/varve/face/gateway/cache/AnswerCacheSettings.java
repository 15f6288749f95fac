package dev.varve.face.gateway.cache;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.time.Duration;

/// Whether the answers of a route are kept; `cache` of a route.
public record AnswerCacheSettings(
    @Setting(
            standard = "false",
            says =
                "Whether answers are kept as long as the service says in Cache-Control or Expires. A `ttl` says so too.")
        boolean enabled,
    @Setting(
            standard = "0s",
            max = 31 * 86_400,
            says =
                "How long an answer is kept when the service says nothing of it; 0s is not at all.")
        Duration ttl,
    @Setting(
            standard = "0s",
            max = 31 * 86_400,
            says =
                "For how long then it is still given at once, while the service is asked for another, when the service says nothing of that.")
        Duration staleWhileRevalidate,
    @Setting(
            standard = "0s",
            max = 31 * 86_400,
            says =
                "For how long then it is still given when the service fails, when the service says nothing of that.")
        Duration staleIfError) {
  public static final AnswerCacheSettings NONE =
      new AnswerCacheSettings(false, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  public AnswerCacheSettings {
    if (!enabled && ttl.isZero()) {
      requireZero("staleWhileRevalidate", staleWhileRevalidate);
      requireZero("staleIfError", staleIfError);
    }
  }

  private static void requireZero(String component, Duration time) {
    if (!time.isZero()) {
      throw new WrongSetting(
          component,
          "is about answers that are kept, and none is: set ttl beside it, or enabled: true");
    }
  }

  public boolean isSet() {
    return enabled || !ttl.isZero();
  }
}
