package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.http2.Http2Failure;
import dev.varve.face.gateway.http2.Http2Stream;

/// The body of a request over HTTP/2: as fast as the windows of stream and connection let it.
final class Http2Body implements BodySink {
  private static final byte[] NOTHING = {};

  private final Http2Exchange exchange;
  private final Http2Stream stream;
  private final Timeouts timeouts;

  Http2Body(Http2Exchange exchange, Http2Stream stream, Timeouts timeouts) {
    this.exchange = exchange;
    this.stream = stream;
    this.timeouts = timeouts;
  }

  @Override
  public void send(byte[] bytes, int offset, int length) throws UpstreamFailure {
    write(bytes, offset, length, false);
  }

  @Override
  public void end() throws UpstreamFailure {
    write(NOTHING, 0, 0, true);
  }

  private void write(byte[] bytes, int offset, int length, boolean last) throws UpstreamFailure {
    try {
      stream.write(bytes, offset, length, last, timeouts.idle());
    } catch (Http2Failure failure) {
      throw exchange.sendingFailed(failure);
    }
  }

  @Override
  public void awaitAnswer() {
    exchange.awaitAnswer();
  }

  @Override
  public void breakOff() {
    stream.cancel();
  }
}
