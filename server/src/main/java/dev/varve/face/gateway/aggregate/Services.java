package dev.varve.face.gateway.aggregate;

import dev.varve.lane.access.Caller;
import dev.varve.net.http.Request;

/// What the gateway makes of a request to a service, be it for a route or for a part.
@FunctionalInterface
public interface Services {
  /// A `GET` that is ready to be sent. Belongs to the thread of the request; what it gives may be sent from another.
  ///
  /// @param service its name
  /// @param target path and query, as the request line has them
  /// @param request that asks for the aggregate
  /// @param caller who sent that
  ServiceCall get(String service, String target, Request request, Caller caller);
}
