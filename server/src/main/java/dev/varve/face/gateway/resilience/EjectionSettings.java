package dev.varve.face.gateway.resilience;

import dev.varve.settings.Setting;
import java.time.Duration;

/// When a host is taken out of its service because requests fail there; `ejection` of a service.
public record EjectionSettings(
    @Setting(
            standard = "5",
            max = 10_000,
            says =
                "How many requests must fail at a host in a row before others are asked instead; 0 is never. The last host of a service stays.")
        int failures,
    @Setting(
            standard = "30s",
            min = 1,
            max = 3_600,
            says =
                "For how long at first; as much longer each time, up to five minutes, and less again for a host that goes well.")
        Duration base,
    @Setting(
            standard = "10",
            max = 100,
            says = "How many percent of the hosts may be out at a time; one always may.")
        int percent) {
  public static final EjectionSettings DEFAULT =
      new EjectionSettings(5, Duration.ofSeconds(30), 10);
}
