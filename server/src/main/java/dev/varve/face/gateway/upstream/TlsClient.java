package dev.varve.face.gateway.upstream;

import java.io.IOException;
import java.net.Socket;

/// How connections to a service are encrypted.
@FunctionalInterface
interface TlsClient {
  /// Not at all.
  TlsClient NONE = (socket, _, _, _) -> socket;

  /// @param socket that is connected
  /// @param millis how long the handshake may take
  Socket over(Socket socket, String host, int port, int millis) throws IOException;
}
