package dev.varve.identity.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.net.outgoing.CallFailed;
import dev.varve.net.outgoing.OutgoingCalls;
import dev.varve.net.outgoing.OutgoingCalls.Call;
import dev.varve.net.outgoing.OutgoingCalls.Reply;
import dev.varve.net.outgoing.Reach;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What clients say at URLs of theirs, as JSON: read when it is asked for, by one at a time while others wait for the same answer, and
/// kept for as long as its server says, within bounds. While it cannot be read, the last that was good stands in for a while; where there
/// is none, the URL is left in peace for some seconds. What was told is of the internet: why nothing was told is for operators, since
/// whoever names a host must not learn from it what is in this network.
///
/// @param <T> what it means
final class KeptAtUrl<T> {
  /// How long whoever has not answered is not asked again: each time holds a place for seconds.
  static final Duration LEFT_IN_PEACE = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(KeptAtUrl.class);
  private static final int SILENT_MAX = 10_000;
  // of those that this server has for all hosts together
  private static final int AT_A_HOST_MAX = 4;
  private static final String JSON = "application/json";

  private final String what;
  private final OutgoingCalls calls;
  private final Bounds bounds;
  private final Meaning<T> meaning;
  private final Clock clock;
  private final Cache<String, Known<T>> known;
  // whom nobody asks for now
  private final Cache<String, Silence> silent =
      Caffeine.newBuilder().maximumSize(SILENT_MAX).build();
  private final Map<String, FutureTask<Known<T>>> underWay = new ConcurrentHashMap<>();
  private final Map<String, Integer> asking = new ConcurrentHashMap<>();

  /// @param kept for how long when its server does not say
  /// @param keptMin whoever says no-store is asked once in a while all the same
  /// @param keptMax what its owner takes out must not live for long
  /// @param standsIn how long after that the last one that was good does while nothing can be read
  /// @param alsoForBad whether it does too while something is there that is not good
  /// @param knownMax how many are kept
  record Bounds(
      Duration kept,
      Duration keptMin,
      Duration keptMax,
      Duration standsIn,
      boolean alsoForBad,
      int knownMax) {}

  /// What a body means.
  @FunctionalInterface
  interface Meaning<T> {
    T of(String url, String body) throws NotGood;
  }

  /// Something is there, and is not good.
  static final class NotGood extends Exception {
    private static final long serialVersionUID = 1L;

    NotGood(String why) {
      super(why, null, false, false);
    }
  }

  /// Nothing can be read now.
  static final class NotNow extends Exception {
    private static final long serialVersionUID = 1L;

    NotNow() {
      super("It cannot be read now", null, false, false);
    }
  }

  /// @param at when it was asked for
  /// @param until when it is asked for anew
  /// @param last until when it may stand in
  private record Known<T>(T said, Instant at, Instant until, Instant last) {
    boolean freshAt(Instant now) {
      return now.isBefore(until);
    }
  }

  /// @param bad why what was there is not good; nothing when nothing was
  private record Silence(Instant until, Optional<String> bad) {}

  /// @param what it is, for the log
  /// @param calls that read as many bytes as it may have
  KeptAtUrl(String what, OutgoingCalls calls, Bounds bounds, Meaning<T> meaning, Clock clock) {
    this.what = what;
    this.calls = calls;
    this.bounds = bounds;
    this.meaning = meaning;
    this.clock = clock;
    this.known = Caffeine.newBuilder().maximumSize(bounds.knownMax()).build();
  }

  /// Who says it, and where.
  ///
  /// @param client by whose id it is kept
  record Place(String client, URI url, Reach reach) {
    private String key() {
      return client + " " + url;
    }
  }

  /// What is known without asking.
  Optional<T> kept(Place place) {
    return Optional.ofNullable(known.getIfPresent(place.key()))
        .filter(found -> found.freshAt(clock.instant()))
        .map(Known::said);
  }

  T read(Place place) throws NotGood, NotNow {
    return read(place, found -> found.freshAt(clock.instant()));
  }

  /// The same, asked for anew unless that was a moment ago.
  T readAgain(Place place) throws NotGood, NotNow {
    return read(place, found -> clock.instant().isBefore(found.at().plus(bounds.keptMin())));
  }

  /// @param will do
  private T read(Place place, Predicate<Known<T>> will) throws NotGood, NotNow {
    Known<T> before = known.getIfPresent(place.key());
    if (before != null && will.test(before)) {
      return before.said();
    }
    FutureTask<Known<T>> mine = new FutureTask<>(() -> asked(place, will));
    FutureTask<Known<T>> others = underWay.putIfAbsent(place.key(), mine);
    if (others != null) {
      return answer(others);
    }
    try {
      mine.run();
    } finally {
      underWay.remove(place.key(), mine);
    }
    return answer(mine);
  }

