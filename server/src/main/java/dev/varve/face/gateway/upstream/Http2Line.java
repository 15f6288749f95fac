package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.http2.Http2Connection;
import org.jspecify.annotations.Nullable;

/// A place for one request on a connection over HTTP/2.
///
/// @param reused whether the connection was there before, so that its end may have come before this request
record Http2Line(Http2Connection connection, boolean reused) implements Line {

  @Override
  public UpstreamExchange exchange(
      OutgoingRequest request, byte @Nullable [] small, Host host, Timeouts timeouts) {
    return new Http2Exchange(request, small, host, this, timeouts);
  }
}
