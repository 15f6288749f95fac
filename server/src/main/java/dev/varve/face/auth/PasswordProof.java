package dev.varve.face.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.identity.account.Attempts.Attempt;
import dev.varve.identity.account.Credentials;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.lane.write.WriterTask;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// Finds out whether somebody knows the password of an account, at the same cost whether there is one or not.
final class PasswordProof {
  private static final Duration TURN_MAX = Duration.ofSeconds(10);

  private final AccountContext context;
  private final FailedAttempts failures;
  private final Cache<String, Lock> turns = Caffeine.newBuilder().weakValues().build();

  PasswordProof(AccountContext context, FailedAttempts failures) {
    this.context = context;
    this.failures = failures;
  }

  /// A password that was right.
  ///
  /// @param hash that the password was held against
  record Proven(Entity account, String hash) {
    /// Whether it is the password of an account, still.
    boolean opens(Entity other, WriteContext write) throws SQLException {
      return other.id().equals(account.id())
          && Credentials.hash(write.session(), account.id()).equals(Optional.of(hash));
    }
  }

  /// What a password is proven for.
  @FunctionalInterface
  interface Purpose<T> {
    /// What to do in the unit in which the attempt is taken back. Whatever is slow is done before this returns.
    WriterTask<T> of(Proven proven);
  }

  /// An attempt that counts, and what the password is to be held against.
  private record Tried(Attempt attempt, Optional<Entity> account, Optional<String> hash) {}

  /// Those who try the same address from the same network take turns: an attempt counts until it is decided, and many
  /// that are right at the same time would lock each other out.
  ///
  /// An attempt costs two writes: one counts it, durably before the password is looked at; the other takes it back,
  /// together with what it was for, or records the failure.
  ///
  /// @param way what the password is for, such as `sign-in`
  /// @return nothing when it is wrong, or there is no such account
  /// @throws Problem TOO_MANY_REQUESTS, or OVERLOADED when too many hashes wait
  <T> Optional<T> prove(
      String email, String password, RequestSource source, String way, Purpose<T> purpose) {
    Lock turn = turns.get(email + "\n" + source.network(), _ -> new ReentrantLock());
    await(turn);
    try {
      Tried tried = context.write(source, write -> count(write, email, source));
      Optional<T> done =
          context.decide(
              tried.attempt(),
              () -> proven(tried, password).map(proven -> succeed(tried, proven, purpose)));
      if (done.isEmpty()) {
        fail(tried, way);
      }
      return done;
    } finally {
      turn.unlock();
    }
  }

  private static void await(Lock turn) {
    boolean mine = false;
    try {
      mine = turn.tryLock(TURN_MAX.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!mine) {
      throw new Problem(
          ErrorCode.OVERLOADED, "Too many passwords are being checked: try again in a moment");
    }
  }

  private Tried count(WriteContext write, String email, RequestSource source) throws SQLException {
    Optional<Entity> account = context.account(write, email);
    Attempt attempt = context.attempts().count(write, email, account.map(Entity::id), source);
    Optional<String> hash =
        account.isEmpty()
            ? Optional.empty()
            : Credentials.hash(write.session(), account.get().id());
    return new Tried(attempt, account, hash);
  }

  private Optional<Proven> proven(Tried tried, String password) {
    if (tried.hash().isEmpty()) {
      context.passwords().verifyNothing(password);
      return Optional.empty();
    }
    String hash = tried.hash().get();
    return context.passwords().verify(password, hash)
        ? tried.account().map(account -> new Proven(account, hash))
        : Optional.empty();
  }

  private <T> T succeed(Tried tried, Proven proven, Purpose<T> purpose) {
    WriterTask<T> work = purpose.of(proven);
    return context.write(
        tried.attempt().source(),
        proven.account().id(),
        write -> {
          context.attempts().succeeded(write, tried.attempt());
          return work.run(write);
        });
  }

  private void fail(Tried tried, String way) {
    Kind kind = way.equals(PasswordSignIn.WAY) ? Kind.SIGN_IN_FAILED : Kind.PROOF_FAILED;
    context.note(
        tried.attempt().source(),
        write ->
            failures.record(write, kind, tried.attempt(), tried.account().map(Entity::id), way));
  }
}
