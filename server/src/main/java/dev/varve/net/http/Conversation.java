package dev.varve.net.http;

/// What one end says over a [WebSocket]. The methods are called one after the other, from the thread that reads.
public interface Conversation {
  /// The first call.
  void opened(WebSocket socket);

  /// A message has come. Until this returns no further one is read.
  void heard(String text);

  /// The last call: the connection is gone, or about to go.
  void closed();
}
