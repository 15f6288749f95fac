package dev.varve.face.gateway.cache;

import dev.varve.face.gateway.cache.CacheMeasures.Result;
import dev.varve.face.gateway.cache.CacheStatus.Forward;
import dev.varve.face.gateway.upstream.UpstreamFailure;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Streaming;
import dev.varve.telemetry.Metrics;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The answers of services that are kept in memory, and how a request gets one: as it is, or from the service, alone or together
/// with all that are equal.
public final class AnswerCache {
  private static final Logger LOG = LoggerFactory.getLogger(AnswerCache.class);
  private static final long MEBIBYTE = 1024 * 1024;
  // at a time; what is not refreshed now is when it is asked for again
  private static final int REFRESHES_MAX = 64;
  // bodies that are being read may take as much besides, of what is kept
  private static final int COLLECTED_PARTS = 4;

  private final int mebibytesMax;
  private final AnswerStore store;
  private final Flights flights = new Flights();
  private final Semaphore refreshes = new Semaphore(REFRESHES_MAX);
  private final CacheMeasures measures;
  private final Fetching.Tools tools;
  private final Clock clock;

  /// @param mebibytesMax for the answers of all routes
  /// @param clock by which they age
  public AnswerCache(int mebibytesMax, Clock clock, Metrics metrics) {
    long bytesMax = mebibytesMax * MEBIBYTE;
    this.mebibytesMax = mebibytesMax;
    this.clock = clock;
    this.store = new AnswerStore(bytesMax, clock);
    this.measures = new CacheMeasures(metrics, store, flights);
    this.tools =
        new Fetching.Tools(
            store,
            new Collecting(store.answerBytesMax(), bytesMax / COLLECTED_PARTS),
            measures,
            clock);
  }

  /// How much of the heap it may take.
  public int mebibytesMax() {
    return mebibytesMax;
  }

  /// Answers a request of somebody who may send it.
  ///
  /// @throws Problem when the service fails, and nothing may be given in place of its answer
  public Answer answer(CachedRequest request, Origin origin) {
    try {
      return answered(request, origin);
    } catch (Problem failure) {
      measures.count(origin, Result.FAILED);
      throw failure;
    }
  }

  private Answer answered(CachedRequest request, Origin origin) {
    if (!request.isForCaches()) {
      return passed(origin, Forward.REQUEST);
    }
    Instant now = clock.instant();
    Optional<KeptAnswer> found = store.find(request);
    if (found.isPresent()) {
      KeptAnswer answer = found.get();
      if (request.takes(answer.freshness(), now)) {
        measures.count(origin, Result.HIT);
        return KeptReply.of(answer, request, now, CacheStatus.hit(answer, now));
      }
      if (!request.isParticular() && answer.freshness().isGivenWhileRevalidated(now)) {
        measures.count(origin, Result.STALE);
        refresh(request, origin, answer);
        return KeptReply.of(answer, request, now, CacheStatus.hit(answer, now));
      }
    }
    if (request.wantsKeptAlone()) {
      throw new Problem(
          ErrorCode.UPSTREAM_TIMEOUT,
          "Nothing is kept of what is asked for. Leave out Cache-Control: only-if-cached to have it fetched");
    }
    Forward why = why(found, now);
    return request.isForAllOfIt() ? fetched(request, origin, found, why) : passed(origin, why);
  }

  private static Forward why(Optional<KeptAnswer> found, Instant now) {
    if (found.isEmpty()) {
      return Forward.MISS;
    }
    return found.get().freshness().isFresh(now) ? Forward.REQUEST : Forward.STALE;
  }

  private Answer passed(Origin origin, Forward why) {
    try {
      Answer answer =
          origin.passed(origin.send(origin.whole()), new byte[0], CacheStatus.forwarded(why));
      measures.count(origin, Result.PASSED);
      return answer;
    } catch (UpstreamFailure failure) {
      throw origin.told(failure);
    }
  }

