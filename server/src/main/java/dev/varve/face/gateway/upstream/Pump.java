package dev.varve.face.gateway.upstream;

import dev.varve.kernel.Problem;
import dev.varve.net.http.ClientGone;
import dev.varve.net.http.Inlet;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Carries the body of a request from the client to a service, a piece at a time, on a thread of its own: so the service may
/// answer before it has all of it. A service that takes nothing holds up the client, and nobody else.
final class Pump implements Runnable {
  private static final int PIECE_BYTES = 16 * 1024;

  private final Inlet body;
  private final BodySink sink;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean stopped;
  private volatile @Nullable RuntimeException clientFailure;
  private boolean complete;
  private boolean answered;

  Pump(Inlet body, BodySink sink) {
    this.body = body;
    this.sink = sink;
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
      sink.breakOff();
    } catch (RuntimeException bug) {
      clientFailure = bug;
      sink.breakOff();
    } finally {
      ended.countDown();
    }
  }

  private void carry() throws UpstreamFailure {
    byte[] piece = new byte[BodySink.ROOM_BEFORE + PIECE_BYTES + BodySink.ROOM_BEHIND];
    while (!stopped) {
      int length = body.read(piece, BodySink.ROOM_BEFORE, PIECE_BYTES);
      if (length < 0) {
        sink.end();
        sent();
        return;
      }
      sink.send(piece, BodySink.ROOM_BEFORE, length);
    }
  }

  private synchronized void sent() {
    complete = true;
    if (!answered) {
      sink.awaitAnswer();
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
