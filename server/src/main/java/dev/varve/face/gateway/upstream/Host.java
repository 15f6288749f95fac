package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.discovery.HostPlace;
import dev.varve.face.gateway.resilience.HostCondition;
import dev.varve.face.gateway.upstream.UpstreamFailure.Kind;
import dev.varve.net.admission.NetworkShares;
import dev.varve.net.admission.RequestLimit;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One host of a service, and the connections to it: those that rest, the one that was used last on top.
/// Whether it is asked at the moment its [HostCondition] says.
public final class Host {
  private static final Logger LOG = LoggerFactory.getLogger(Host.class);

  /// Shorter than any server in use keeps a silent connection (Node: 5 s), so that none is closed under a request.
  static final Duration REST = Duration.ofSeconds(4);

  // what came later has been seen by now: only the very last moment is left, for which requests are
  // repeated
  private static final Duration LOOKED_AT_AFTER = Duration.ofMillis(200);
  private static final String ALPN_HTTP2 = "h2";
  private static final String ALPN_HTTP1 = "http/1.1";

  private final HostPlace place;
  private final TlsClient tls;
  private final Protocol protocol;
  private final Timeouts timeouts;
  private final boolean linkLocal;
  private final Watch watch;
  private final HostCondition condition;
  private final ConcurrentLinkedDeque<Resting> resting = new ConcurrentLinkedDeque<>();
  private final Http2Lines http2;
  // one at a time makes a connection on which there is room for others
  private final Semaphore connecting = new Semaphore(1);
  private final RequestLimit limit;
  private final NetworkShares shares;
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile boolean speaksHttp2;
  private volatile boolean retired;

  private record Resting(Connection connection, long sinceNanos) {}

  /// @param networkSharePercent how many of its places one network may take
  Host(
      HostPlace place,
      ServiceSettings settings,
      TlsClient tls,
      Watch watch,
      HostCondition condition,
      int networkSharePercent) {
    this.place = place;
    this.tls = place.secure() ? tls : TlsClient.NONE;
    this.protocol = settings.protocol();
    // over TLS the first connection tells; until then others wait for it
    this.speaksHttp2 = protocol == Protocol.HTTP2 || (protocol == Protocol.AUTO && place.secure());
    this.timeouts = settings.timeouts();
    this.http2 = new Http2Lines(timeouts);
    this.linkLocal = settings.linkLocal();
    this.watch = watch;
    this.condition = condition;
    // whoever waits has a connection to this server, and those are bounded
    this.limit =
        new RequestLimit(
            settings.connectionsMax(), Integer.MAX_VALUE, timeouts.connect().toMillis());
    this.shares = NetworkShares.ofPlaces(networkSharePercent, settings.connectionsMax());
  }

  public String url() {
    return place.url();
  }

  public HostPlace place() {
    return place;
  }

  /// `http` or `https`.
  String scheme() {
    return place.scheme();
  }

  /// The value of `Host` for it.
  String authority() {
    return place.authority();
  }

  /// How many requests it has now.
  public int underWay() {
    return underWay.get();
  }

  /// Whether it may be given requests at the moment.
  public boolean isAvailable() {
    return condition.isAvailable();
  }

  /// What is known of it.
  public HostCondition condition() {
    return condition;
  }

  /// A place for one request, until it is closed.
  final class Place implements AutoCloseable {
    private final NetworkShares.Share share;
    private final RequestLimit.Place place;

    private Place(NetworkShares.Share share, RequestLimit.Place place) {
      this.share = share;
      this.place = place;
    }

    @Override
    public void close() {
      underWay.decrementAndGet();
      place.close();
      share.close();
    }
  }

  /// Takes a place for one request.
  ///
  /// @param network that it comes from
  /// @throws UpstreamFailure BUSY when there is none in time, OVER_SHARE when those of its network have taken its share
  Place enter(String network) throws UpstreamFailure {
    underWay.incrementAndGet();
    NetworkShares.Share share = shares.open(network);
    RequestLimit.Turn turn = limit.enter(share);
    if (turn instanceof RequestLimit.Place place) {
      return new Place(share, place);
    }
    share.close();
    underWay.decrementAndGet();
    throw turn == RequestLimit.Refused.BY_ITS_NETWORK
        ? UpstreamFailure.overShare()
        : new UpstreamFailure(
            Kind.BUSY,
            true,
            "has as many requests as it is given at a time, and none ended in time");
  }

  /// A connection for a request: one that rests, or a new one.
  Line line(OutgoingRequest request) throws UpstreamFailure {
    if (speaksHttp2 && !request.becomesWebSocket()) {
      Optional<Http2Line> known = http2.take();
      if (known.isPresent()) {
        return known.get();
      }
    }
    Resting known = resting.pollFirst();
    while (known != null) {
      if (known.connection().wake()) {
        boolean old = System.nanoTime() - known.sinceNanos() > LOOKED_AT_AFTER.toNanos();
        if (old ? known.connection().isQuiet() : !known.connection().hasStray()) {
          return known.connection();
        }
        known.connection().close();
      }
      known = resting.pollFirst();
    }
    return newLine(request);
  }

