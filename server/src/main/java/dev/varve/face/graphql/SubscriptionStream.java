package dev.varve.face.graphql;

import dev.varve.face.graphql.document.RequestRefused;
import dev.varve.face.graphql.operation.ChangeView;
import dev.varve.face.graphql.operation.Response;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.live.Feed;
import dev.varve.lane.live.FeedReader;
import dev.varve.lane.live.Frame;
import dev.varve.lane.live.FrameBatch;
import dev.varve.lane.live.LiveSettings;
import dev.varve.lane.live.Subscription;
import dev.varve.net.http.Request;
import java.util.function.Supplier;

/// A subscription on its way: each change is a result, until somebody has enough of it or the caller may not know of
/// changes any longer.
final class SubscriptionStream implements OperationStarter.Running, FeedReader.Listener {
  private final Subscription subscription;
  private final ChangeView view;
  private final Supplier<Caller> callerNow;
  private final OperationStarter.Results results;
  private final Request request;
  private final LiveSettings settings;
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
    this.settings = settings;
  }

  @Override
  public void run() throws InterruptedException {
    Problem ending = new FeedReader(subscription, settings, this).readToEnd();
    results.errors(RequestRefused.of(ending).json(request.id()));
  }

  @Override
  public void changes(FrameBatch batch) {
    for (Frame frame : batch.frames()) {
      results.inTurn(() -> tell(frame));
    }
  }

  private void tell(Frame frame) {
    results.next(request.counted(() -> result(frame)));
  }

  private byte[] result(Frame frame) {
    Response response = view.response(caller, frame.notice());
    return Json.bytes(json -> response.write(json, request.id()));
  }

  @Override
  public void heartbeat() {
    results.heartbeat();
  }

  @Override
  public Caller callerNow() {
    caller = callerNow.get();
    view.require(caller);
    return caller;
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
