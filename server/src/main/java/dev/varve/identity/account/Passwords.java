package dev.varve.identity.account;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Lazy;
import dev.varve.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.BlockPool;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.FixedBlockPool;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hashes passwords (Argon2id, RFC 9106), on half of the cores; further ones wait in a bounded queue.
///
/// A password is taken in Unicode normalization form C (RFC 8265, section 4.2), so that it is the same on every
/// keyboard. No password is part of any message.
public final class Passwords implements AutoCloseable {
  /// In code points, as the longest is.
  public static final int LENGTH_MIN = 8;

  public static final int LENGTH_MAX = 256;

  /// In `char`s, before it is normalized. What is longer need not be looked at: it is too long for a password.
  public static final int TEXT_LENGTH_MAX = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(Passwords.class);
  private static final int SALT_BYTES = 16;
  private static final int DIGEST_BYTES = 32;

  private final PasswordSettings settings;
  private final SecureRandom random;
  private final ThreadPoolExecutor hashers;
  // hashes of the cost that is set now reuse their memory, which is more than a collector likes to
  // see go by
  private final BlockingQueue<Lazy<BlockPool>> memory;
  private final PasswordHash nothing;

  public Passwords(PasswordSettings settings, SecureRandom random) {
    this.settings = settings;
    this.random = random;
    int threads = threads();
    this.memory = new ArrayBlockingQueue<>(threads);
    this.hashers =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(settings.queuedHashesMax()),
            Thread.ofPlatform().daemon().name("varve-password-", 0).factory()) {
          @Override
          protected void terminated() {
            memory.clear();
          }
        };
    int blocks =
        Argon2BytesGenerator.getBlockCount(settings.memoryKibibytes(), settings.parallelism());
    for (int i = 0; i < threads; i++) {
      memory.add(new Lazy<>(() -> new FixedBlockPool(blocks)));
    }
    this.nothing = atCurrentCost(new byte[DIGEST_BYTES]);
  }

  /// Half of the cores, so that whoever does not sign in has the other half.
  public static int threads() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  }

  /// How many hashes wait for their turn.
  public int waiting() {
    return hashers.getQueue().size();
  }

  /// How many are being computed.
  public int hashing() {
    return hashers.getActiveCount();
  }

  /// How many have been computed.
  public long hashed() {
    return hashers.getCompletedTaskCount();
  }

  private PasswordHash atCurrentCost(byte[] digest) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return new PasswordHash(
        settings.memoryKibibytes(), settings.iterations(), settings.parallelism(), salt, digest);
  }

  /// A new hash, as a PHC string.
  ///
  /// @throws Problem OVERLOADED when too many hashes wait
  public String hash(String password) {
    PasswordHash cost = atCurrentCost(new byte[DIGEST_BYTES]);
    return new PasswordHash(
            cost.memoryKibibytes(),
            cost.iterations(),
            cost.parallelism(),
            cost.salt(),
            digest(password, cost))
        .phc();
  }

  /// Whether the hash is that of the password.
  ///
  /// @param phc what [#hash] made, with whatever parameters were set then
  /// @throws Problem OVERLOADED when too many hashes wait
  public boolean verify(String password, String phc) {
    Optional<PasswordHash> hash = PasswordHash.parse(phc);
    if (hash.isEmpty()) {
      LOG.error(
          "A stored password hash is none that Varve makes; its owner has to ask for a new password");
      verifyNothing(password);
      return false;
    }
    return MessageDigest.isEqual(digest(password, hash.get()), hash.get().digest());
  }

  /// Does the work of [#verify], so that an account that does not exist takes as long to refuse as one that does.
  public void verifyNothing(String password) {
    MessageDigest.isEqual(digest(password, nothing), nothing.digest());
  }

  /// Whether a hash was made at a lower cost than the settings ask for.
  public boolean needsRehash(String phc) {
    return PasswordHash.parse(phc).map(hash -> hash.isCheaperThan(settings)).orElse(true);
  }

  /// What is wrong with a password that somebody wants to have: nothing, or why it is refused.
  ///
  /// @param field the name of the field in the request
  public List<FieldError> weaknesses(String field, String password) {
    String normal = normal(password);
    int length = normal.codePointCount(0, normal.length());
    if (length < LENGTH_MIN) {
      return List.of(
          new FieldError(field, "must have at least %d characters".formatted(LENGTH_MIN)));
    }
    if (length > LENGTH_MAX) {
      return List.of(
          new FieldError(field, "must have at most %d characters".formatted(LENGTH_MAX)));
    }
    if (CommonPasswords.contains(normal)) {
      return List.of(
          new FieldError(
              field,
              "is one of the most common passwords, which are guessed first: choose another"));
    }
    return List.of();
  }

  private static String normal(String password) {
    return Normalizer.normalize(password, Normalizer.Form.NFC);
  }

  /// What the password gives with the salt and the costs of a hash.
  private byte[] digest(String password, PasswordHash like) {
    FutureTask<byte[]> task = new FutureTask<>(() -> compute(password, like));
    try {
      hashers.execute(task);
      return task.get();
    } catch (RejectedExecutionException e) {
      throw new Problem(
          ErrorCode.OVERLOADED, "Too many passwords are being checked: try again in a moment");
    } catch (InterruptedException e) {
      task.cancel(false);
      hashers.remove(task);
      Thread.currentThread().interrupt();
      throw new Problem(ErrorCode.OVERLOADED, "The check of the password was broken off");
    } catch (ExecutionException e) {
      throw new IllegalStateException("Hashing failed", e.getCause());
    }
  }

  private byte[] compute(String password, PasswordHash like) throws InterruptedException {
    byte[] text = normal(password).getBytes(StandardCharsets.UTF_8);
    // taken from the heap by the first hash: who signs nobody in does without
    Lazy<BlockPool> blocks = memory.take();
    try {
      Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
      argon2.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(like.memoryKibibytes())
              .withIterations(like.iterations())
              .withParallelism(like.parallelism())
              .withSalt(like.salt())
              .withBlockPool(blocks.get())
              .build());
      byte[] digest = new byte[like.digest().length];
      argon2.generateBytes(text, digest);
      return digest;
    } finally {
      memory.put(blocks);
      Arrays.fill(text, (byte) 0);
    }
  }

  @Override
  public void close() {
    hashers.shutdown();
  }
}
