package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.http2.Http2Connection;
import dev.varve.face.gateway.http2.Http2Failure;
import dev.varve.face.gateway.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// The connections to one host over HTTP/2. There is one more only when all have as many requests as the host takes on one, so
/// the places of the host bound them too.
final class Http2Lines {
  // long for any server; one that is replaced for nothing costs a connection
  private static final Duration PING_ANSWERED = Duration.ofSeconds(3);

  private final List<Http2Connection> open = new CopyOnWriteArrayList<>();
  private final Timeouts timeouts;
  private volatile boolean retired;

  Http2Lines(Timeouts timeouts) {
    this.timeouts = timeouts;
  }

  /// A place on one that is there.
  Optional<Http2Line> take() {
    for (Http2Connection each : open) {
      if (each.enter()) {
        if (each.isAlive(PING_ANSWERED)) {
          return Optional.of(new Http2Line(each, true));
        }
        each.leave();
        if (Thread.currentThread().isInterrupted()) {
          // nobody waits for the answer any more, which says nothing of the connection
          return Optional.empty();
        }
        each.close();
      }
    }
    return Optional.empty();
  }

  /// A place on a new one.
  ///
  /// @param within how long the host may take to begin
  Http2Line begin(Connection connection, Duration within) throws UpstreamFailure {
    Http2Connection made = opened(connection, within);
    if (!made.enter()) {
      made.close();
      throw new UpstreamFailure(Kind.UNREACHABLE, true, "takes no requests on its connections");
    }
    open.add(made);
    made.whenEnding(() -> open.remove(made));
    // in this order: one that was added while the host retired is seen by one of both
    if (retired) {
      made.retire();
    }
    return new Http2Line(made, false);
  }

  private Http2Connection opened(Connection connection, Duration within) throws UpstreamFailure {
    try {
      return Http2Connection.open(new ConnectionWire(connection, timeouts.idle()), within);
    } catch (Http2Failure failure) {
      connection.close();
      throw failure.kind() == Http2Failure.Kind.LATE
          ? new UpstreamFailure(
              Kind.TIMEOUT,
              true,
              "%s within %s".formatted(failure.text(), Timeouts.text(timeouts.connect())))
          : new UpstreamFailure(Kind.UNREACHABLE, true, failure.text());
    }
  }

  /// From now on each is closed when nobody has a request on it.
  void retire() {
    retired = true;
    open.forEach(Http2Connection::retire);
    open.clear();
  }
}
