package dev.varve.net.edge;

import io.helidon.http.HttpPrologue;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import org.jspecify.annotations.Nullable;

/// The change of a connection from HTTP/1.1 to HTTP/2 that its client asks for with `Upgrade: h2c` (RFC 7540, section
/// 3.2): from then on its frames are counted.
record UpgradeToHttp2(Http1Upgrader http2) implements Http1Upgrader {
  @Override
  public String supportedProtocol() {
    return http2.supportedProtocol();
  }

  /// @return null when the request is to be answered by HTTP/1.1
  @Override
  public @Nullable ServerConnection upgrade(
      ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
    MeteredConnection connection = (MeteredConnection) context;
    if (connection.isSecure() || connection.dataReader().available() > 0) {
      // over TLS the handshake agrees on it (RFC 9113, section 3.2); and a client sends no frames
      // before it has heard that the server agrees: these would not be counted
      return null;
    }
    ServerConnection upgraded = http2.upgrade(context, prologue, headers);
    connection.becomesHttp2();
    return upgraded;
  }
}