  /// A new connection for a request.
  Line newLine(OutgoingRequest request) throws UpstreamFailure {
    if (request.becomesWebSocket()) {
      return connect(Protocol.HTTP1);
    }
    return speaksHttp2 ? sharedLine() : line(connect(protocol));
  }

  /// Of many requests at once one makes a connection, and others find room on it.
  private Line sharedLine() throws UpstreamFailure {
    if (!entered(timeouts.connect())) {
      throw unreachable(new SocketTimeoutException());
    }
    try {
      Optional<Http2Line> known = http2.take();
      if (known.isPresent()) {
        return known.get();
      }
      if (speaksHttp2) {
        return line(connect(protocol));
      }
    } finally {
      connecting.release();
    }
    // it was found meanwhile that it speaks HTTP/1.1: each has a connection of its own
    return line(connect(protocol));
  }

  private boolean entered(Duration within) {
    try {
      return connecting.tryAcquire(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Line line(Connection connection) throws UpstreamFailure {
    speaksHttp2 = connection.isHttp2();
    return connection.isHttp2() ? http2.begin(connection, timeouts.connect()) : connection;
  }

  /// Puts a connection aside whose answer was complete.
  void rest(Connection connection) {
    if (connection.rest(REST)) {
      resting.addFirst(new Resting(connection, System.nanoTime()));
      forgetClosed();
    }
    // in this order: a connection that came to rest while the host retired is seen by one of both
    if (retired) {
      closeResting();
    }
  }

  /// From now on no connection rests.
  void retire() {
    retired = true;
    closeResting();
    http2.retire();
  }

  private void closeResting() {
    Resting known = resting.pollFirst();
    while (known != null) {
      // one that somebody takes up just now is closed when it comes back
      if (known.connection().wake()) {
        known.connection().close();
      }
      known = resting.pollFirst();
    }
  }

  /// Those at the bottom have been closed when nobody needed them.
  private void forgetClosed() {
    Resting oldest = resting.peekLast();
    while (oldest != null && oldest.connection().isClosed()) {
      resting.removeLastOccurrence(oldest);
      oldest = resting.peekLast();
    }
  }

  /// What goes wrong with a connection to it, on which nothing is sent; nothing when it takes one.
  public Optional<String> trouble() {
    try (Connection _ = connect(protocol)) {
      return Optional.empty();
    } catch (UpstreamFailure failure) {
      return Optional.of(failure.text());
    }
  }

  private Connection connect(Protocol spoken) throws UpstreamFailure {
    List<InetAddress> addresses = Destination.of(place, linkLocal);
    long endNanos = System.nanoTime() + timeouts.connect().toNanos();
    IOException last = new SocketTimeoutException();
    for (InetAddress address : addresses) {
      int left = (int) TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
      if (left <= 0) {
        break;
      }
      try {
        return connect(address, spoken, left);
      } catch (IOException e) {
        last = e;
      }
    }
    throw unreachable(last);
  }

  /// Without addresses, which are no business of callers.
  private UpstreamFailure unreachable(IOException e) {
    LOG.debug("{} cannot be reached", place.url(), e);
    return switch (e) {
      case SocketTimeoutException _ ->
          new UpstreamFailure(
              Kind.TIMEOUT,
              true,
              "did not take a connection within " + Timeouts.text(timeouts.connect()));
      case SSLException _ ->
          new UpstreamFailure(
              Kind.UNREACHABLE, true, "has no certificate that is good here, or speaks no TLS");
      case ProtocolException _ ->
          new UpstreamFailure(Kind.UNREACHABLE, true, "does not agree to speak HTTP/2");
      case ConnectException _ ->
          new UpstreamFailure(Kind.UNREACHABLE, true, "takes no connections");
      default -> new UpstreamFailure(Kind.UNREACHABLE, true, "cannot be reached");
    };
  }

  private Connection connect(InetAddress address, Protocol spoken, int millis) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(address, place.port()), millis);
      Socket over = tls.over(socket, place.name(), place.port(), offered(spoken), millis);
      return new Connection(socket, over, isHttp2(over, spoken), watch);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static String[] offered(Protocol spoken) {
    return switch (spoken) {
      case AUTO -> new String[] {ALPN_HTTP2, ALPN_HTTP1};
      case HTTP1 -> new String[] {ALPN_HTTP1};
      case HTTP2 -> new String[] {ALPN_HTTP2};
    };
  }

  /// What the handshake has agreed on; without TLS, what is known before.
  private static boolean isHttp2(Socket over, Protocol spoken) throws IOException {
    if (!(over instanceof SSLSocket secure)) {
      return spoken == Protocol.HTTP2;
    }
    boolean agreed = secure.getApplicationProtocol().equals(ALPN_HTTP2);
    if (spoken == Protocol.HTTP2 && !agreed) {
      throw new ProtocolException("no HTTP/2");
    }
    return agreed;
  }
}
