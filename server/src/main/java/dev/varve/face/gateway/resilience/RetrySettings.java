package dev.varve.face.gateway.resilience;

import dev.varve.settings.Setting;

/// How often a request is sent when it fails on its way; `retry` of a service.
public record RetrySettings(
    @Setting(
            standard = "2",
            min = 1,
            max = 10,
            says =
                "How many times a request is sent at most, the first included; 1 is never again. Only what makes no difference is sent again.")
        int attempts,
    @Setting(
            standard = "20",
            max = 100,
            says =
                "How many percent of the requests that wait for an answer may be such repetitions, so that a service that fails does not get more requests for it. Three always may.")
        int budget) {
  public static final RetrySettings DEFAULT = new RetrySettings(2, 20);
}
