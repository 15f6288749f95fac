package dev.varve.face.gateway.cache;

import dev.varve.kernel.DurationText;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.ClientGone;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One request to a service that many wait for.
final class Flight {
  // most are over before it makes sense to look after a client
  private static final long SOON_MILLIS = 500;

  private final CompletableFuture<Landing> landing = new CompletableFuture<>();
  private int waiting;
  private boolean closed;

  /// One more waits.
  ///
  /// @return false when that makes no sense any more
  synchronized boolean join() {
    if (closed) {
      return false;
    }
    waiting++;
    return true;
  }

  synchronized void leave() {
    waiting--;
  }

  /// Ends it when nobody waits: its own client has gone.
  ///
  /// @return false when others do, for whom it goes on
  synchronized boolean isGivenUp() {
    closed = waiting == 0;
    return closed;
  }

  void land(Landing with) {
    landing.complete(with);
  }

  /// Waits for its end.
  ///
  /// @throws ClientGone when the client of whoever waits goes
  /// @throws Problem UPSTREAM_TIMEOUT when it takes too long
  Landing await(CachedRequest request, Origin origin) {
    CompletableFuture<Landing> mine = landing.copy();
    long left = Math.max(1, origin.longest().minusMillis(SOON_MILLIS).toMillis());
    try {
      try {
        return mine.get(SOON_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException _) {
        request.whenClientGoes(() ->
            mine.completeExceptionally(new ClientGone("The client went while it waited", null)));
        return mine.get(left, TimeUnit.MILLISECONDS);
      }
    } catch (TimeoutException _) {
      throw late(origin);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ClientGone gone ? gone : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientGone("The server stops", e);
    }
  }

  private static Problem late(Origin origin) {
    return new Problem(
        ErrorCode.UPSTREAM_TIMEOUT,
        "The service '%s' did not answer an equal request within %s"
            .formatted(origin.service(), DurationText.of(origin.longest())));
  }
}
