package dev.varve.face.gateway.aggregate;

import dev.varve.face.gateway.upstream.UpstreamAnswer;
import dev.varve.face.gateway.upstream.UpstreamFailure;
import dev.varve.kernel.Problem;

/// A request to a service that is ready to be sent.
public interface ServiceCall {
  /// Sends it, and returns with the headers of the answer.
  UpstreamAnswer send() throws UpstreamFailure;

  /// What a caller is told of a failure.
  Problem told(UpstreamFailure failure);
}
