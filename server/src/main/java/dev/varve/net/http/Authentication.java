package dev.varve.net.http;

import dev.varve.lane.access.Caller;
import java.util.Optional;

/// Tells who sent a request, from its header `Authorization` and what has to come with it.
@FunctionalInterface
public interface Authentication {
  /// Takes nobody for more than anonymous.
  Authentication NONE = _ -> Caller.ANONYMOUS;

  /// Asked anew of who is known: what came with the request is not looked at once more.
  ///
  /// @param authorization the value of the header; empty when none came
  /// @throws dev.varve.kernel.Problem UNAUTHENTICATED or TOKEN_EXPIRED when credentials came that are not good
  Caller caller(String authorization);

  /// The same of a request that is looked at for the first time, for one that also looks at the request.
  default Caller caller(String authorization, Request request) {
    return caller(authorization);
  }

  /// Whether credentials say that they are of this server, good or not: those of others are for whoever is behind it.
  default boolean isOwn(String authorization) {
    return false;
  }

  /// Where the metadata is of the resource that a request is for (RFC 9728); nothing when no application could get a token for it.
  default Optional<String> metadata(Request request) {
    return Optional.empty();
  }

  /// The same, asked anew for a request that was admitted: a guess is no other guess then.
  default Caller callerNow(String authorization, Request request) {
    return caller(authorization);
  }
}
