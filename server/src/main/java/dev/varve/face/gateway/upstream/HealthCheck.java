package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.resilience.HealthSettings;
import dev.varve.kernel.Pauses;
import dev.varve.net.http.HeaderLine;
import java.util.List;
import java.util.Optional;

/// Asks one host again and again whether it is well, until its host leaves, or its service is closed.
final class HealthCheck implements Runnable {
  private static final int PIECE_BYTES = 4 * 1024;
  // what a check says is short
  private static final int PIECES_MAX = 16;

  private final Host host;
  private final HealthSettings settings;
  private final Pauses pauses;
  private final OutgoingRequest request;
  private final Timeouts timeouts;

  HealthCheck(Host host, HealthSettings settings, Pauses pauses) {
    this.host = host;
    this.settings = settings;
    this.pauses = pauses;
    this.request =
        OutgoingRequest.get(
            settings.path(),
            List.of(new HeaderLine("User-Agent", "varve-health")),
            OutgoingRequest.NO_NETWORK);
    this.timeouts = new Timeouts(settings.timeout(), settings.timeout(), settings.timeout());
  }

  @Override
  public void run() {
    do {
      check();
    } while (pauses.pause(settings.every()));
  }

  private void check() {
    try (UpstreamAnswer answer = new Attempt(request, host, timeouts).make()) {
      readPast(answer);
      host.condition()
          .checked(
              answer.status() / 100 == 2
                  ? Optional.empty()
                  : Optional.of("answered %d at %s".formatted(answer.status(), settings.path())));
    } catch (UpstreamFailure failure) {
      // that all its places are taken says nothing of it
      if (!failure.isOurs()) {
        host.condition().checked(Optional.of(failure.text()));
      }
    }
  }

  /// So that the connection is good for the next check. What is long or slow is not waited for.
  private void readPast(UpstreamAnswer answer) throws UpstreamFailure {
    byte[] piece = new byte[PIECE_BYTES];
    long endNanos = System.nanoTime() + settings.timeout().toNanos();
    for (int i = 0; i < PIECES_MAX && System.nanoTime() - endNanos < 0; i++) {
      if (answer.read(piece, 0, piece.length) < 0) {
        return;
      }
    }
  }
}
