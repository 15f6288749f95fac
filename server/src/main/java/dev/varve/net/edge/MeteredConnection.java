package dev.varve.net.edge;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.admission.Http2FrameMeter;
import dev.varve.net.admission.InputBudget;
import dev.varve.net.admission.NetworkShares;
import dev.varve.net.admission.StreamThreads;
import dev.varve.net.http.ShownCertificate;
import dev.varve.net.tls.SecureChannel;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.http2.Http2ErrorCode;
import io.helidon.http.http2.Http2Exception;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/// A connection as Helidon's protocols see it: all that they read is counted first, whatever the protocol, and they have
/// a bounded number of threads.
final class MeteredConnection implements ConnectionContext {
  private final ConnectionContext connection;
  private final String peer;
  private final NetworkShares.Share share;
  private final InputBudget budget = new InputBudget();
  private final DataReader reader = DataReader.create(this::pull);
  private final ExecutorService streamThreads;
  private DataReader source;
  private DataWriter sink;
  private @Nullable SecureChannel secure;
  private Optional<ShownCertificate> shown = Optional.empty();
  private String client = "";
  private @Nullable Http2FrameMeter http2;
  private boolean exhausted;
  private long pullable = Long.MAX_VALUE;

  /// @param peer the address that the connection comes from, as a trusted proxy may have told it
  /// @param share of its network
  MeteredConnection(ConnectionContext connection, String peer, NetworkShares.Share share) {
    this.connection = connection;
    this.peer = peer;
    this.share = share;
    this.streamThreads = new StreamThreads(connection.executor());
    this.source = connection.dataReader();
    this.sink = connection.dataWriter();
  }

  /// From here on what is read and written is what TLS carries.
  ///
  /// @param certificate that the client showed
  void becomesSecure(SecureChannel channel, Optional<ShownCertificate> certificate) {
    secure = channel;
    shown = certificate;
    client =
        certificate
            .filter(ShownCertificate::vouched)
            .map(known -> known.certificate().getSubjectX500Principal().getName())
            .orElse("");
    source = DataReader.create(channel::read);
    sink = channel;
  }

  /// What the handshake agreed on; empty without one.
  String applicationProtocol() {
    SecureChannel channel = secure;
    return channel == null ? "" : channel.protocol();
  }

  /// Tells the client that nothing more will come.
  void end() {
    SecureChannel channel = secure;
    if (channel != null) {
      channel.end();
    }
  }

  /// The certificate that the client showed on this connection.
  Optional<ShownCertificate> certificate() {
    return shown;
  }

  /// Whom that names (RFC 2253), such as `CN=till-7,O=Shop`; empty when it showed none, or nobody vouches for what it says.
  String client() {
    return client;
  }

  String peer() {
    return peer;
  }

  NetworkShares.Share share() {
    return share;
  }

  InputBudget budget() {
    return budget;
  }

  /// The bytes as they come, for a look at them before anything is read from [#dataReader].
  DataReader uncounted() {
    return source;
  }

  /// From here on the bytes are HTTP/2: the preface, of which nothing has been read yet, and then frames.
  void becomesHttp2() {
    http2 = new Http2FrameMeter(budget);
  }

  /// Until [#pullFreely] no more than this is read: whoever asks for something whole does not know how much it is.
  void pullAtMost(long bytes) {
    pullable = bytes;
  }

  void pullFreely() {
    pullable = Long.MAX_VALUE;
  }

  /// Whether the client was told to calm down.
  boolean isExhausted() {
    return exhausted;
  }

  /// The next bytes; none at the end.
  private byte @Nullable [] pull() {
    budget.turn();
    Http2FrameMeter frames = http2;
    if (frames == null) {
      return bounded(read());
    }
    try {
      return frames.next(this::read);
    } catch (Http2Exception e) {
      exhausted = e.code() == Http2ErrorCode.ENHANCE_YOUR_CALM;
      throw e;
    }
  }

  private byte @Nullable [] bounded(byte @Nullable [] bytes) {
    if (bytes != null && pullable != Long.MAX_VALUE) {
      pullable -= bytes.length;
      if (pullable < 0) {
        throw new Problem(
            ErrorCode.TOO_LARGE, "A chunk of the body is too large. Send smaller ones");
      }
    }
    return bytes;
  }

  private byte @Nullable [] read() {
    long start = System.nanoTime();
    try {
      BufferData bytes = source.readBuffer();
      budget.waitedSince(start);
      return bytes.readBytes();
    } catch (DataReader.InsufficientDataAvailableException e) {
      return null;
    }
  }

  /// Takes what the client still sends, so that it sees why it was closed, where a plain close would reset the
  /// connection under it.
  void linger() {
    int left = RequestBody.LINGER_BYTES_MAX;
    while (left > 0) {
      byte[] bytes = read();
      if (bytes == null) {
        return;
      }
      left -= bytes.length;
      budget.turn();
    }
  }

  @Override
  public DataReader dataReader() {
    return reader;
  }

  @Override
  public ExecutorService executor() {
    return streamThreads;
  }

  @Override
  public ListenerContext listenerContext() {
    return connection.listenerContext();
  }

  @Override
  public DataWriter dataWriter() {
    return sink;
  }

  @Override
  public Router router() {
    return connection.router();
  }

  /// None: it has been read into [#peer], and Helidon would write it into the headers of requests besides.
  @Override
  public Optional<ProxyProtocolData> proxyProtocolData() {
    return Optional.empty();
  }

  @Override
  public HelidonSocket serverSocket() {
    return connection.serverSocket();
  }

  @Override
  public PeerInfo remotePeer() {
    return connection.remotePeer();
  }

  @Override
  public PeerInfo localPeer() {
    return connection.localPeer();
  }

  @Override
  public boolean isSecure() {
    return secure != null;
  }

  @Override
  public String socketId() {
    return connection.socketId();
  }

  @Override
  public String childSocketId() {
    return connection.childSocketId();
  }
}
