package dev.varve.face.gateway.aggregate;

import dev.varve.lane.access.Caller;
import dev.varve.net.http.Request;
import java.util.Optional;

/// Where the answer to a part comes from.
sealed interface Source permits OwnRead, ServiceRead {
  /// What is to be done for one request. Called on the thread of the request; what it gives is done on another.
  ///
  /// @param target path and query
  /// @param moment what the parts of Varve's own are asked for in `asOf`; nothing for the state as it is
  /// @throws Problem when it is clear already that it cannot be done
  Fetch fetch(
      String target, Optional<String> moment, Request request, Caller caller, Budget budget);

  /// Waits for the answer.
  @FunctionalInterface
  interface Fetch {
    /// @throws Problem with what went wrong
    Fetched get();
  }
}
