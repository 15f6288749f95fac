package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.http2.Http2Failure;
import dev.varve.face.gateway.http2.Http2Stream;
import dev.varve.face.gateway.upstream.UpstreamFailure.Kind;
import dev.varve.net.http.HeaderLine;
import java.util.List;

/// An answer over HTTP/2. Closing it ends its stream; the connection is for others as it was.
final class Http2Answer extends UpstreamAnswer {
  private final Http2Exchange exchange;
  private final Http2Stream stream;
  private long read;

  /// @param early whether it came before all of the request had been sent
  Http2Answer(
      Http2Exchange exchange,
      Http2Stream stream,
      ResponseHead head,
      Framing framing,
      boolean early) {
    super(head, framing, early);
    this.exchange = exchange;
    this.stream = stream;
  }

  @Override
  public List<HeaderLine> trailers() {
    return stream.trailers();
  }

  @Override
  public int read(byte[] into, int offset, int length) throws UpstreamFailure {
    long startNanos = System.nanoTime();
    try {
      int came = stream.read(into, offset, length, exchange.idle());
      requireLength(came);
      return came;
    } catch (Http2Failure failure) {
      // whoever is interrupted has not waited for it
      if (failure.kind() == Http2Failure.Kind.LATE && !Thread.currentThread().isInterrupted()) {
        exchange.retireIfSilent(startNanos);
      }
      throw exchange.told(failure, exchange.idle());
    }
  }

  private void requireLength(int came) throws UpstreamFailure {
    read += Math.max(0, came);
    long most = length().orElse(Long.MAX_VALUE);
    if (read > most || (came < 0 && length().isPresent() && read < most)) {
      throw new UpstreamFailure(
          Kind.MALFORMED, false, "sent a body that is not as long as it says");
    }
  }

  @Override
  public boolean isSwitched() {
    return false;
  }

  @Override
  public int readSwitched(byte[] into) {
    throw new IllegalStateException("There are no WebSockets over HTTP/2");
  }

  @Override
  public void writeSwitched(byte[] bytes) {
    throw new IllegalStateException("There are no WebSockets over HTTP/2");
  }

  @Override
  public void breakOff() {
    stream.cancel();
  }

  @Override
  void end() {
    exchange.end(stream, !isEarly() && stream.isEnded());
  }
}
