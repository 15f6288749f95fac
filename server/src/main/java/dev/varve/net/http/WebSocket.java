package dev.varve.net.http;

/// A connection over which both ends send texts (RFC 6455). Any thread may send; a send returns when the client, or the
/// system on its behalf, has taken it, so that a client that does not read holds up whoever sends to it, and nothing
/// else, until `http.sendTimeoutSeconds` are over.
public interface WebSocket {
  /// The close code of an end in good order (RFC 6455, section 7.4.1).
  int NORMAL = 1000;

  /// Sends a text as a message; nothing once the connection is closing.
  ///
  /// @throws ClientGone when the client has gone, or did not take it in time
  void send(byte[] utf8);

  /// Closes the connection: says why, and gives the client a moment to say that it has heard.
  ///
  /// @param code 1000, or from 4000 to 4999 as the protocol on top defines them
  void close(int code, String reason);
}
