package dev.varve.net.edge;

import io.helidon.webserver.ConnectionContext;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What goes on without an end, by its connection: streamed bodies and WebSockets.
final class OpenStreams {
  private final Map<ConnectionContext, Set<Runnable>> open = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  /// @param stop ends it soon
  void add(ConnectionContext connection, Runnable stop) {
    open.compute(
        connection,
        (_, known) -> {
          Set<Runnable> streams = known == null ? ConcurrentHashMap.newKeySet() : known;
          streams.add(stop);
          return streams;
        });
    // in this order: whoever comes after the stop has begun is told by one of both
    if (stopping) {
      stop.run();
    }
  }

  void remove(ConnectionContext connection, Runnable stop) {
    open.computeIfPresent(
        connection,
        (_, streams) -> {
          streams.remove(stop);
          return streams.isEmpty() ? null : streams;
        });
  }

  /// Whether the connection is in use, however long nothing has gone over it.
  boolean on(ConnectionContext connection) {
    return open.containsKey(connection);
  }

  /// How many there are.
  int count() {
    return open.values().stream().mapToInt(Set::size).sum();
  }

  /// Ends all of them, and those that are yet to come.
  void stop() {
    stopping = true;
    stopThoseOpen();
  }

  /// Whether all of them end, because the server does.
  boolean areStopping() {
    return stopping;
  }

  /// Ends those that there are: what they were opened with serves no more.
  void stopThoseOpen() {
    open.values().forEach(streams -> streams.forEach(Runnable::run));
  }
}
