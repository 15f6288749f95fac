package dev.varve.face.gateway.cache;

import dev.varve.face.gateway.cache.CacheMeasures.Result;
import dev.varve.face.gateway.cache.CacheStatus.Forward;
import dev.varve.face.gateway.upstream.UpstreamAnswer;
import dev.varve.face.gateway.upstream.UpstreamFailure;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.HeaderLine;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// One request to a service whose answer may be kept. The order of its methods is the order of its stages.
///
/// ```
/// asked, with the tag of what is kept -> 304: that is good again
///                                     -> a failure: that once more, if it may be given then
///                                     -> an answer to keep, read and kept
///                                     -> any other, passed on as it comes
/// ```
final class Fetching {
  private static final int NOT_MODIFIED = 304;
  private static final int FAILURES_START = 500;
  // RFC 5861, section 4
  private static final Set<Integer> ERRORS = Set.of(500, 502, 503, 504);
  private static final byte[] NOTHING = {};
  // so long others wait before they ask a service again that says it is busy
  private static final long RETRY_SECONDS = 1;

  private final AnswerStore store;
  private final Collecting collecting;
  private final CacheMeasures measures;
  private final Clock clock;
  private final CachedRequest request;
  private final Origin origin;
  private final Optional<KeptAnswer> stale;
  private final Forward why;
  private final Consumer<Landing> landing;

  /// What all of them use.
  record Tools(AnswerStore store, Collecting collecting, CacheMeasures measures, Clock clock) {}

  /// @param stale what is kept, and not good enough
  /// @param landing tells those who wait as soon as it is known
  Fetching(
      Tools tools,
      CachedRequest request,
      Origin origin,
      Optional<KeptAnswer> stale,
      Forward why,
      Consumer<Landing> landing) {
    this.store = tools.store();
    this.collecting = tools.collecting();
    this.measures = tools.measures();
    this.clock = tools.clock();
    this.request = request;
    this.origin = origin;
    this.stale = stale;
    this.why = why;
    this.landing = landing;
  }

  /// @param client watches for the end of the client
  /// @throws Problem when the service fails
  Answer fetch(Consumer<Runnable> client) {
    try (AnswerStore.Fetch fetch = store.fetch(request.key())) {
      Instant asked = clock.instant();
      List<HeaderLine> conditions = stale.map(KeptAnswer::conditions).orElse(List.of());
      UpstreamAnswer answer = origin.send(request.outgoing(conditions, client));
      return answered(fetch, answer, asked, clock.instant());
    } catch (UpstreamFailure failure) {
      Optional<KeptAnswer> instead = instead();
      if (instead.isPresent()) {
        return given(instead.get(), 0);
      }
      Problem problem = origin.told(failure);
      landing.accept(new Landing.Failed(problem));
      throw problem;
    }
  }

  private Answer answered(
      AnswerStore.Fetch fetch, UpstreamAnswer answer, Instant asked, Instant came)
      throws UpstreamFailure {
    boolean handedOn = false;
    try {
      if (answer.status() == NOT_MODIFIED && stale.isPresent()) {
        return confirmed(fetch, stale.get(), answer.headers(), asked, came);
      }
      if (answer.status() >= FAILURES_START) {
        Optional<KeptAnswer> instead =
            ERRORS.contains(answer.status()) ? instead() : Optional.empty();
        if (instead.isPresent()) {
          return given(instead.get(), answer.status());
        }
        landing.accept(new Landing.Failed(failed(answer.status())));
      } else {
        Optional<KeptAnswer> kept = kept(answer.status(), answer.headers(), asked, came);
        if (kept.isPresent()) {
          handedOn = true;
          return collected(fetch, kept.get(), answer);
        }
        stale.ifPresent(old -> store.remove(request.key(), old));
      }
      handedOn = true;
      return passed(answer, NOTHING);
    } finally {
      if (!handedOn) {
        answer.close();
      }
    }
  }

  /// What is kept, when it may be given although the service fails.
  private Optional<KeptAnswer> instead() {
    Instant now = clock.instant();
    return stale.filter(old -> !request.isParticular() && old.freshness().isGivenOnError(now));
  }

  private Answer given(KeptAnswer old, int status) {
    measures.count(origin, Result.STALE);
    landing.accept(new Landing.Shared(old));
    return KeptReply.of(old, request, clock.instant(), CacheStatus.failed(status));
  }

  private Problem failed(int status) {
    String text =
        "The service '%s' answered %d to an equal request".formatted(origin.service(), status);
    return switch (status) {
      case 503 -> Problem.unavailable(ErrorCode.UPSTREAM_UNAVAILABLE, text, RETRY_SECONDS);
      case 504 -> new Problem(ErrorCode.UPSTREAM_TIMEOUT, text);
      default -> new Problem(ErrorCode.UPSTREAM_FAILED, text);
    };
  }

  /// What is kept is good again, with the headers that came now (RFC 9111, section 4.3.4).
  private Answer confirmed(
      AnswerStore.Fetch fetch, KeptAnswer old, List<HeaderLine> news, Instant asked, Instant came) {
    measures.count(origin, Result.CONFIRMED);
    List<HeaderLine> headers = old.headersWith(news);
    Optional<KeptAnswer> again = kept(old.status(), headers, asked, came);
    if (again.isEmpty()) {
      // good for this time, and then no more
      store.remove(request.key(), old);
      return KeptReply.of(old, request, came, CacheStatus.forwarded(why));
    }
    KeptAnswer answer = withBody(again.get(), old.body());
    fetch.keep(answer);
    landing.accept(new Landing.Shared(answer));
    return KeptReply.of(answer, request, came, CacheStatus.confirmed(why));
  }

  /// The answer without its body, if it is to be kept.
  private Optional<KeptAnswer> kept(
      int status, List<HeaderLine> headers, Instant asked, Instant came) {
    Freshness freshness = Freshness.of(status, headers, request.settings(), asked, came);
    return Keeping.whose(request, status, headers)
        .map(whose ->
            new KeptAnswer(
                request.route(),
                whose,
                request.apart(),
                Keeping.varied(request, headers),
                status,
                headers,
                origin.shown(headers),
                NOTHING,
                freshness))
        .filter(answer -> freshness.isEverGiven() || !answer.conditions().isEmpty());
  }

  private static KeptAnswer withBody(KeptAnswer answer, byte[] body) {
    return new KeptAnswer(
        answer.route(),
        answer.whose(),
        answer.apart(),
        answer.varied(),
        answer.status(),
        answer.headers(),
        answer.shown(),
        body,
        answer.freshness());
  }

  private Answer collected(AnswerStore.Fetch fetch, KeptAnswer head, UpstreamAnswer answer)
      throws UpstreamFailure {
    boolean handedOn = false;
    try {
      Collecting.Collected body = collecting.collect(answer);
      if (!body.whole()) {
        handedOn = true;
        return passed(answer, body.bytes());
      }
      measures.count(origin, Result.MISS);
      KeptAnswer kept = withBody(head, body.bytes());
      fetch.keep(kept);
      landing.accept(new Landing.Shared(kept));
      return KeptReply.of(kept, request, clock.instant(), CacheStatus.stored(why));
    } finally {
      if (!handedOn) {
        answer.close();
      }
    }
  }

  private Answer passed(UpstreamAnswer answer, byte[] begun) throws UpstreamFailure {
    landing.accept(new Landing.Apart());
    Answer passed = origin.passed(answer, begun, CacheStatus.forwarded(why));
    measures.count(origin, Result.MISS);
    return passed;
  }
}
