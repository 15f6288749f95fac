package dev.varve.net.admission;

import dev.varve.kernel.Allowance;
import dev.varve.kernel.Pauses;
import io.helidon.webserver.ConnectionContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Closes connections whose client sends or takes its bytes too slowly. The listener itself bounds only the
/// wait for the first line of a request.
///
/// What waits to be taken is held in memory. When that becomes too much, all clients together, those that have not taken
/// theirs for longest are closed before their time.
public final class Deadlines implements AutoCloseable {
  // deadlines are whole seconds, so this is exact enough
  private static final Duration PERIOD = Duration.ofMillis(250);

  // nobody who reads is closed for the sake of others: a network needs a moment
  private static final long GRACE_MILLIS = 250;
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);
  // what is on its way is held as values, as JSON, as a message, and by the listener
  private static final int COPIES = 4;

  private final Map<Object, Deadline> open = new ConcurrentHashMap<>();
  private final long receiveNanos;
  private final long sendNanos;
  private final Allowance.Pool memory;
  private final AtomicLong untakenBytes = new AtomicLong();
  private final Pauses pauses = new Pauses();

  /// @param memory of which answers that wait to be taken may fill a half
  public Deadlines(Duration receive, Duration send, Allowance.Pool memory) {
    this.memory = memory;
    this.receiveNanos = receive.toNanos();
    this.sendNanos = send.toNanos();
    Thread.ofVirtual().name("http-deadlines").start(this::watch);
  }

  /// The deadline of one request. It is set from the thread of the request and read by the watcher.
  public final class Deadline {
    private static final long NEVER = Long.MAX_VALUE;

    private final Object key;
    private final ConnectionContext connection;
    private final long receiveAtNanos;
    private volatile long atNanos;
    // of a body that is passed on while it comes, which may go on while the answer is sent
    private volatile long pieceAtNanos = NEVER;
    // what waits to be taken; many threads may wait for their turn on one WebSocket
    private final AtomicLong untaken = new AtomicLong();
    private volatile long untakenSinceNanos;

    private Deadline(Object key, ConnectionContext connection) {
      this.key = key;
      this.connection = connection;
      this.receiveAtNanos = System.nanoTime() + receiveNanos;
      this.atNanos = receiveAtNanos;
    }

    /// The request is here; how long its handler takes is not the client's doing.
    public void received() {
      atNanos = NEVER;
    }

    /// The rest of the request is awaited, within the time it has had from its start.
    public void receiving() {
      atNanos = receiveAtNanos;
    }

    /// A piece of a body that is passed on is awaited for so long, whatever happens to the answer meanwhile.
    public void receivingPiece(long nanos) {
      atNanos = atNanos == receiveAtNanos ? NEVER : atNanos;
      pieceAtNanos = System.nanoTime() + nanos;
    }

    /// It is here.
    public void receivedPiece() {
      pieceAtNanos = NEVER;
    }

    /// How long a request may take to arrive.
    public long receiveNanos() {
      return receiveNanos;
    }

    public void sending() {
      atNanos = System.nanoTime() + sendNanos;
    }

    /// The client has taken all there was; how long it takes until there is more is not its doing.
    public void waiting() {
      atNanos = NEVER;
    }

    /// So many bytes wait to be taken from now on.
    public void untaken(int length) {
      long bytes = (long) length * COPIES;
      if (untaken.getAndAdd(bytes) == 0) {
        untakenSinceNanos = System.nanoTime();
      }
      memory.add(bytes);
      if (untakenBytes.addAndGet(bytes) > untakenBytesMax()) {
        closeSlowest();
      }
    }

    /// They have been taken, or never will be.
    public void taken(int length) {
      long bytes = (long) length * COPIES;
      untaken.addAndGet(-bytes);
      untakenBytes.addAndGet(-bytes);
      memory.remove(bytes);
      untakenSinceNanos = System.nanoTime();
    }

    public void done() {
      open.remove(key, this);
    }

    private void closeWhenPast(long nowNanos) {
      long at = atNanos;
      long pieceAt = pieceAtNanos;
      boolean past =
          (at != NEVER && nowNanos - at > 0) || (pieceAt != NEVER && nowNanos - pieceAt > 0);
      if (!connection.serverSocket().isConnected()) {
        done();
      } else if (past) {
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
  public void started(ConnectionContext connection) {
    open.put(connection, new Deadline(connection, connection));
  }

  /// The deadline of the HTTP/1.1 request that is on this connection now.
  public Deadline ofConnection(ConnectionContext connection) {
    Deadline known = open.get(connection);
    return known == null ? add(connection, connection) : known;
  }

  /// The deadline of an HTTP/2 stream, of which a connection has many at a time.
  public Deadline ofStream(ConnectionContext connection) {
    // the request that asked for the upgrade from HTTP/1.1 has become a stream
    open.remove(connection);
    return add(new Object(), connection);
  }

  private Deadline add(Object key, ConnectionContext connection) {
    Deadline deadline = new Deadline(key, connection);
    open.put(key, deadline);
    return deadline;
  }

  /// Closes those that have taken nothing for longest, until the rest is not too much.
  private void closeSlowest() {
    long now = System.nanoTime();
    long excess = untakenBytes.get() - untakenBytesMax();
    List<Deadline> slow = new ArrayList<>();
    for (Deadline deadline : open.values()) {
      if (deadline.untaken.get() > 0 && now - deadline.untakenSinceNanos > GRACE_NANOS) {
        slow.add(deadline);
      }
    }
    slow.sort(Comparator.comparingLong(deadline -> deadline.untakenSinceNanos - now));
    for (Deadline deadline : slow) {
      if (excess <= 0) {
        return;
      }
      excess -= deadline.untaken.get();
      deadline.done();
      deadline.closeQuietly();
    }
  }

  private long untakenBytesMax() {
    return memory.bytesMax() / 2;
  }

  private void watch() {
    do {
      long now = System.nanoTime();
      open.values().forEach(deadline -> deadline.closeWhenPast(now));
      if (untakenBytes.get() > untakenBytesMax()) {
        closeSlowest();
      }
    } while (pauses.pause(PERIOD));
  }

  @Override
  public void close() {
    pauses.close();
  }
}
