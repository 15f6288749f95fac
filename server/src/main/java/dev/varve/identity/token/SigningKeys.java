package dev.varve.identity.token;

import dev.varve.kernel.Json;
import dev.varve.lane.write.Sequencer;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.follow.LogFreshness;
import dev.varve.store.follow.Notices;
import dev.varve.store.sql.Database;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys that sign access tokens: kept sealed in the database, and published. The first is made when it is first asked
/// for, because that takes a while, and a server where nobody signs in needs none.
///
/// A key that takes over is published for a while before it signs, so that whoever keeps the published keys knows it in
/// time. One that was taken over from stays published, and verifies, as long as tokens that it signed can live.
///
/// Keys that another node makes or discards are announced by it; a token of a key that nobody knows here is looked up once more.
public final class SigningKeys implements Notices.Listener {
  /// Of notices: other keys, whichever.
  public static final String TOPIC = "signing-keys";

  /// The longest life that a token may have, whatever the settings say now or said before.
  static final Duration TOKEN_LIFETIME_MAX = Duration.ofHours(24);

  private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);
  // whichever they are
  private static final String ALL = "";
  private static final String ACTOR = "varve";
  private static final String REQUEST = "signing-keys";
  private static final String WITHOUT_SECRET =
      "If it is lost, make new keys with: varve keys rotate APP --discard. Access tokens given out before are refused then, and everybody's next refresh brings a good one";
  public static final Duration PUBLISHED_FOR = Duration.ofMinutes(5);
  private static final Duration PUBLISHED_AHEAD = PUBLISHED_FOR.multipliedBy(2);

  private final JwtSettings settings;
  private final SealSource seals;
  private final Database database;
  private final Sequencer sequencer;
  private final LogFreshness freshness;
  private final Clock clock;
  private final SecureRandom random;
  private final Optional<SigningKey> shared;
  private final AtomicBoolean rotating = new AtomicBoolean();
  // held while the first key is made, so that all who ask for it wait for the one
  private final ReentrantLock making = new ReentrantLock();
  // what was read before a change never takes the place of what was read behind it
  private final Lock turn = new ReentrantLock();
  private final AtomicLong generation = new AtomicLong();
  private volatile KeyRing ring;

  private SigningKeys(
      JwtSettings settings,
      SealSource seals,
      Database database,
      Sequencer sequencer,
      LogFreshness freshness,
      Clock clock,
      SecureRandom random,
      Optional<SigningKey> shared,
      KeyRing ring) {
    this.settings = settings;
    this.seals = seals;
    this.database = database;
    this.sequencer = sequencer;
    this.freshness = freshness;
    this.clock = clock;
    this.random = random;
    this.shared = shared;
    this.ring = ring;
  }

  /// Where the seal comes from.
  private record SealSource(Secrets secrets, Path folder, SecureRandom random) {
    Optional<Seal> find() {
      return Seal.find(secrets, folder, random);
    }

    Seal findOrMake() {
      return Seal.findOrMake(Seal.Purpose.SIGNING_KEYS, secrets, folder, random);
    }
  }

  /// Reads the keys.
  ///
  /// @param folder the data folder, for the secret if the environment has none
  /// @param freshness whether what is in memory may be believed
  /// @throws UnusableSecret when there is no starting with the secret
  public static SigningKeys open(
      JwtSettings settings,
      Secrets secrets,
      Path folder,
      Database database,
      Sequencer sequencer,
      LogFreshness freshness,
      Clock clock) {
    SecureRandom random = new SecureRandom();
    SealSource seals = new SealSource(secrets, folder, random);
    KeyRing ring = ring(database.read(StoredKey::all), seals);
    if (!settings.algorithm().shared()) {
      // one that is of no use is told at the start, not to whoever signs in first
      seals.findOrMake();
    }
    return new SigningKeys(
        settings,
        seals,
        database,
        sequencer,
        freshness,
        clock,
        random,
        shared(settings, secrets),
        ring);
  }

  private static Optional<SigningKey> shared(JwtSettings settings, Secrets secrets) {
    if (!settings.algorithm().shared()) {
      return Optional.empty();
    }
    byte[] secret =
        secrets
            .bytes(Secrets.JWT)
            .orElseThrow(() ->
                new UnusableSecret(
                    "auth.jwt.algorithm is HS256, which signs with the secret in the environment variable %s, and there is none. Set it, or take RS256"
                        .formatted(Secrets.JWT)));
    return Optional.of(SigningKey.shared(secret));
  }

  private static KeyRing ring(List<StoredKey> stored, SealSource seals) {
    if (stored.isEmpty()) {
      return new KeyRing(List.of());
    }
    Seal seal =
        seals
            .find()
            .orElseThrow(() ->
                new UnusableSecret(
                    "The signing keys in the database are sealed with a secret that is missing. Set the environment variable %s, or bring back %s. %s"
                        .formatted(
                            Secrets.AUTH, SecretFile.in(seals.folder()).path(), WITHOUT_SECRET)));
    try {
      return KeyRing.of(stored, seal);
    } catch (Seal.Broken e) {
      throw new UnusableSecret(
          "The signing keys in the database were sealed with another secret than that in %s. Start with that one. %s"
              .formatted(
                  seals.secrets().bytes(Secrets.AUTH).isPresent()
                      ? "the environment variable " + Secrets.AUTH
                      : SecretFile.in(seals.folder()).path().toString(),
                  WITHOUT_SECRET));
    }
  }

  /// Removes all keys, whatever secret they are sealed with. Access tokens that they signed are refused from then on.
  public static void discard(Sequencer sequencer) {
    sequencer.submit(
        ACTOR,
        REQUEST,
        write -> {
          for (StoredKey key : StoredKey.all(write.session())) {
            key.delete(write.session());
          }
          write.announce(TOPIC, ALL);
          return true;
        });
  }

  /// The keys, with one of the algorithm that the settings want.
  private KeyRing madeRing() {
    if (isMissing()) {
      makeMissing();
    }
    return ring;
  }

  private boolean isMissing() {
    return !settings.algorithm().shared()
        && ring.newest().filter(held -> held.key().algorithm() == settings.algorithm()).isEmpty();
  }

  private void makeMissing() {
    making.lock();
    try {
      if (isMissing()) {
        rotate();
      }
    } finally {
      making.unlock();
    }
  }

  /// Lets a new key take over at once.
  ///
  /// @return the id of the key
  public String rotate() {
    Instant now = now();
    return add(now, now, known -> true).orElseThrow();
  }

  /// Makes a key that will take over when the present one is old. It is done in the background: whoever asked for a
  /// signature does not wait for it.
  private void rotateIfDue(KeyRing keys, Instant at) {
    KeyRing.Held newest = keys.newest().orElseThrow();
    Duration age = Duration.ofDays(settings.rotationDays());
    if (at.isBefore(newest.createdAt().plus(age)) || !rotating.compareAndSet(false, true)) {
      return;
    }
    Thread.ofVirtual()
        .name("varve-key-rotation")
        .start(() -> {
          try {
            Instant now = now();
            add(now, now.plus(PUBLISHED_AHEAD), last -> last.id().equals(newest.key().id()));
          } catch (RuntimeException e) {
            LOG.warn("No new signing key could be made; it is tried again with the next token", e);
          } finally {
            rotating.set(false);
          }
        });
  }

  /// Whether a new key is still wanted, now that the last one is known for sure.
  @FunctionalInterface
  private interface Wanted {
    boolean after(StoredKey last);
  }

  private Optional<String> add(Instant createdAt, Instant signsFrom, Wanted wanted) {
    // slow, so before the writer's turn
    KeyPair pair = settings.algorithm().newKeys(random);
    SigningKey key = SigningKey.of(settings.algorithm(), pair);
    Seal seal = seals.findOrMake();
    StoredKey stored = StoredKey.sealed(key, pair, createdAt, signsFrom, seal);
    List<StoredKey> all =
        sequencer.submit(ACTOR, REQUEST, write -> insert(write, stored, wanted, createdAt));
    if (all.isEmpty()) {
      return Optional.empty();
    }
    try {
      use(KeyRing.of(all, seal));
    } catch (Seal.Broken e) {
      throw new IllegalStateException("The secret changed while the server ran", e);
    }
    LOG.info("The signing key {} ({}) signs from {}", key.id(), key.algorithm(), signsFrom);
    return Optional.of(key.id());
  }

  /// @return all keys afterwards, or none when the new one was not wanted any more
  private static List<StoredKey> insert(
      WriteContext write, StoredKey added, Wanted wanted, Instant now) throws SQLException {
    List<StoredKey> before = StoredKey.all(write.session());
    if (!before.isEmpty() && !wanted.after(before.getLast())) {
      return List.of();
    }
    for (int i = 0; i < before.size(); i++) {
      // one that was to take over later never signed
      boolean overtaken = before.get(i).signsFrom().isAfter(added.signsFrom());
      boolean retired = i + 1 < before.size() && !KeyRing.retiresAt(before.get(i + 1)).isAfter(now);
      if (overtaken || retired) {
        before.get(i).delete(write.session());
      }
    }
    added.insert(write.session());
    write.announce(TOPIC, added.id());
    return StoredKey.all(write.session());
  }

  /// The key that signs a token issued now.
  SigningKey signing(Instant at) {
    if (shared.isPresent()) {
      return shared.get();
    }
    KeyRing keys = madeRing();
    rotateIfDue(keys, at);
    return keys.signingAt(at).key();
  }

  /// The key whose tokens of this type have this header, byte for byte, if it verifies at that moment. Nothing that a header says
  /// is ever obeyed.
  @Nullable SigningKey verifying(TokenType type, String headerText, Instant at) {
    if (shared.isPresent() && shared.get().headerText(type).equals(headerText)) {
      return shared.get();
    }
    generation();
    SigningKey known = ring.verifying(type, headerText, at);
    return known == null && lookedUpAgain() ? ring.verifying(type, headerText, at) : known;
  }

  /// Which keys verify by now: as long as the number is the same, what they verified is as good as it was.
  long generation() {
    if (!freshness.isCurrent()) {
      reload();
    }
    return generation.get();
  }

  private void use(KeyRing other) {
    turn.lock();
    try {
      ring = other;
      generation.incrementAndGet();
    } finally {
      turn.unlock();
    }
  }

  /// Another node may sign with a key by now that nobody has told of yet. It costs what looking up a key for machines does.
  private boolean lookedUpAgain() {
    if (!database.isShared()) {
      return false;
    }
    reload();
    return true;
  }

  private void reload() {
    turn.lock();
    try {
      List<StoredKey> stored = database.read(StoredKey::all);
      List<String> ids = stored.stream().map(StoredKey::id).toList();
      if (!ids.equals(ring.ids())) {
        use(ring(stored, seals));
      }
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void changed(String id) {
    reload();
  }

  @Override
  public void missed() {
    reload();
  }

  /// The keys that verify, as a JWK set (RFC 7517); to be kept for [#PUBLISHED_FOR] at most.
  public byte[] published(Instant at) {
    List<Object> keys = madeRing().published(at);
    return Json.bytes(json -> Json.write(json, Map.of("keys", keys)));
  }

  // the database keeps no finer instants, and the seal covers them
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
