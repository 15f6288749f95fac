package dev.varve.kernel;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Waits of what is done again and again. They end when that is closed.
public final class Pauses implements AutoCloseable {
  private final CountDownLatch closed = new CountDownLatch(1);

  /// Whether there is a reason to go on: it is not closed, and nobody has interrupted this thread.
  public boolean goOn() {
    return !isClosed() && !Thread.currentThread().isInterrupted();
  }

  /// Whether it was closed, whoever asks.
  public boolean isClosed() {
    return closed.getCount() == 0;
  }

  /// Waits.
  ///
  /// @return whether there is a reason to go on
  public boolean pause(Duration time) {
    try {
      return !closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }

  /// The same, and waits for the thread that makes them, which is interrupted when it does not end in time.
  public void close(Thread thread, Duration most) {
    close();
    try {
      if (thread.isAlive() && !thread.join(most)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
