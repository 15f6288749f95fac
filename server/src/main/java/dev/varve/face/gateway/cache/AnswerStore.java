package dev.varve.face.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.net.http.HeaderLine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The answers that are kept, bounded in bytes over all routes; those that were asked for least go first.
final class AnswerStore {
  // languages, codings and callers of one resource
  private static final int VARIANTS_MAX = 64;
  // one resource leaves room for others, and one answer for others of its resource
  private static final int RESOURCE_PARTS = 4;
  private static final int ANSWER_PARTS = 16;
  // what is larger is better kept by what is made for files
  private static final int ANSWER_BYTES_MAX = 16 * 1024 * 1024;
  private static final int RESOURCE_BYTES_BESIDE = 200;
  // of requests whose answers are not shared: some thousands, while they are asked often
  private static final long APART_BYTES_MAX = 4L * 1024 * 1024;
  private static final Duration APART = Duration.ofSeconds(10);

  private final Clock clock;
  private final long bytesMax;
  private final Cache<ResourceKey, List<KeptAnswer>> resources;
  private final Cache<FlightKey, Instant> apart;
  private final Set<Fetch> underWay = ConcurrentHashMap.newKeySet();

  /// One answer that is being fetched. What has changed meanwhile makes it void.
  final class Fetch implements AutoCloseable {
    private final ResourceKey key;
    private volatile boolean isVoid;

    private Fetch(ResourceKey key) {
      this.key = key;
    }

    /// Keeps what came, unless it is void.
    void keep(KeptAnswer answer) {
      resources.asMap().compute(key, (_, there) -> with(answer, there == null ? List.of() : there));
      if (isVoid) {
        resources.invalidate(key);
      }
    }

    @Override
    public void close() {
      underWay.remove(this);
    }
  }

  AnswerStore(long bytesMax, Clock clock) {
    this.clock = clock;
    this.bytesMax = bytesMax;
    this.resources =
        Caffeine.newBuilder()
            .maximumWeight(bytesMax)
            .weigher((ResourceKey key, List<KeptAnswer> answers) -> bytes(key, answers))
            // what is told of its size is true at once
            .executor(Runnable::run)
            .build();
    this.apart =
        Caffeine.newBuilder()
            .maximumWeight(APART_BYTES_MAX)
            .weigher((FlightKey key, Instant _) -> RESOURCE_BYTES_BESIDE + key.bytes())
            .build();
  }

  private static int bytes(ResourceKey key, List<KeptAnswer> answers) {
    long bytes = (long) RESOURCE_BYTES_BESIDE + key.bytes();
    for (KeptAnswer answer : answers) {
      bytes += answer.bytes();
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }

  /// How large one answer may be.
  int answerBytesMax() {
    return (int) Math.min(ANSWER_BYTES_MAX, bytesMax / ANSWER_PARTS);
  }

  /// What all of them take of the heap.
  long bytes() {
    return resources
        .policy()
        .eviction()
        .map(eviction -> eviction.weightedSize().orElse(0))
        .orElse(0L);
  }

  Fetch fetch(ResourceKey key) {
    Fetch fetch = new Fetch(key);
    underWay.add(fetch);
    return fetch;
  }

  /// The one that came last of those for a request.
  Optional<KeptAnswer> find(CachedRequest request) {
    List<KeptAnswer> answers = resources.getIfPresent(request.key());
    return answers == null
        ? Optional.empty()
        : answers.stream().filter(answer -> answer.fits(request)).findFirst();
  }

  private List<KeptAnswer> with(KeptAnswer answer, List<KeptAnswer> there) {
    Instant now = clock.instant();
    List<KeptAnswer> all = new ArrayList<>();
    all.add(answer);
    long bytes = answer.bytes();
    for (KeptAnswer other : there) {
      bytes += other.bytes();
      if (all.size() == VARIANTS_MAX || bytes > bytesMax / RESOURCE_PARTS) {
        break;
      }
      if (!answer.takesPlaceOf(other) && !other.isOver(now)) {
        all.add(other);
      }
    }
    return List.copyOf(all);
  }

  /// Forgets one, in whose place there is nothing.
  void remove(ResourceKey key, KeptAnswer answer) {
    resources
        .asMap()
        .computeIfPresent(
            key,
            (_, there) -> {
              List<KeptAnswer> left = there.stream().filter(each -> !each.equals(answer)).toList();
              return left.isEmpty() ? null : left;
            });
  }

  /// What is known of a resource has changed (RFC 9111, section 4.4).
  void invalidate(ResourceKey key) {
    for (Fetch fetch : underWay) {
      if (fetch.key.equals(key)) {
        fetch.isVoid = true;
      }
    }
    resources.invalidate(key);
  }

  /// With which others a request can share an answer, as far as the last answer tells.
  FlightKey flightKey(CachedRequest request) {
    List<KeptAnswer> answers = resources.getIfPresent(request.key());
    Optional<KeptAnswer> last =
        answers == null
            ? Optional.empty()
            : answers.stream().filter(each -> each.route() == request.route()).findFirst();
    boolean forAll = last.filter(each -> each.whose().equals(Keeping.ALL)).isPresent();
    List<String> names =
        last.map(each -> each.varied().stream().map(HeaderLine::name).toList())
            .orElse(Passage.NEGOTIATING);
    return new FlightKey(
        request.key(),
        request.route(),
        forAll ? CachedRequest.NOBODY : request.whose(),
        request.apart(),
        names.stream().map(name -> new HeaderLine(name, request.sent(name))).toList());
  }

  /// Remembers for a while that nobody has to wait for another's answer.
  void apart(FlightKey key) {
    apart.put(key, clock.instant().plus(APART));
  }

  boolean isApart(FlightKey key) {
    Instant until = apart.getIfPresent(key);
    return until != null && clock.instant().isBefore(until);
  }

  void together(FlightKey key) {
    apart.invalidate(key);
  }
}
