package dev.varve.face.graphql;

import dev.varve.face.graphql.document.RequestRefused;
import dev.varve.face.graphql.operation.ChangeView;
import dev.varve.face.graphql.operation.Response;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.live.Feed;
import dev.varve.lane.live.Frame;
import dev.varve.lane.live.LiveSettings;
import dev.varve.lane.live.Subscription;
import dev.varve.net.http.Request;
import dev.varve.store.sql.StorageException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A subscription on its way: each change is a result, until somebody has enough of it or the caller may not know of
/// changes any longer.
final class SubscriptionStream implements OperationStarter.Running {
  private static final Logger LOG = LoggerFactory.getLogger(SubscriptionStream.class);

  private final Subscription subscription;
  private final ChangeView view;
  private final Supplier<Caller> callerNow;
  private final OperationStarter.Results results;
  private final Request request;
  private final long heartbeatNanos;
  private Caller caller;

  /// @param caller as whom the subscription was made
  /// @param callerNow looks up who that is by now
  SubscriptionStream(
      Subscription subscription,
      ChangeView view,
      Caller caller,
      Supplier<Caller> callerNow,
      OperationStarter.Results results,
      Request request,
      LiveSettings settings) {
    this.subscription = subscription;
    this.view = view;
    this.caller = caller;
    this.callerNow = callerNow;
    this.results = results;
    this.request = request;
    this.heartbeatNanos = TimeUnit.SECONDS.toNanos(settings.heartbeatSeconds());
  }

  @Override
  public void run() throws InterruptedException {
    try {
      while (subscription.ending().isEmpty()) {
        tellUntilHeartbeat();
      }
      end(subscription.ending().get());
    } catch (Problem problem) {
      end(problem);
    } catch (StorageException e) {
      LOG.warn("A subscription ends: the storage cannot be read", e);
      end(
          new Problem(
              ErrorCode.STORAGE_UNAVAILABLE, "The storage cannot be read now: connect again"));
    }
  }

  private void end(Problem problem) {
    results.errors(RequestRefused.of(problem).json(request.id()));
  }

  /// Tells what comes until the rights have to be looked at again.
  private void tellUntilHeartbeat() throws InterruptedException {
    long end = System.nanoTime() + heartbeatNanos;
    boolean silent = true;
    while (!isInterrupted() && end - System.nanoTime() > 0) {
      List<Frame> frames = subscription.next(end - System.nanoTime()).frames();
      silent &= frames.isEmpty();
      for (Frame frame : frames) {
        results.inTurn(() -> tell(frame));
      }
    }
    if (subscription.ending().isEmpty()) {
      renew();
    }
    if (silent) {
      results.heartbeat();
    }
  }

  private void tell(Frame frame) {
    results.next(request.counted(() -> result(frame)));
  }

  private byte[] result(Frame frame) {
    Response response = view.response(caller, frame.notice());
    return Json.bytes(json -> response.write(json, request.id()));
  }

  private boolean isInterrupted() {
    return subscription.ending().isPresent() || subscription.callerChanged();
  }

  private void renew() {
    subscription.renew(() -> {
      caller = callerNow.get();
      view.require(caller);
      return caller;
    });
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
