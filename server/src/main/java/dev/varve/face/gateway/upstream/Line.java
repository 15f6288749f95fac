package dev.varve.face.gateway.upstream;

import org.jspecify.annotations.Nullable;

/// A connection to a host on which a request can be sent now.
sealed interface Line permits Connection, Http2Line {

  /// What a request and its answer are on it.
  ///
  /// @param small the body, when it is to go with the head
  UpstreamExchange exchange(
      OutgoingRequest request, byte @Nullable [] small, Host host, Timeouts timeouts);
}
