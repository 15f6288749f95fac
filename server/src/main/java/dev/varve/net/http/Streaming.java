package dev.varve.net.http;

import java.util.List;

/// The body of an answer that goes on until one of both ends has enough of it.
///
/// It is sent from the thread of its request, but outside of the bound on requests that are handled at a time:
/// whoever makes one keeps a bound of its own. It may wait between two pieces as long as it likes; each piece has to
/// be taken within `http.sendTimeoutSeconds`.
public interface Streaming extends AutoCloseable {
  /// Sends all of it. When this returns, the body is complete; what it throws breaks the connection off.
  void send(Outlet outlet) throws InterruptedException;

  /// Fields that stand behind the body, known when [#send] has returned, if not before; sent to those who take them.
  default List<HeaderLine> trailers() {
    return List.of();
  }

  /// The server stops: [#send] is to return soon. Called from another thread, perhaps before `send`.
  void stop();

  /// Called once, whether it was sent or not.
  @Override
  void close();
}
