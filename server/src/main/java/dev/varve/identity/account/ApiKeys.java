package dev.varve.identity.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.lane.access.Caller;
import dev.varve.lane.write.Sequencer;
import dev.varve.store.follow.LogFreshness;
import dev.varve.store.follow.Notices;
import dev.varve.store.sql.Database;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The machines behind API keys, kept in memory: a key is asked for with every request that comes with it.
///
/// A key reads `vk_`, its id, `_`, its secret. It is found by the id and told by the secret, of which the hash is kept.
public final class ApiKeys implements Notices.Listener {
  /// Of notices: keys that were revoked, by their ids.
  public static final String TOPIC = "api-key";

  public static final String PREFIX = "vk_";
  public static final int ID_LENGTH = 36;

  private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);
  private static final int SECRET_LENGTH = 43;
  private static final int LENGTH = PREFIX.length() + ID_LENGTH + 1 + SECRET_LENGTH;
  private static final int KNOWN_MAX = 10_000;
  private static final Duration USE_NOTED_EVERY = Duration.ofHours(1);

  private final Database database;
  private final Sequencer sequencer;
  private final Clock clock;
  private final LogFreshness freshness;
  private final Cache<String, Known> known = Caffeine.newBuilder().maximumSize(KNOWN_MAX).build();

  /// A key in memory.
  ///
  /// @param usedAtMillis the use that was noted last
  private record Known(ApiKey key, Caller caller, AtomicLong usedAtMillis) {
    static Known of(ApiKey key) {
      return new Known(
          key,
          Caller.machine(key.id(), key.roles()),
          new AtomicLong(key.lastUsedAt().orElse(Instant.EPOCH).toEpochMilli()));
    }
  }

  /// @param freshness whether what is in memory may be believed
  public ApiKeys(Database database, Sequencer sequencer, Clock clock, LogFreshness freshness) {
    this.database = database;
    this.sequencer = sequencer;
    this.clock = clock;
    this.freshness = freshness;
  }

  @Override
  public void changed(String id) {
    known.invalidate(id);
  }

  @Override
  public void missed() {
    known.invalidateAll();
  }

  /// The text that is handed out.
  public static String text(String id, OpaqueToken secret) {
    return PREFIX + id + "_" + secret.text();
  }

  /// The machine that a key belongs to.
  ///
  /// @throws dev.varve.kernel.Problem UNAUTHENTICATED when the key is not good
  public Caller caller(String text) {
    if (text.length() != LENGTH
        || !text.startsWith(PREFIX)
        || text.charAt(PREFIX.length() + ID_LENGTH) != '_') {
      throw ApiKey.refused("it has not the form of one");
    }
    String id = text.substring(PREFIX.length(), PREFIX.length() + ID_LENGTH);
    byte[] hash = OpaqueToken.sha256(text.substring(LENGTH - SECRET_LENGTH));
    Known found = freshness.isCurrent() ? known.get(id, this::load) : load(id);
    if (found == null || !MessageDigest.isEqual(found.key().hash(), hash)) {
      throw ApiKey.refused("there is none like it");
    }
    Instant now = clock.instant();
    found.key().requireGood(now);
    noteUse(found, now);
    return found.caller();
  }

  private @Nullable Known load(String id) {
    return database.read(session -> ApiKey.find(session, id)).map(Known::of).orElse(null);
  }

  /// Notes that a key is in use, now and then, without keeping the request waiting.
  private void noteUse(Known key, Instant now) {
    long noted = key.usedAtMillis().get();
    long at = now.toEpochMilli();
    if (at < noted + USE_NOTED_EVERY.toMillis() || !key.usedAtMillis().compareAndSet(noted, at)) {
      return;
    }
    Thread.ofVirtual().name("varve-key-use").start(() -> noteUse(key.key().id(), now));
  }

  private void noteUse(String id, Instant now) {
    try {
      sequencer.submit(
          "key:" + id,
          "key-use",
          write -> {
            ApiKey.used(write.session(), id, now);
            return true;
          });
    } catch (RuntimeException e) {
      // the next hour brings another chance
      LOG.debug("The use of the API key {} was not noted", id, e);
    }
  }

  /// Knows a key that was revoked, from now on.
  public void revoked(ApiKey key) {
    known.put(key.id(), Known.of(key));
  }
}