  private T answer(FutureTask<Known<T>> task) throws NotGood, NotNow {
    try {
      // each call has a time
      return task.get().said();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotNow();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case NotGood bad -> throw new NotGood(String.valueOf(bad.getMessage()));
        case NotNow _ -> throw new NotNow();
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  private Known<T> asked(Place place, Predicate<Known<T>> will) throws NotGood, NotNow {
    // somebody may have asked just before
    Optional<Known<T>> before = Optional.ofNullable(known.getIfPresent(place.key()));
    if (before.filter(will).isPresent()) {
      return before.get();
    }
    Known<T> now = fetched(place, before);
    known.put(place.key(), now);
    return now;
  }

  private Known<T> fetched(Place place, Optional<Known<T>> before) throws NotGood, NotNow {
    try {
      requirePeace(place);
      Reply reply = ask(place);
      if (reply.status() >= 500 && (before.isPresent() || bounds.alsoForBad())) {
        silence(place, Optional.empty());
        return standIn(place, before, "it has answered with " + reply.status());
      }
      Instant now = clock.instant();
      Instant until = now.plus(kept(reply));
      return new Known<>(said(place, reply), now, until, until.plus(bounds.standsIn()));
    } catch (CallFailed e) {
      return standIn(place, before, String.valueOf(e.getMessage()));
    } catch (NotGood bad) {
      return bad(place, before, bad);
    }
  }

  private void requirePeace(Place place) throws CallFailed, NotGood {
    Silence silence = silent.getIfPresent(place.key());
    if (silence == null || !clock.instant().isBefore(silence.until())) {
      return;
    }
    if (silence.bad().isPresent()) {
      throw new NotGood(silence.bad().get());
    }
    throw new CallFailed("it has not answered a moment ago");
  }

  private Reply ask(Place place) throws CallFailed {
    String host = String.valueOf(place.url().getHost());
    if (asking.merge(host, 1, Integer::sum) > AT_A_HOST_MAX) {
      leave(host);
      throw new CallFailed("too much is asked for at %s: try again in a moment".formatted(host));
    }
    try {
      return calls.send(place.reach(), Call.get(place.url(), JSON));
    } catch (CallFailed e) {
      silence(place, Optional.empty());
      throw e;
    } finally {
      leave(host);
    }
  }

  private void leave(String host) {
    asking.computeIfPresent(host, (_, places) -> places == 1 ? null : places - 1);
  }

  private void silence(Place place, Optional<String> bad) {
    silent.put(place.key(), new Silence(clock.instant().plus(LEFT_IN_PEACE), bad));
  }

  private T said(Place place, Reply reply) throws NotGood {
    try {
      return meant(place, reply);
    } catch (NotGood bad) {
      if (bounds.alsoForBad()) {
        silence(place, Optional.of(String.valueOf(bad.getMessage())));
      }
      throw bad;
    }
  }

  private T meant(Place place, Reply reply) throws NotGood {
    if (reply.status() != 200) {
      throw new NotGood("there is none (%d)".formatted(reply.status()));
    }
    if (!isJson(reply.header("Content-Type").orElse(""))) {
      throw new NotGood("it is not JSON");
    }
    return meaning.of(place.url().toString(), reply.body());
  }

  private static boolean isJson(String contentType) {
    String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return type.equals(JSON) || (type.startsWith("application/") && type.endsWith("+json"));
  }

  private Known<T> bad(Place place, Optional<Known<T>> before, NotGood bad) throws NotGood, NotNow {
    boolean standsIn =
        bounds.alsoForBad()
            && before.filter(last -> clock.instant().isBefore(last.last())).isPresent();
    if (!standsIn) {
      // it was there to be read, and is good no more
      known.invalidate(place.key());
      throw bad;
    }
    return standIn(place, before, String.valueOf(bad.getMessage()));
  }

  private Known<T> standIn(Place place, Optional<Known<T>> before, String why) throws NotNow {
    LOG.info("The {} of the client {} was not read: {}", what, place.client(), why);
    Instant now = clock.instant();
    return before
        .filter(last -> now.isBefore(last.last()))
        .map(last ->
            new Known<>(
                last.said(), now, earlier(now.plus(bounds.keptMin()), last.last()), last.last()))
        .orElseThrow(NotNow::new);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /// How long an answer may be kept (RFC 9111, section 5.2.2), within bounds.
  private Duration kept(Reply reply) {
    Duration wanted = bounds.kept();
    for (String directive : reply.header("Cache-Control").orElse("").split(",", -1)) {
      String word = directive.strip().toLowerCase(Locale.ROOT);
      if (word.equals("no-store") || word.equals("no-cache")) {
        return bounds.keptMin();
      }
      if (word.matches("max-age=[0-9]{1,9}")) {
        wanted = Duration.ofSeconds(Long.parseLong(word.substring("max-age=".length())));
      }
    }
    if (wanted.compareTo(bounds.keptMin()) < 0) {
      return bounds.keptMin();
    }
    return wanted.compareTo(bounds.keptMax()) > 0 ? bounds.keptMax() : wanted;
  }
}
