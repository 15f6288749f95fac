package dev.varve.face.graphql;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.live.Feed;
import dev.varve.lane.live.FeedPosition;
import dev.varve.lane.live.Frame;
import dev.varve.lane.live.Interest;
import dev.varve.lane.live.Subscription;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Operations whose query is the name of a model, and whose results are the ids of its records as they change:
/// `{"data": {"changed": "n1"}}`.
public final class FeedOperations implements OperationStarter {
  private final Schema schema;
  private final Feed feed;

  public FeedOperations(Schema schema, Feed feed) {
    this.schema = schema;
    this.feed = feed;
  }

  @Override
  public Running start(
      Supplier<Caller> caller, Map<String, @Nullable Object> request, Results results) {
    Model model =
        schema
            .model(String.valueOf(request.get("query")))
            .orElseThrow(() -> new Problem(ErrorCode.VALIDATION_ERROR, "There is no such model"));
    Interest interest = new Interest(List.of(model), true, Optional.empty());
    Subscription subscription =
        feed.subscribe(caller.get(), "test", interest, FeedPosition.behind(feed.head()));
    return new Listening(caller, subscription, results);
  }

  private record Listening(Supplier<Caller> caller, Subscription subscription, Results results)
      implements Running {
    @Override
    public void run() throws InterruptedException {
      while (subscription.ending().isEmpty()) {
        List<Frame> frames = subscription.next(TimeUnit.MILLISECONDS.toNanos(200)).frames();
        for (Frame frame : frames) {
          results.next(
              Json.bytes(json ->
                  Json.write(json, Map.of("data", Map.of("changed", frame.notice().id())))));
        }
        if (frames.isEmpty()) {
          subscription.renew(caller);
          results.heartbeat();
        }
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
}
