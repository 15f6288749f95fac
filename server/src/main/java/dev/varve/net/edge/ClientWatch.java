package dev.varve.net.edge;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.CloseConnectionException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Notices that a client goes while it waits for an answer over HTTP/1.1. The only way to notice is to read from its
/// connection, on a thread of its own; what comes instead of the end is the next request, and stays in the reader for it.
/// Such a read cannot be called off: who reads the next request waits for it, as it would have waited for the request.
final class ClientWatch {
  private static final Duration STOP_PERIOD = Duration.ofMillis(200);

  private final MeteredConnection connection;
  private @Nullable Thread reading;
  private Runnable then = () -> {};
  private boolean ended;
  private boolean over;

  ClientWatch(MeteredConnection connection) {
    this.connection = connection;
  }

  /// From now on `gone` is run when the client goes, in place of what was to be done before, unless the exchange is over.
  /// Nothing of the request may be left to read. Any thread may call it.
  synchronized void start(Runnable gone) {
    if (over) {
      return;
    }
    then = gone;
    if (reading == null) {
      reading = Thread.ofVirtual().name("http-client-watch").start(this::read);
    } else if (ended) {
      gone.run();
    }
  }

  private void read() {
    try {
      connection.dataReader().ensureAvailable();
    } catch (DataReader.InsufficientDataAvailableException e) {
      ended();
    } catch (RuntimeException e) {
      // reset, or closed by a deadline
      ended();
    }
  }

  private synchronized void ended() {
    ended = true;
    // the next exchange may have what this one had
    if (!over) {
      then.run();
    }
  }

  /// The connection is read from by somebody else from now on, who goes on with what is in its reader by then; returns when
  /// that may be.
  void handOver() throws InterruptedException {
    Thread thread = over();
    if (thread != null) {
      thread.join();
    }
  }

  /// The exchange is over; returns when the connection may be read from again.
  ///
  /// @param stopping whether nobody will read from it any more
  /// @param idle how long it may be silent until then
  void end(BooleanSupplier stopping, Duration idle) {
    Thread thread = over();
    if (thread == null) {
      return;
    }
    try {
      long endNanos = System.nanoTime() + idle.toNanos();
      while (!thread.join(STOP_PERIOD)) {
        if (stopping.getAsBoolean() || System.nanoTime() - endNanos > 0) {
          throw new CloseConnectionException("idle, or the server stops");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CloseConnectionException("interrupted while waiting for the next request", e);
    }
  }

  private synchronized @Nullable Thread over() {
    over = true;
    return reading;
  }
}
