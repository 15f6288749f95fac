package dev.varve.face.events;

import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.live.Feed;
import dev.varve.lane.live.FeedReader;
import dev.varve.lane.live.FrameBatch;
import dev.varve.lane.live.LiveSettings;
import dev.varve.lane.live.Subscription;
import dev.varve.net.http.Outlet;
import dev.varve.net.http.Request;
import dev.varve.net.http.Streaming;

/// A subscription as server-sent events.
final class EventStream implements Streaming {
  // soon enough to go unnoticed, and not at once: after a restart all come back together
  private static final int RETRY_MILLIS = 2_000;

  private final Request request;
  private final Subscription subscription;
  private final LiveSettings settings;

  EventStream(Request request, Subscription subscription, LiveSettings settings) {
    this.request = request;
    this.subscription = subscription;
    this.settings = settings;
  }

  @Override
  public void send(Outlet outlet) throws InterruptedException {
    outlet.send(ServerSentEvent.start(subscription.place(), RETRY_MILLIS));
    Problem ending = new FeedReader(subscription, settings, new Listener(outlet)).readToEnd();
    outlet.send(ServerSentEvent.end(subscription.place(), ending));
  }

  private final class Listener implements FeedReader.Listener {
    private final Outlet outlet;

    Listener(Outlet outlet) {
      this.outlet = outlet;
    }

    @Override
    public void changes(FrameBatch batch) {
      outlet.send(batch.bytes());
    }

    @Override
    public void heartbeat() {
      outlet.send(ServerSentEvent.heartbeat(subscription.place()));
    }

    @Override
    public Caller callerNow() {
      return request.callerNow();
    }
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
