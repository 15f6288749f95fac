package dev.varve.face.gateway.upstream;

import org.jspecify.annotations.Nullable;

/// One request and its answer on one connection, as the protocol that is spoken on it does them. This is the seam between what
/// the gateway knows of services and how HTTP is written.
interface UpstreamExchange {

  /// Sends the request, and returns with the headers of the answer. Nothing of the exchange is left when it fails.
  UpstreamAnswer answer() throws UpstreamFailure;

  /// Whether the connection had been given up by the host before it had the request, so that it makes no difference when that
  /// goes out once more on one that is good now: it is no failure of the host.
  boolean wasStale(UpstreamFailure failure);

  /// Watches for the end of the client, once all of its request has been read: until then whoever reads it notices.
  ///
  /// @param pump reads the body, if somebody does by now
  /// @return whether it is watched for
  static boolean watchClient(OutgoingRequest request, @Nullable Pump pump, Runnable abandonment) {
    boolean isRead = pump == null ? !request.expectsContinue() : pump.isComplete();
    if (isRead) {
      request.client().accept(abandonment);
    }
    return isRead;
  }

  /// A connection that was closed because the client went is not the fault of the service.
  static UpstreamFailure whoFailed(@Nullable Pump pump, UpstreamFailure failure) {
    RuntimeException client = pump == null ? null : pump.clientFailure();
    if (client != null) {
      throw client;
    }
    return failure;
  }
}
