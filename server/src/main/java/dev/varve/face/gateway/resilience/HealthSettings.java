package dev.varve.face.gateway.resilience;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.time.Duration;

/// How hosts are asked whether they are well, whatever requests there are; `health` of a service.
public record HealthSettings(
    @Setting(
            says =
                "The path that every host is asked for, such as /health; none is never. Well is who answers with a status from 200 to 299.")
        String path,
    @Setting(standard = "10s", min = 1, max = 3_600, says = "How long it is between two checks.")
        Duration every,
    @Setting(
            standard = "2s",
            min = 1,
            max = 60,
            says = "How long a host may take to answer, and before that to take a connection.")
        Duration timeout,
    @Setting(
            standard = "3",
            min = 1,
            max = 100,
            says = "How many checks must fail in a row before others are asked instead.")
        int unhealthy,
    @Setting(
            standard = "2",
            min = 1,
            max = 100,
            says = "How many checks must go well in a row before it is asked again.")
        int healthy) {
  public static final HealthSettings NONE =
      new HealthSettings("", Duration.ofSeconds(10), Duration.ofSeconds(2), 3, 2);

  public HealthSettings {
    if (!path.isEmpty() && !path.matches("/[!-~&&[^#]]*")) {
      throw new WrongSetting(
          "path", "is '%s': write a path as a request has it, such as /health".formatted(path));
    }
  }

  public boolean isSet() {
    return !path.isEmpty();
  }
}
