package dev.varve.net.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;

/// Token buckets in this process, in bounded memory however many callers there are.
///
/// A bucket that nobody touched for as long as it takes to fill is a new one, so forgetting it loses nothing; none is
/// forgotten before. A cache that drops what it has no room for would give a caller a fresh bucket as soon as enough noise
/// has been made. Here callers that come while there is no room share buckets with their neighbours, by a secret hash of
/// the network around them. What is lost is that these may be refused before they have had their share; nobody gets more.
final class LocalBuckets implements BucketStore {
  /// Callers of one limit that have a bucket of their own. Each takes about 300 bytes: 10 MiB a limit at worst.
  static final int CALLERS_MAX = 32_768;

  /// Buckets that all others share.
  static final int SHARED_MAX = 4_096;

  // to look for what can be forgotten takes a lock
  private static final long CLEAN_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final LongSupplier nanoTime;
  private final long secret;
  private final Map<String, Callers> limits = new ConcurrentHashMap<>();

  /// @param secret what callers must not know, lest they choose with whom they share
  LocalBuckets(LongSupplier nanoTime, long secret) {
    this.nanoTime = nanoTime;
    this.secret = secret;
  }

  @Override
  public Taken take(RateLimit limit, String caller, long units) {
    return taken(
        limits
            .computeIfAbsent(limit.name(), _ -> new Callers(limit))
            .bucket(caller)
            .tryConsumeAndReturnRemaining(units));
  }

  static Taken taken(ConsumptionProbe probe) {
    return new Taken(
        probe.isConsumed(),
        probe.getRemainingTokens(),
        probe.getNanosToWaitForRefill(),
        probe.getNanosToWaitForReset());
  }

  /// How many callers of a limit have a bucket of their own.
  long callers(RateLimit limit) {
    Callers callers = limits.get(limit.name());
    return callers == null ? 0 : callers.own.estimatedSize();
  }

  /// The buckets of one limit.
  private final class Callers {
    private final RateLimit limit;
    private final Cache<String, Bucket> own;
    private final AtomicReferenceArray<Bucket> shared = new AtomicReferenceArray<>(SHARED_MAX);
    private final AtomicLong cleanedAtNanos = new AtomicLong(nanoTime.getAsLong());

    private Callers(RateLimit limit) {
      this.limit = limit;
      this.own =
          Caffeine.newBuilder()
              .ticker(nanoTime::getAsLong)
              .executor(Runnable::run)
              .expireAfterAccess(limit.refill())
              .build();
    }

    private Bucket bucket(String caller) {
      Bucket known = own.getIfPresent(caller);
      if (known != null) {
        return known;
      }
      if (hasRoom()) {
        return own.get(caller, _ -> bucket(left(caller)));
      }
      return sharedBucket(slot(caller));
    }

    private Bucket sharedBucket(int slot) {
      Bucket known = shared.get(slot);
      if (known == null) {
        shared.compareAndSet(slot, null, bucket(limit.burst()));
        known = shared.get(slot);
      }
      return known;
    }

    private boolean hasRoom() {
      if (own.estimatedSize() < CALLERS_MAX) {
        return true;
      }
      long now = nanoTime.getAsLong();
      long cleaned = cleanedAtNanos.get();
      if (now - cleaned < CLEAN_PERIOD_NANOS || !cleanedAtNanos.compareAndSet(cleaned, now)) {
        return false;
      }
      own.cleanUp();
      return own.estimatedSize() < CALLERS_MAX;
    }

    /// Who took of a shared bucket a moment ago does not start anew now that there is room.
    private long left(String caller) {
      Bucket neighbours = shared.get(slot(caller));
      return neighbours == null ? limit.burst() : neighbours.getAvailableTokens();
    }

    private Bucket bucket(long left) {
      return Bucket.builder()
          .withCustomTimePrecision(new Meter(nanoTime))
          .addLimit(bandwidth ->
              bandwidth
                  .capacity(limit.burst())
                  .refillGreedy(limit.units(), limit.per())
                  .initialTokens(left))
          .build();
    }

    private int slot(String caller) {
      String around = around(caller);
      long hash = secret;
      for (int i = 0; i < around.length(); i++) {
        hash = (hash ^ around.charAt(i)) * 0x100000001B3L;
        hash ^= hash >>> 29;
      }
      hash *= 0x9E3779B97F4A7C15L;
      return (int) (hash >>> 32 & (SHARED_MAX - 1));
    }
  }

  /// The /48 of an IPv6 network and the /24 of an IPv4 address: what a noisy neighbour has, others are spared.
  static String around(String caller) {
    if (caller.endsWith("/64")) {
      return caller.substring(0, Math.min(12, caller.length()));
    }
    return isAddress(caller) ? caller.substring(0, caller.lastIndexOf('.')) : caller;
  }

  /// Whether it is four numbers with dots between them. Asked of everybody once there is no room: without a regular expression.
  private static boolean isAddress(String caller) {
    int dots = 0;
    boolean wantsDigit = true;
    for (int i = 0; i < caller.length(); i++) {
      char letter = caller.charAt(i);
      if (letter >= '0' && letter <= '9') {
        wantsDigit = false;
      } else if (letter == '.' && !wantsDigit) {
        dots++;
        wantsDigit = true;
      } else {
        return false;
      }
    }
    return dots == 3 && !wantsDigit;
  }

  private record Meter(LongSupplier nanoTime) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return nanoTime.getAsLong();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
