package dev.varve.face.gateway;

import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.face.gateway.upstream.UpstreamFailure;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;

/// What a caller is told when a service fails: its name and what it did, and nothing of where it is.
final class Failures {
  private Failures() {}

  static Problem told(Upstream upstream, UpstreamFailure failure) {
    ErrorCode code =
        switch (failure.kind()) {
          case UNREACHABLE, BROKEN, MALFORMED -> ErrorCode.UPSTREAM_FAILED;
          case BUSY, OPEN -> ErrorCode.UPSTREAM_UNAVAILABLE;
          case OVER_SHARE -> ErrorCode.TOO_MANY_REQUESTS;
          case TIMEOUT -> ErrorCode.UPSTREAM_TIMEOUT;
        };
    String text = "The service '%s' %s".formatted(upstream.name(), failure.text());
    return failure.retryAfterSeconds() > 0
        ? Problem.unavailable(code, text, failure.retryAfterSeconds())
        : new Problem(code, text);
  }
}
