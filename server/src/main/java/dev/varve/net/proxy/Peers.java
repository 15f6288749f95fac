package dev.varve.net.proxy;

import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.ProxyProtocolV2Data;
import java.net.InetAddress;

/// Where connections come from: their other end or, by the PROXY protocol, whom a trusted proxy has a connection from.
///
/// @param proxyProtocol whether every connection begins with it
public record Peers(TrustedProxies proxies, boolean proxyProtocol) {
  /// @throws CloseConnectionException when somebody speaks the PROXY protocol who is not trusted
  public String of(ConnectionContext connection) {
    String peer = connection.remotePeer().host();
    if (!proxyProtocol) {
      return peer;
    }
    if (!proxies.trusts(peer)) {
      throw new CloseConnectionException(
          "the PROXY protocol from " + peer + ", which is not trusted");
    }
    return connection.proxyProtocolData().map(data -> source(data, peer)).orElse(peer);
  }

  /// A proxy that asks for itself, such as for its checks of health, names nobody.
  private static String source(ProxyProtocolData data, String peer) {
    boolean local =
        data instanceof ProxyProtocolV2Data second
            && second.command() == ProxyProtocolV2Data.Command.LOCAL;
    try {
      return local ? peer : InetAddress.ofLiteral(data.sourceAddress()).getHostAddress();
    } catch (IllegalArgumentException _) {
      return peer; // unknown, or a path
    }
  }

  /// Whether a connection is one of many callers' own.
  public boolean isProxy(String peer) {
    return proxies.trusts(peer);
  }
}
