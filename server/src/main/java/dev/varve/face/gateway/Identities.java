package dev.varve.face.gateway;

import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.Request;
import java.util.List;

/// How services are told who sends a request.
interface Identities {
  /// Nobody is told.
  Identities NONE = (_, _, _, _, _) -> List.of();

  /// The headers for one request to a service.
  ///
  /// @param target path and query as the service gets them
  List<HeaderLine> headers(
      Upstream upstream, String method, String target, Request request, Caller caller);
}
