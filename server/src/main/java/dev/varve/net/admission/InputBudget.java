package dev.varve.net.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// What the input of one connection may cost the others.
///
/// A virtual thread leaves its core when it waits for something, and never otherwise. The reader of a connection on
/// which there is always more input does not wait, so a few clients that send without a pause would keep all cores,
/// though each of their frames is small and valid. Therefore a reader, wherever it loops over input,
///
/// 1. makes way for the others after [#TURN_NANOS] ([#turn]);
/// 2. counts small pieces, which are no work that anybody asked for: control frames, frames and chunks of a few bytes
///    ([#spend]). When there are too many it slows down to [#PIECES_PER_SECOND];
/// 3. gives up when the client has not become calm within [#PATIENCE_NANOS]: the connection is closed with HTTP/2's
///    ENHANCE_YOUR_CALM (RFC 9113, section 7), WebSocket's 1008 (RFC 6455, section 7.4.1) or status 429.
///
/// Requests, and what a client is sent, earn it more pieces ([#earn]): whoever downloads has to say that it goes on.
///
/// One thread spends; any thread may earn.
public final class InputBudget {
  /// Pieces that a connection may send at once.
  static final int PIECES_FREE = 1_000;

  /// Pieces that it may go on sending for ever. A piece takes about 10 microseconds, most of it for an answer to a ping.
  public static final int PIECES_PER_SECOND = 100;

  /// Pieces for each request: a client says that it has taken the answer, and that it needs no more.
  public static final int REQUEST_PIECES = 10;

  /// Bytes of an answer that earn one piece; no known client tells more often that its window has grown.
  public static final int SENT_BYTES_PER_PIECE = 1_024;

  /// Shorter frames and chunks are small pieces; those that carry as much earn one.
  public static final int SMALL_BYTES = 64;

  // short enough that a request gets its turn in time among a hundred readers; the switch itself
  // takes a hundredth of it
  private static final long TURN_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
  // reading what is there already takes a tenth of it
  private static final long WAIT_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
  private static final long PAUSE_MILLIS = 100;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
  // as long as it takes to earn all free pieces by waiting
  private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(PIECES_FREE / PIECES_PER_SECOND);
  private static final long NANOS_PER_PIECE = TimeUnit.SECONDS.toNanos(1) / PIECES_PER_SECOND;

  private final AtomicLong pieces = new AtomicLong(PIECES_FREE);
  private long turnAtNanos = System.nanoTime();
  private long filledAtNanos = turnAtNanos;
  private long slowedAtNanos = turnAtNanos;
  private long slowedNanos;

  /// Lets others go first when this thread has had its turn.
  ///
  /// A thread that yields goes to the end of its core's own queue, and a core looks at no other queue before its own is
  /// empty: two that yield to each other would keep it from all who wait for input, and from new connections. One that
  /// parks comes back like those.
  public void turn() {
    if (System.nanoTime() - turnAtNanos > TURN_NANOS) {
      LockSupport.parkNanos(1);
      turnAtNanos = System.nanoTime();
    }
  }

  /// This thread may have waited for bytes since a moment; if so, others have had their turn.
  public void waitedSince(long nanos) {
    long now = System.nanoTime();
    if (now - nanos > WAIT_NANOS) {
      turnAtNanos = now;
    }
  }

  /// Counts a frame or a chunk of so many bytes.
  ///
  /// @return whether the connection may go on
  public boolean count(int bytes) {
    if (bytes < SMALL_BYTES) {
      return spend();
    }
    earn(1);
    turn();
    return true;
  }

  /// Counts a small piece; when there were too many, returns later.
  ///
  /// @return whether the connection may go on
  public boolean spend() {
    turn();
    return pieces.decrementAndGet() >= 0 || slowDown();
  }

  /// Adds pieces, up to as many as are free at the beginning.
  public void earn(long more) {
    if (more > 0) {
      pieces.getAndUpdate(left -> Math.min(PIECES_FREE, left + more));
    }
  }

  private boolean slowDown() {
    if (System.nanoTime() - slowedAtNanos > CALM_NANOS) {
      slowedNanos = 0;
    }
    fill();
    while (pieces.get() < 0 && slowedNanos <= PATIENCE_NANOS) {
      pause();
      fill();
    }
    return slowedNanos <= PATIENCE_NANOS;
  }

  private void fill() {
    long earned = (System.nanoTime() - filledAtNanos) / NANOS_PER_PIECE;
    filledAtNanos += earned * NANOS_PER_PIECE;
    earn(earned);
  }

  private void pause() {
    long start = System.nanoTime();
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      // the server stops: whoever reads next finds out
      Thread.currentThread().interrupt();
      slowedNanos = Long.MAX_VALUE / 2;
    }
    slowedAtNanos = System.nanoTime();
    slowedNanos += slowedAtNanos - start;
  }
}
