package dev.varve.face.gateway.upstream;

import dev.varve.net.http.Inlet;
import org.jspecify.annotations.Nullable;

/// One request on its way to one host: it ends with an answer, or with what went wrong. How it is written and how its answer is
/// read is the matter of an [UpstreamExchange].
final class Attempt {
  private final OutgoingRequest request;
  private final Host host;
  private final Timeouts timeouts;

  Attempt(OutgoingRequest request, Host host, Timeouts timeouts) {
    this.request = request;
    this.host = host;
    this.timeouts = timeouts;
  }

  /// Sends it, and returns with the headers of the answer. A connection that had been closed under it, as servers do with
  /// those that were silent for long, is no failure when it makes no difference to send the request again.
  UpstreamAnswer make() throws UpstreamFailure {
    byte @Nullable [] small = request.isSmall() ? small() : null;
    Host.Place place = host.enter(request.network());
    boolean answered = false;
    try {
      UpstreamAnswer answer = make(small);
      answer.whenClosed(place::close);
      answered = true;
      return answer;
    } finally {
      if (!answered) {
        place.close();
      }
    }
  }

  private UpstreamAnswer make(byte @Nullable [] small) throws UpstreamFailure {
    UpstreamExchange exchange = host.line(request).exchange(request, small, host, timeouts);
    try {
      return exchange.answer();
    } catch (UpstreamFailure failure) {
      if (!exchange.wasStale(failure)) {
        throw failure;
      }
    }
    return host.newLine(request).exchange(request, small, host, timeouts).answer();
  }

  /// A small body is read from the client before anything is sent, and then sent with the head at once.
  private byte[] small() {
    Inlet body = request.bodyOrThrow();
    byte[] whole = new byte[(int) body.length()];
    int filled = 0;
    while (filled < whole.length) {
      int read = body.read(whole, filled, whole.length - filled);
      if (read < 0) {
        throw new IllegalStateException("A body ends before its length");
      }
      filled += read;
    }
    // its end is read as well, so that the next request may follow
    body.read(new byte[1], 0, 1);
    return whole;
  }
}
