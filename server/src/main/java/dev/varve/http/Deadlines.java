package dev.varve.http;

import io.helidon.webserver.ConnectionContext;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Closes connections whose client sends or takes its bytes too slowly. The listener itself bounds only the
/// wait for the first line of a request.
final class Deadlines implements AutoCloseable {
  // deadlines are whole seconds, so this is exact enough
  private static final long PERIOD_MILLIS = 250;

  private final Map<Object, Deadline> open = new ConcurrentHashMap<>();
  private final long receiveNanos;
  private final long sendNanos;
  private final CountDownLatch closed = new CountDownLatch(1);

  Deadlines(Duration receive, Duration send) {
    this.receiveNanos = receive.toNanos();
    this.sendNanos = send.toNanos();
    Thread.ofVirtual().name("http-deadlines").start(this::watch);
  }

  /// The deadline of one request. It is set from the thread of the request and read by the watcher.
  final class Deadline {
    private static final long NEVER = Long.MAX_VALUE;

    private final Object key;
    private final ConnectionContext connection;
    private final long receiveAtNanos;
    private volatile long atNanos;

    private Deadline(Object key, ConnectionContext connection) {
      this.key = key;
      this.connection = connection;
      this.receiveAtNanos = System.nanoTime() + receiveNanos;
      this.atNanos = receiveAtNanos;
    }

    /// The request is here; how long its handler takes is not the client's doing.
    void received() {
      atNanos = NEVER;
    }

    /// The rest of the request is awaited, within the time it has had from its start.
    void receiving() {
      atNanos = receiveAtNanos;
    }

    void sending() {
      atNanos = System.nanoTime() + sendNanos;
    }

    /// The client has taken all there was; how long it takes until there is more is not its doing.
    void waiting() {
      atNanos = NEVER;
    }

    void done() {
      open.remove(key, this);
    }

    private void closeWhenPast(long nowNanos) {
      long at = atNanos;
      if (!connection.serverSocket().isConnected()) {
        done();
      } else if (at != NEVER && nowNanos - at > 0) {
        done();
        closeQuietly();
      }
    }

    private void closeQuietly() {
      try {
        connection.serverSocket().close();
      } catch (RuntimeException e) {
        // the client was faster and closed it first: nothing is left to do
      }
    }
  }

  /// The first line of an HTTP/1.1 request has come.
  void started(ConnectionContext connection) {
    open.put(connection, new Deadline(connection, connection));
  }

  /// The deadline of the HTTP/1.1 request that is on this connection now.
  Deadline ofConnection(ConnectionContext connection) {
    Deadline known = open.get(connection);
    return known == null ? add(connection, connection) : known;
  }

  /// The deadline of an HTTP/2 stream, of which a connection has many at a time.
  Deadline ofStream(ConnectionContext connection) {
    // the request that asked for the upgrade from HTTP/1.1 has become a stream
    open.remove(connection);
    return add(new Object(), connection);
  }

  private Deadline add(Object key, ConnectionContext connection) {
    Deadline deadline = new Deadline(key, connection);
    open.put(key, deadline);
    return deadline;
  }

  private void watch() {
    try {
      do {
        long now = System.nanoTime();
        open.values().forEach(deadline -> deadline.closeWhenPast(now));
      } while (!closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
