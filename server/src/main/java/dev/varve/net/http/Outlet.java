package dev.varve.net.http;

/// Where the pieces of a [Streaming] body go.
@FunctionalInterface
public interface Outlet {
  /// Sends a piece, and returns when the client, or the system on its behalf, has taken it.
  ///
  /// @throws ClientGone when the client has gone, or did not take it in time; let it through
  void send(byte[] bytes);
}
