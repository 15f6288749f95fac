package dev.varve.http;

import io.helidon.webserver.ConnectionContext;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The bodies that are being streamed, by their connection.
final class OpenStreams {
  private final Map<ConnectionContext, Set<Streaming>> open = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  void add(ConnectionContext connection, Streaming streaming) {
    open.compute(
        connection,
        (_, known) -> {
          Set<Streaming> streams = known == null ? ConcurrentHashMap.newKeySet() : known;
          streams.add(streaming);
          return streams;
        });
    // in this order: whoever comes after the stop has begun is told by one of both
    if (stopping) {
      streaming.stop();
    }
  }

  void remove(ConnectionContext connection, Streaming streaming) {
    open.computeIfPresent(
        connection,
        (_, streams) -> {
          streams.remove(streaming);
          return streams.isEmpty() ? null : streams;
        });
  }

  /// Whether the connection is in use, however long nothing has gone over it.
  boolean on(ConnectionContext connection) {
    return open.containsKey(connection);
  }

  /// Ends all of them, and those that are yet to come.
  void stop() {
    stopping = true;
    open.values().forEach(streams -> streams.forEach(Streaming::stop));
  }
}
