package dev.varve.face.gateway.upstream;

import dev.varve.kernel.Pauses;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Looks at all connections to services again and again, and closes those that are waited for too long.
public final class Watch implements AutoCloseable {
  // no timeout has to be more exact than this
  private static final Duration PERIOD = Duration.ofMillis(50);

  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final Pauses pauses = new Pauses();

  public Watch() {
    Thread.ofVirtual().name("gateway-watch").start(this::look);
  }

  void add(Connection connection) {
    open.add(connection);
    // in this order: one that is made while all are closed is seen by one of both
    if (pauses.isClosed()) {
      connection.close();
    }
  }

  void remove(Connection connection) {
    open.remove(connection);
  }

  /// How many connections there are.
  public int connections() {
    return open.size();
  }

  private void look() {
    while (pauses.pause(PERIOD)) {
      long now = System.nanoTime();
      open.forEach(connection -> connection.closeWhenPast(now));
    }
  }

  /// Closes all of them, and those that are yet to come.
  @Override
  public void close() {
    pauses.close();
    open.forEach(Connection::close);
  }
}
