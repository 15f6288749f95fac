package dev.varve.net.proxy;

import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;

/// Where connections come from: their other end or, by the PROXY protocol, whom a trusted proxy has a connection from.
///
/// @param proxyProtocol whether every connection begins with it
public record Peers(TrustedProxies proxies, boolean proxyProtocol) {
  /// Reads the header of the PROXY protocol, where there has to be one. That waits for the proxy.
  ///
  /// @throws CloseConnectionException when there is none, or somebody sends one who is not trusted
  public String of(ConnectionContext connection) {
    String peer = connection.remotePeer().host();
    if (!proxyProtocol) {
      return peer;
    }
    if (!proxies.trusts(peer)) {
      throw new CloseConnectionException(
          "the PROXY protocol from " + peer + ", which is not trusted");
    }
    return ProxyProtocol.client(connection.dataReader()).orElse(peer);
  }

  /// Whether a connection is one of many callers' own.
  public boolean isProxy(String peer) {
    return proxies.trusts(peer);
  }
}
