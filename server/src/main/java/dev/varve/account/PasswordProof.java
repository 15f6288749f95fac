package dev.varve.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.account.Attempts.Attempt;
import dev.varve.account.SecurityEvents.Kind;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.schema.Entity;
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

  /// A password that was right. The attempt does not count any more.
  ///
  /// @param hash that the password was held against
  record Proven(Entity account, String hash) {}

  private record Tried(Attempt attempt, Optional<Entity> account, Optional<String> hash) {}

  /// Those who try the same address from the same network take turns: an attempt counts until it is decided, and many
  /// that are right at the same time would lock each other out.
  ///
  /// @param way what the password is for, such as `sign-in`
  /// @return nothing when it is wrong, or there is no such account
  /// @throws Problem TOO_MANY_REQUESTS, or OVERLOADED when too many hashes wait
  Optional<Proven> prove(String email, String password, Client client, String way) {
    Lock turn = turns.get(email + "\n" + client.network(), _ -> new ReentrantLock());
    await(turn);
    try {
      return decide(email, password, client, way);
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

  private Optional<Proven> decide(String email, String password, Client client, String way) {
    Tried tried =
        context.write(
            client,
            desk -> {
              Attempt attempt = context.attempts().count(desk, Optional.of(email), client);
              Optional<Entity> account = context.account(desk, email);
              Optional<String> hash =
                  account.isEmpty()
                      ? Optional.empty()
                      : Credentials.hash(desk.session(), account.get().id());
              return new Tried(attempt, account, hash);
            });
    if (verified(tried, password, client)) {
      context.write(
          client,
          desk -> {
            context.attempts().succeeded(desk, tried.attempt());
            return true;
          });
      return Optional.of(new Proven(tried.account().orElseThrow(), tried.hash().orElseThrow()));
    }
    context.write(
        client,
        desk -> {
          Kind kind = way.equals(SignIn.WAY) ? Kind.SIGN_IN_FAILED : Kind.PROOF_FAILED;
          failures.record(desk, kind, tried.attempt(), tried.account().map(Entity::id), way);
          return true;
        });
    return Optional.empty();
  }

  private boolean verified(Tried tried, String password, Client client) {
    try {
      if (tried.hash().isPresent()) {
        return context.passwords().verify(password, tried.hash().get());
      }
      context.passwords().verifyNothing(password);
      return false;
    } catch (Problem overloaded) {
      context.write(
          client,
          desk -> {
            context.attempts().undecided(desk, tried.attempt());
            return true;
          });
      throw overloaded;
    }
  }
}
