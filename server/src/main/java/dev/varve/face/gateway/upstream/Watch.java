package dev.varve.face.gateway.upstream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Looks at all connections to services again and again, and closes those that are waited for too long.
public final class Watch implements AutoCloseable {
  // no timeout has to be more exact than this
  private static final long PERIOD_MILLIS = 50;

  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

  public Watch() {
    Thread.ofVirtual().name("gateway-watch").start(this::look);
  }

  void add(Connection connection) {
    open.add(connection);
  }

  void remove(Connection connection) {
    open.remove(connection);
  }

  /// How many connections there are.
  public int connections() {
    return open.size();
  }

  private void look() {
    try {
      while (!closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
        long now = System.nanoTime();
        open.forEach(connection -> connection.closeWhenPast(now));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Closes all of them.
  @Override
  public void close() {
    closed.countDown();
    open.forEach(Connection::close);
  }
}
