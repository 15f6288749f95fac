package dev.varve.net.edge;

import dev.varve.kernel.Network;
import dev.varve.net.admission.NetworkShares;
import dev.varve.net.proxy.Peers;
import dev.varve.net.tls.SecureChannel;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives a new connection to HTTP/1.1 or to HTTP/2, by what the handshake of TLS agreed on, or by its first three bytes.
///
/// Helidon's own choice waits for 24 bytes, without an end and out of sight of the idle timeout: a client that
/// sends nothing would hold its connection for ever. Here whoever has said nothing that chooses, such as a proxy that
/// does not begin with the PROXY protocol, is idle from the start.
final class ProtocolChoice implements ServerConnectionSelector {
  private static final Logger LOG = LoggerFactory.getLogger(ProtocolChoice.class);
  // an HTTP/2 connection starts with "PRI * HTTP/2.0" (RFC 9113, section 3.4), and no method starts
  // like it
  private static final byte[] HTTP2 = "PRI".getBytes(StandardCharsets.US_ASCII);

  private final ServerConnectionSelector http1;
  private final ServerConnectionSelector http2;
  private final OpenStreams streams;
  private final Peers peers;
  private final NetworkShares shares;
  private final Encryption encryption;
  private final AtomicInteger open;

  /// @param open counts connections
  ProtocolChoice(
      ServerConnectionSelector http1,
      ServerConnectionSelector http2,
      OpenStreams streams,
      Encryption encryption,
      AtomicInteger open,
      Peers peers,
      NetworkShares shares) {
    this.http1 = http1;
    this.http2 = http2;
    this.streams = streams;
    this.encryption = encryption;
    this.open = open;
    this.peers = peers;
    this.shares = shares;
  }

  @Override
  public int bytesToIdentifyConnection() {
    return 0;
  }

  @Override
  public Support supports(BufferData data) {
    return Support.SUPPORTED;
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return Set.of();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    return new Connection(context);
  }

  /// What is spoken on a connection, once its first bytes have told.
  private record Chosen(MeteredConnection context, ServerConnection connection) {}

  private final class Connection implements ServerConnection, InterruptableTask<Void> {
    private final ConnectionContext raw;
    private final long startedAtNanos = System.nanoTime();
    private volatile @Nullable Chosen chosen;

    private Connection(ConnectionContext raw) {
      this.raw = raw;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
      open.incrementAndGet();
      try {
        String peer = peers.of(raw);
        serve(new MeteredConnection(raw, peer, shares.open(Network.of(peer))), limit);
      } finally {
        open.decrementAndGet();
      }
    }

    private void serve(MeteredConnection context, Limit limit) throws InterruptedException {
      try (NetworkShares.Share share = context.share()) {
        // connections of a proxy are those of many callers
        if (peers.isProxy(context.peer())) {
          converse(context, limit);
        } else if (share.connect()) {
          try {
            converse(context, limit);
          } finally {
            share.disconnect();
          }
        } else {
          throw new CloseConnectionException("too many connections of one network");
        }
      }
    }

    private void converse(MeteredConnection context, Limit limit) throws InterruptedException {
      if (!encryption.begin(context)) {
        return;
      }
      try {
        ServerConnection connection = begin(context);
        chosen = new Chosen(context, connection);
        connection.handle(limit);
        if (context.isExhausted()) {
          context.linger();
        }
      } finally {
        context.end();
      }
    }

    private ServerConnection begin(MeteredConnection context) {
      boolean looksLikeHttp2 = isHttp2(context);
      boolean agreed =
          switch (context.applicationProtocol()) {
            case SecureChannel.HTTP2 -> true;
            case SecureChannel.HTTP1 -> false;
            default -> looksLikeHttp2;
          };
      if (!agreed) {
        return http1.connection(context);
      }
      context.becomesHttp2();
      return http2.connection(context);
    }

    private boolean isHttp2(MeteredConnection context) {
      DataReader reader = context.uncounted();
      try {
        reader.ensureAvailable();
        if (reader.lookup() != HTTP2[0]) {
          return false;
        }
        // waits for the other two bytes and leaves all three where they are
        reader.getBuffer(HTTP2.length);
        return reader.startsWith(HTTP2);
      } catch (DataReader.InsufficientDataAvailableException e) {
        throw new CloseConnectionException("closed before its first bytes", e);
      }
    }

    @Override
    public Duration idleTime() {
      Chosen known = chosen;
      if (known == null) {
        return Duration.ofNanos(System.nanoTime() - startedAtNanos);
      }
      return streams.on(known.context()) ? Duration.ZERO : known.connection().idleTime();
    }

    @Override
    public void close(boolean interrupt) {
      Chosen known = chosen;
      if (known == null) {
        closeSocket();
      } else {
        known.connection().close(interrupt);
      }
    }

    private void closeSocket() {
      try {
        raw.serverSocket().close();
      } catch (UncheckedIOException e) {
        // closed by both ends at once; it must not keep the server from closing the other
        // connections
        LOG.debug("Closing a connection that had said nothing failed", e);
      }
    }

    @Override
    public boolean canInterrupt() {
      Chosen known = chosen;
      return known == null
          || (known.connection() instanceof InterruptableTask<?> task && task.canInterrupt());
    }
  }
}
