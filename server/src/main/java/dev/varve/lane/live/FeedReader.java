package dev.varve.lane.live;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.store.sql.StorageException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a subscription to its end, on the thread that calls. As often as a sign of life is due, and at once when the
/// account of its caller has changed, it looks up who that is by now.
public final class FeedReader {
  private static final Logger LOG = LoggerFactory.getLogger(FeedReader.class);

  private final Subscription subscription;
  private final Listener listener;
  private final long heartbeatNanos;

  /// Where a face tells what was read. A [Problem] thrown here ends the reading.
  public interface Listener {
    /// @param batch of one frame at least
    void changes(FrameBatch batch);

    /// Nothing happened for as long as [LiveSettings#heartbeatSeconds].
    void heartbeat();

    /// Who the caller is by now.
    ///
    /// @throws Problem when nobody is any longer, or may not read what was asked for
    Caller callerNow();
  }

  public FeedReader(Subscription subscription, LiveSettings settings, Listener listener) {
    this.subscription = subscription;
    this.listener = listener;
    this.heartbeatNanos = TimeUnit.SECONDS.toNanos(settings.heartbeatSeconds());
  }

  /// @return why it has ended
  public Problem readToEnd() throws InterruptedException {
    try {
      while (true) {
        boolean silent = readUntilHeartbeat();
        if (subscription.ending().isPresent()) {
          return subscription.ending().get();
        }
        subscription.renew(listener::callerNow);
        if (silent) {
          listener.heartbeat();
        }
      }
    } catch (Problem problem) {
      return problem;
    } catch (StorageException e) {
      LOG.warn("A stream of changes ends: the storage cannot be read", e);
      return new Problem(
          ErrorCode.STORAGE_UNAVAILABLE, "The storage cannot be read now: connect again");
    }
  }

  /// @return whether nothing came
  private boolean readUntilHeartbeat() throws InterruptedException {
    long end = System.nanoTime() + heartbeatNanos;
    boolean silent = true;
    for (long left = heartbeatNanos; left > 0 && goesOn(); left = end - System.nanoTime()) {
      FrameBatch batch = subscription.next(left);
      if (!batch.frames().isEmpty()) {
        silent = false;
        listener.changes(batch);
      }
    }
    return silent;
  }

  private boolean goesOn() {
    return subscription.ending().isEmpty() && !subscription.callerChanged();
  }
}
