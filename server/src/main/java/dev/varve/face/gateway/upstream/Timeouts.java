package dev.varve.face.gateway.upstream;

import dev.varve.kernel.DurationText;
import dev.varve.settings.Setting;
import java.time.Duration;

/// How long a service may take; `timeouts` of a service.
public record Timeouts(
    @Setting(
            standard = "1s",
            max = 60,
            says =
                "How long each may take: a place in the queue, a connection, and over HTTP/2 its beginning.")
        Duration connect,
    @Setting(
            standard = "5s",
            max = 3_600,
            says = "How long it may take from the end of a request to the headers of its answer.")
        Duration headers,
    @Setting(
            standard = "15s",
            max = 3_600,
            says =
                "How long nothing may come of a body, or be taken of one. Raise it for streams that are mostly silent.")
        Duration idle) {
  public static final Timeouts DEFAULT =
      new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(15));

  /// After this, a request that is still on its way has waited for a client that sends its body slowly.
  public Duration longest() {
    return connect.plus(headers).plus(idle);
  }

  static String text(Duration time) {
    return DurationText.of(time);
  }
}
