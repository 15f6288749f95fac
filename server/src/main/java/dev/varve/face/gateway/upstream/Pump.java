package dev.varve.face.gateway.upstream;

import dev.varve.kernel.Problem;
import dev.varve.net.http.ClientGone;
import dev.varve.net.http.Inlet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Carries the body of a request from the client to a service, a piece at a time, on a thread of its own: so the service may
/// answer before it has all of it. A service that takes nothing holds up the client, and nobody else.
final class Pump implements Runnable {
  private static final int PIECE_BYTES = 16 * 1024;
  // the length of a chunk in hexadecimal, and the end of its line
  private static final int CHUNK_HEAD_BYTES = 6;
  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Inlet body;
  private final Connection connection;
  private final Timeouts timeouts;
  private final boolean chunked;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean stopped;
  private volatile @Nullable RuntimeException clientFailure;
  private boolean complete;
  private boolean answered;

  Pump(Inlet body, Connection connection, Timeouts timeouts) {
    this.body = body;
    this.connection = connection;
    this.timeouts = timeouts;
    this.chunked = body.length() == Inlet.UNKNOWN;
  }

  void start() {
    Thread.ofVirtual().name("gateway-body").start(this);
  }

  @Override
  public void run() {
    try {
      carry();
    } catch (UpstreamFailure e) {
      // perhaps it has answered already: whoever reads finds out
    } catch (ClientGone | Problem e) {
      clientFailure = e;
      connection.close();
    } catch (RuntimeException bug) {
      clientFailure = bug;
      connection.close();
    } finally {
      connection.written();
      ended.countDown();
    }
  }

  private void carry() throws UpstreamFailure {
    byte[] piece = new byte[CHUNK_HEAD_BYTES + PIECE_BYTES + LINE_END.length];
    while (!stopped) {
      int length = body.read(piece, CHUNK_HEAD_BYTES, PIECE_BYTES);
      if (length < 0) {
        end();
        return;
      }
      send(piece, length);
    }
  }

  private void send(byte[] piece, int length) throws UpstreamFailure {
    connection.writeWithin(timeouts.idle());
    if (chunked) {
      int head = chunkHead(piece, length);
      System.arraycopy(LINE_END, 0, piece, CHUNK_HEAD_BYTES + length, LINE_END.length);
      connection.write(piece, head, CHUNK_HEAD_BYTES - head + length + LINE_END.length);
    } else {
      connection.write(piece, CHUNK_HEAD_BYTES, length);
    }
    connection.written();
  }

  /// Writes it in front of the piece.
  ///
  /// @return where it begins
  private static int chunkHead(byte[] piece, int length) {
    byte[] digits = Integer.toHexString(length).getBytes(StandardCharsets.US_ASCII);
    int start = CHUNK_HEAD_BYTES - LINE_END.length - digits.length;
    System.arraycopy(digits, 0, piece, start, digits.length);
    System.arraycopy(LINE_END, 0, piece, CHUNK_HEAD_BYTES - LINE_END.length, LINE_END.length);
    return start;
  }

  private void end() throws UpstreamFailure {
    if (chunked) {
      connection.writeWithin(timeouts.idle());
      connection.write(LAST_CHUNK, 0, LAST_CHUNK.length);
    }
    sent(timeouts.headers());
  }

  private synchronized void sent(Duration headers) {
    complete = true;
    if (!answered) {
      connection.readWithin(Deadline.HEADERS, headers);
    }
  }

  /// The headers of the answer have come.
  ///
  /// @return whether all of the body had been sent before
  synchronized boolean answered() {
    answered = true;
    return complete;
  }

  synchronized boolean isComplete() {
    return complete;
  }

  /// What went wrong at the side of the client.
  @Nullable RuntimeException clientFailure() {
    return clientFailure;
  }

  /// Ends it, and returns when nothing is read from the client any more: the client sends, or its own deadline ends.
  void stop() {
    stopped = true;
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
