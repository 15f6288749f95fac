package dev.varve.face.events;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.live.Feed;
import dev.varve.lane.live.FrameBatch;
import dev.varve.lane.live.LiveSettings;
import dev.varve.lane.live.Subscription;
import dev.varve.net.http.Outlet;
import dev.varve.net.http.Request;
import dev.varve.net.http.Streaming;
import dev.varve.store.sql.StorageException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A subscription as server-sent events.
final class EventStream implements Streaming {
  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  // soon enough to go unnoticed, and not at once: after a restart all come back together
  private static final int RETRY_MILLIS = 2_000;

  private final Request request;
  private final Subscription subscription;
  private final long heartbeatNanos;

  EventStream(Request request, Subscription subscription, LiveSettings settings) {
    this.request = request;
    this.subscription = subscription;
    this.heartbeatNanos = TimeUnit.SECONDS.toNanos(settings.heartbeatSeconds());
  }

  @Override
  public void send(Outlet outlet) throws InterruptedException {
    outlet.send(ServerSentEvent.start(subscription.place(), RETRY_MILLIS));
    Optional<Problem> ending = Optional.empty();
    while (ending.isEmpty()) {
      ending = sendUntilHeartbeat(outlet);
    }
    outlet.send(ServerSentEvent.end(subscription.place(), ending.get()));
  }

  /// What comes until the rights have to be looked at again; why the stream ends, if it does.
  private Optional<Problem> sendUntilHeartbeat(Outlet outlet) throws InterruptedException {
    long end = System.nanoTime() + heartbeatNanos;
    boolean silent = true;
    try {
      while (subscription.ending().isEmpty() && !subscription.callerChanged()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          break;
        }
        FrameBatch batch = subscription.next(left);
        if (!batch.frames().isEmpty()) {
          silent = false;
          outlet.send(batch.bytes());
        }
      }
      if (subscription.ending().isPresent()) {
        return subscription.ending();
      }
      subscription.renew(request::callerNow);
    } catch (Problem problem) {
      return Optional.of(problem);
    } catch (StorageException e) {
      LOG.warn("A stream of changes ends: the storage cannot be read", e);
      return Optional.of(
          new Problem(
              ErrorCode.STORAGE_UNAVAILABLE, "The storage cannot be read now: connect again"));
    }
    if (silent) {
      outlet.send(ServerSentEvent.heartbeat(subscription.place()));
    }
    return Optional.empty();
  }

  @Override
  public void stop() {
    subscription.end(Feed.stopping());
  }

  @Override
  public void close() {
    subscription.close();
  }
}
