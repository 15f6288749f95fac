package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.resilience.HostCondition;
import dev.varve.face.gateway.upstream.UpstreamFailure.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
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
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  private final String url;
  private final String name;
  private final int port;
  private final String authority;
  private final TlsClient tls;
  private final Timeouts timeouts;
  private final boolean linkLocal;
  private final Watch watch;
  private final HostCondition condition;
  private final ConcurrentLinkedDeque<Resting> resting = new ConcurrentLinkedDeque<>();
  private final Semaphore places;
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile boolean retired;

  private record Resting(Connection connection, long sinceNanos) {}

  Host(String url, ServiceSettings settings, TlsClient tls, Watch watch, HostCondition condition) {
    URI uri = URI.create(url);
    boolean secure = uri.getScheme().equals("https");
    this.url = url;
    this.name = uri.getHost();
    this.port = uri.getPort() < 0 ? (secure ? HTTPS_PORT : HTTP_PORT) : uri.getPort();
    this.authority = uri.getAuthority();
    this.tls = secure ? tls : TlsClient.NONE;
    this.timeouts = settings.timeouts();
    this.linkLocal = settings.linkLocal();
    this.watch = watch;
    this.condition = condition;
    this.places = new Semaphore(settings.connectionsMax());
  }

  public String url() {
    return url;
  }

  /// The value of `Host` for it.
  String authority() {
    return authority;
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

  /// Takes a place for one request, which is given back with [#leave].
  ///
  /// @throws UpstreamFailure BUSY when there is none in time
  void enter() throws UpstreamFailure {
    underWay.incrementAndGet();
    try {
      if (places.tryAcquire()
          || places.tryAcquire(timeouts.connect().toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    underWay.decrementAndGet();
    throw new UpstreamFailure(
        Kind.BUSY, true, "has as many requests as it is given at a time, and none ended in time");
  }

  void leave() {
    underWay.decrementAndGet();
    places.release();
  }

  /// A connection for a request: one that rests, or a new one.
  Line line() throws UpstreamFailure {
    Resting known = resting.pollFirst();
    while (known != null) {
      if (known.connection().wake()) {
        boolean old = System.nanoTime() - known.sinceNanos() > LOOKED_AT_AFTER.toNanos();
        if (!old || known.connection().isQuiet()) {
          return known.connection();
        }
        known.connection().close();
      }
      known = resting.pollFirst();
    }
    return newLine();
  }

  /// A new connection for a request.
  Line newLine() throws UpstreamFailure {
    return connect();
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
    try (Connection _ = connect()) {
      return Optional.empty();
    } catch (UpstreamFailure failure) {
      return Optional.of(failure.text());
    }
  }

  private Connection connect() throws UpstreamFailure {
    List<InetAddress> addresses = Destination.of(name, linkLocal);
    long endNanos = System.nanoTime() + timeouts.connect().toNanos();
    IOException last = new SocketTimeoutException();
    for (InetAddress address : addresses) {
      int left = (int) TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
      if (left <= 0) {
        break;
      }
      try {
        return connect(address, left);
      } catch (IOException e) {
        last = e;
      }
    }
    throw unreachable(last);
  }

  /// Without addresses, which are no business of callers.
  private UpstreamFailure unreachable(IOException e) {
    LOG.debug("{} cannot be reached", url, e);
    return switch (e) {
      case SocketTimeoutException _ ->
          new UpstreamFailure(
              Kind.TIMEOUT,
              true,
              "did not take a connection within " + Timeouts.text(timeouts.connect()));
      case SSLException _ ->
          new UpstreamFailure(
              Kind.UNREACHABLE, true, "has no certificate that is good here, or speaks no TLS");
      case ConnectException _ ->
          new UpstreamFailure(Kind.UNREACHABLE, true, "takes no connections");
      default -> new UpstreamFailure(Kind.UNREACHABLE, true, "cannot be reached");
    };
  }

  private Connection connect(InetAddress address, int millis) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(address, port), millis);
      return new Connection(socket, tls.over(socket, name, port, millis), watch);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }
}
