package dev.varve.lane.live;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The streams of a [Feed] by where they come from: whom each counts for, and how many a network may have, so that one
/// that makes itself many accounts does not take the places of everybody else.
public final class Streams {
  private final Feed feed;
  private final Map<String, Integer> byNetwork = new ConcurrentHashMap<>();

  public Streams(Feed feed) {
    this.feed = feed;
  }

  public LiveSettings settings() {
    return feed.settings();
  }

  /// The end of the log.
  public long head() {
    return feed.head();
  }

  /// Where a reader has come to that comes back, in the log as it is now.
  ///
  /// @throws Problem with POSITION_LOST when the log has lost that place
  public FeedPosition known(FeedPosition place) {
    return feed.known(place);
  }

  /// Opens a stream of changes.
  ///
  /// @param network that the request came from
  /// @param after where the reader has come to; not beyond the end of the log
  /// @throws Problem as [Feed#subscribe] does
  public Subscription open(String network, Caller caller, Interest interest, FeedPosition after) {
    String owner = caller.known() ? caller.actor() : "network:" + network;
    enter(network);
    try {
      Subscription subscription = feed.subscribe(caller, owner, interest, after);
      subscription.afterwards(() -> leave(network));
      return subscription;
    } catch (RuntimeException e) {
      leave(network);
      throw e;
    }
  }

  private void enter(String network) {
    int max = settings().subscribersPerNetworkMax();
    byNetwork.compute(
        network,
        (_, known) -> {
          int open = known == null ? 0 : known;
          if (open >= max) {
            throw new Problem(
                ErrorCode.TOO_MANY_REQUESTS,
                "Your network has %,d streams open, which is all that one may have. Close some, or raise the setting live.subscribersPerNetworkMax"
                    .formatted(max));
          }
          return open + 1;
        });
  }

  private void leave(String network) {
    byNetwork.computeIfPresent(network, (_, open) -> open == 1 ? null : open - 1);
  }
}
