package dev.varve.face.gateway.upstream;

import dev.varve.net.certificate.OutgoingTls;
import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// How connections to the hosts of a service are encrypted. Their certificates have to be good for the name in the URL.
@FunctionalInterface
interface TlsClient {
  /// Not at all.
  TlsClient NONE = (socket, _, _, _, _) -> socket;

  /// @param socket that is connected
  /// @param protocols that the other end may choose of, by their names in ALPN (RFC 7301), the one that is liked best first
  /// @param millis how long the handshake may take
  Socket over(Socket socket, String host, int port, String[] protocols, int millis)
      throws IOException;

  /// @throws dev.varve.settings.WrongSetting when its files cannot be used
  static TlsClient of(ServiceSettings settings) {
    if (!settings.maybeSecure()) {
      return NONE;
    }
    ServiceTls tls = settings.tls();
    SSLContext context =
        OutgoingTls.context(
            "gateway.services[%s].tls".formatted(settings.name()),
            tls.ca(),
            tls.certificate(),
            tls.key());
    return (socket, host, port, protocols, millis) ->
        secure(context, socket, host, port, protocols, millis);
  }

  private static Socket secure(
      SSLContext context, Socket socket, String host, int port, String[] protocols, int millis)
      throws IOException {
    SSLSocket secure =
        (SSLSocket) context.getSocketFactory().createSocket(socket, host, port, true);
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(protocols);
    secure.setSSLParameters(parameters);
    socket.setSoTimeout(millis);
    secure.startHandshake();
    socket.setSoTimeout(0);
    return secure;
  }
}