  private Answer fetched(
      CachedRequest request, Origin origin, Optional<KeptAnswer> found, Forward why) {
    FlightKey key = store.flightKey(request);
    if (request.isParticular() || store.isApart(key)) {
      return alone(request, origin, found, why, key);
    }
    return switch (flights.enter(key)) {
      case Flights.Place.Leading(Flight flight) -> led(request, origin, found, why, key, flight);
      case Flights.Place.Waiting(Flight flight) -> waited(request, origin, found, why, key, flight);
      case Flights.Place.Full() ->
          throw Problem.unavailable(
              ErrorCode.UPSTREAM_UNAVAILABLE,
              "Too many requests wait for the service '%s'".formatted(origin.service()),
              1);
    };
  }

  /// Asks for whoever sends it, and nobody else.
  private Answer alone(
      CachedRequest request,
      Origin origin,
      Optional<KeptAnswer> found,
      Forward why,
      FlightKey key) {
    return new Fetching(tools, request, origin, found, why, landing -> remember(key, landing))
        .fetch(request::whenClientGoes);
  }

  /// Asks for all who join. Its own client may go: the answer is theirs, too.
  private Answer led(
      CachedRequest request,
      Origin origin,
      Optional<KeptAnswer> found,
      Forward why,
      FlightKey key,
      Flight flight) {
    try {
      return new Fetching(
              tools,
              request,
              origin,
              found,
              why,
              landing -> {
                remember(key, landing);
                flights.land(key, flight, landing);
              })
          .fetch(abandon ->
              request.whenClientGoes(() -> {
                if (flight.isGivenUp()) {
                  abandon.run();
                }
              }));
    } finally {
      // whatever happened, nobody waits for ever
      flights.land(key, flight, new Landing.Apart());
    }
  }

  /// What is not shared is not waited for next time.
  private void remember(FlightKey key, Landing landing) {
    switch (landing) {
      case Landing.Apart() -> store.apart(key);
      case Landing.Shared _ -> store.together(key);
      case Landing.Failed _ -> {}
    }
  }

  private Answer waited(
      CachedRequest request,
      Origin origin,
      Optional<KeptAnswer> found,
      Forward why,
      FlightKey key,
      Flight flight) {
    Landing landing;
    try {
      landing = flight.await(request, origin);
    } finally {
      flights.left(flight);
    }
    return switch (landing) {
      case Landing.Shared(KeptAnswer answer) when answer.fits(request) -> {
        measures.count(origin, Result.COALESCED);
        yield KeptReply.of(answer, request, clock.instant(), CacheStatus.collapsed());
      }
      case Landing.Shared _, Landing.Apart _ -> alone(request, origin, found, why, key);
      case Landing.Failed(Problem problem) -> throw problem;
    };
  }

  /// Asks for another in place of one that is given meanwhile.
  private void refresh(CachedRequest request, Origin origin, KeptAnswer old) {
    FlightKey key = store.flightKey(request);
    Flight flight = new Flight();
    if (!refreshes.tryAcquire()) {
      return;
    }
    if (!flights.begin(key, flight)) {
      refreshes.release();
      return;
    }
    Thread.ofVirtual()
        .name("gateway-refresh")
        .start(() -> {
          try {
            Fetching fetching =
                new Fetching(
                    tools,
                    request,
                    origin,
                    Optional.of(old),
                    Forward.STALE,
                    landing -> flights.land(key, flight, landing));
            discard(fetching.fetch(_ -> {}));
          } catch (Problem failure) {
            LOG.debug("{} is not refreshed: {}", origin.service(), failure.text());
          } catch (RuntimeException bug) {
            LOG.error("An answer of {} cannot be refreshed", origin.service(), bug);
          } finally {
            flights.land(key, flight, new Landing.Apart());
            refreshes.release();
          }
        });
  }

  private static void discard(Answer answer) {
    Streaming streaming = answer.streaming();
    if (streaming != null) {
      streaming.close();
    }
  }

  /// Forgets what is kept of a resource that a request has changed.
  public void invalidate(ResourceKey key) {
    store.invalidate(key);
  }
}
