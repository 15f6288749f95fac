package dev.varve.net.admission;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The threads of the streams of one HTTP/2 connection.
///
/// A client that resets a stream makes room for the next one at once, while the thread that answers it has not begun or
/// not ended. Here a stream counts until then, and the reader of the connection waits when there are too many.
public final class StreamThreads extends AbstractExecutorService {
  /// Streams that a client may have open; as many as other servers allow.
  public static final int STREAMS_MAX = 128;

  // as many again may be ending: those that have been reset
  private static final int THREADS_MAX = 2 * STREAMS_MAX;

  private final ExecutorService threads;
  private final Semaphore free = new Semaphore(THREADS_MAX);

  public StreamThreads(ExecutorService threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable stream) {
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RejectedExecutionException("The connection is closing", e);
    }
    try {
      threads.execute(() -> run(stream));
    } catch (RejectedExecutionException e) {
      free.release();
      throw e;
    }
  }

  private void run(Runnable stream) {
    try {
      stream.run();
    } finally {
      free.release();
    }
  }

  @Override
  public void shutdown() {
    throw new UnsupportedOperationException("The threads belong to the listener");
  }

  @Override
  public List<Runnable> shutdownNow() {
    throw new UnsupportedOperationException("The threads belong to the listener");
  }

  @Override
  public boolean isShutdown() {
    return threads.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return threads.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return threads.awaitTermination(timeout, unit);
  }
}
