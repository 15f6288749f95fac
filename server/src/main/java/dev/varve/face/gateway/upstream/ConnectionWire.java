package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.http2.Wire;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/// A [Connection] on which HTTP/2 is spoken: [Watch] looks after it all the same.
record ConnectionWire(Connection connection, Duration idle) implements Wire {

  @Override
  public int read(byte[] into) throws IOException {
    try {
      return connection.readThrough(into);
    } catch (UpstreamFailure e) {
      throw told(e);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    connection.writeWithin(idle);
    try {
      connection.write(bytes, offset, length);
    } catch (UpstreamFailure e) {
      throw told(e);
    } finally {
      connection.written();
    }
  }

  private static IOException told(UpstreamFailure failure) {
    return failure.kind() == UpstreamFailure.Kind.TIMEOUT
        ? new SocketTimeoutException(failure.text())
        : new IOException(failure);
  }

  @Override
  public void rest() {
    connection.rest(Host.REST);
  }

  @Override
  public boolean wake() {
    return connection.wake();
  }

  @Override
  public void close() {
    connection.close();
  }
}
