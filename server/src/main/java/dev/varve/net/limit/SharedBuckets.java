package dev.varve.net.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.kernel.Pauses;
import dev.varve.kernel.Sha256;
import dev.varve.telemetry.Counter;
import dev.varve.telemetry.Metrics;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Token buckets that many nodes share, in Valkey or Redis, on top of those in this process.
///
/// What is asked for is taken here first and there afterwards, and whoever is refused by one of them is refused. Nothing that
/// must be right depends on the shared store: while it is away or slow, each node counts for itself, as it has all the while, so
/// that a caller gets at most what every node allows. Nobody waits for it longer than [#PATIENCE], and when somebody had to, one
/// caller in each [#REST] at most does.
///
/// ```
/// varve:limit:sign-in:600/60/1200:5feceb66ffc86f38d952786c6d696c79
/// ```
///
/// is the bucket of one caller, by a hash of who it is; it goes when it is full again. Limits that were changed count anew.
public final class SharedBuckets implements BucketStores, AutoCloseable {
  /// Much longer than a store beside the nodes takes, and so short that nobody minds.
  static final Duration PATIENCE = Duration.ofMillis(100);

  /// How long a store that did not answer is left alone.
  static final Duration REST = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(SharedBuckets.class);

  private static final String PREFIX = "varve:limit:";
  private static final int CALLER_BYTES = 16;
  // what waits for an answer; more is refused at once, and counted here
  private static final int QUEUE_MAX = 1_000;
  private static final int THREADS = 2;
  // nodes whose clocks differ a little must not lose a bucket that is not full yet
  private static final Duration KEPT = Duration.ofSeconds(10);
  // requests of one caller at a time go to the store as one; of those that were here lately
  private static final int PROXIES_MAX = 10_000;
  private static final Duration PROXY_KEPT = Duration.ofMinutes(1);

  private final ClientResources resources;
  private final RedisClient client;
  private final Clock clock;
  private final Duration patience;
  private final Counter failures;
  private final Cache<String, Bucket> buckets =
      Caffeine.newBuilder().maximumSize(PROXIES_MAX).expireAfterAccess(PROXY_KEPT).build();
  private final Pauses pauses = new Pauses();
  private final AtomicLong restsUntilNanos = new AtomicLong();
  private volatile boolean resting;
  private volatile @Nullable ProxyManager<String> store;

  private SharedBuckets(RedisURI address, Clock clock, Metrics metrics, Duration patience) {
    this.clock = clock;
    this.patience = patience;
    this.resources =
        ClientResources.builder()
            .ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS)
            .reconnectDelay(Delay.constant(REST))
            .build();
    this.client = RedisClient.create(resources, address);
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(QUEUE_MAX)
            .timeoutOptions(TimeoutOptions.enabled(patience))
            .socketOptions(SocketOptions.builder().connectTimeout(REST).keepAlive(true).build())
            .build());
    this.failures =
        metrics.counter(
            "varve_rate_limit_store_failures",
            "Times that the store which nodes share for their rate limits did not answer.");
    metrics.gauge(
        "varve_rate_limit_store_up",
        "Whether the store which nodes share for their rate limits answers: 1, or 0.",
        () -> isUp() ? 1 : 0);
    Thread.ofVirtual().name("varve-valkey").start(this::connect);
  }

  /// Connects as soon as somebody is there; until then each node counts for itself.
  ///
  /// @param address with all that it takes to be let in
  /// @param clock that all nodes go by
  /// @param metrics where is told whether the store answers
  public static SharedBuckets at(RedisURI address, Clock clock, Metrics metrics) {
    return at(address, clock, metrics, PATIENCE);
  }

  /// @param patience how long somebody waits for an answer
  static SharedBuckets at(RedisURI address, Clock clock, Metrics metrics, Duration patience) {
    return new SharedBuckets(address, clock, metrics, patience);
  }

  private void connect() {
    do {
      try {
        StatefulRedisConnection<String, byte[]> connection =
            client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
        store = buckets(connection);
        resting = false;
        LOG.info("Rate limits are shared with other nodes");
        return;
      } catch (RuntimeException e) {
        failed(e);
      }
    } while (pauses.pause(REST));
  }

  private ProxyManager<String> buckets(StatefulRedisConnection<String, byte[]> connection) {
    return Bucket4jLettuce.casBasedBuilder(connection)
        .clientClock(new Meter(clock))
        .requestTimeout(patience)
        .expirationAfterWrite(
            ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT))
        .build();
  }

  /// Whether it was there when it was asked last.
  boolean isUp() {
    return store != null && !resting;
  }

  @Override
  public BucketStore open() {
    BucketStore own = LOCAL.open();
    return (limit, caller, units) -> {
      BucketStore.Taken here = own.take(limit, caller, units);
      return here.taken() ? take(limit, caller, units).orElse(here) : here;
    };
  }

  /// Nothing when the store does not answer.
  private Optional<BucketStore.Taken> take(RateLimit limit, String caller, long units) {
    ProxyManager<String> there = store;
    if (there == null || !isTried()) {
      return Optional.empty();
    }
    try {
      BucketStore.Taken taken =
          LocalBuckets.taken(
              buckets
                  .get(key(limit, caller), key -> bucket(there, key, limit))
                  .tryConsumeAndReturnRemaining(units));
      answered();
      return Optional.of(taken);
    } catch (RuntimeException e) {
      failed(e);
      return Optional.empty();
    }
  }

  private static Bucket bucket(ProxyManager<String> there, String key, RateLimit limit) {
    BucketConfiguration configuration =
        BucketConfiguration.builder()
            .addLimit(bandwidth ->
                bandwidth.capacity(limit.burst()).refillGreedy(limit.units(), limit.per()))
            .build();
    return there
        .builder()
        .withOptimization(Optimizations.batching())
        .build(key, () -> configuration);
  }

  private static String key(RateLimit limit, String caller) {
    return "%s%s:%d/%d/%d:%s"
        .formatted(
            PREFIX,
            limit.name(),
            limit.units(),
            limit.per().toSeconds(),
            limit.burst(),
            HexFormat.of().formatHex(Sha256.of(caller), 0, CALLER_BYTES));
  }

  /// While it rests, the first after each while asks whether it is back, and the others go on without it.
  private boolean isTried() {
    if (!resting) {
      return true;
    }
    long until = restsUntilNanos.get();
    long now = System.nanoTime();
    return now - until >= 0 && restsUntilNanos.compareAndSet(until, now + REST.toNanos());
  }

  private void answered() {
    if (resting) {
      resting = false;
      LOG.info("Rate limits are shared with other nodes again");
    }
  }

  private void failed(RuntimeException e) {
    failures.add();
    restsUntilNanos.set(System.nanoTime() + REST.toNanos());
    if (!resting) {
      resting = true;
      LOG.warn(
          "The store of nodes.valkey does not answer ({}): this node counts rate limits for itself until it does",
          e.getClass().getSimpleName());
    }
  }

  @Override
  public void close() {
    pauses.close();
    client.shutdown(Duration.ZERO, REST);
    resources.shutdown(0, REST.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }

  private record Meter(Clock clock) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return TimeUnit.MILLISECONDS.toNanos(clock.millis());
    }

    @Override
    public boolean isWallClockBased() {
      return true;
    }
  }
}
