package dev.varve.account;

import dev.varve.account.Attempts.Attempt;
import dev.varve.account.SecurityEvents.Kind;
import dev.varve.kernel.Problem;
import dev.varve.schema.Entity;
import java.util.Optional;

/// Finds out whether somebody knows the password of an account, at the same cost whether there is one or not.
final class PasswordProof {
  private final AccountContext context;
  private final FailedAttempts failures;

  PasswordProof(AccountContext context, FailedAttempts failures) {
    this.context = context;
    this.failures = failures;
  }

  /// A password that was right. The attempt still counts as failed until [Attempts#succeeded].
  ///
  /// @param hash that the password was held against
  record Proven(Attempt attempt, Entity account, String hash) {}

  private record Tried(Attempt attempt, Optional<Entity> account, Optional<String> hash) {}

  /// @param way what the password is for, such as `sign-in`
  /// @return nothing when it is wrong, or there is no such account
  /// @throws Problem TOO_MANY_REQUESTS, or OVERLOADED when too many hashes wait
  Optional<Proven> prove(String email, String password, Client client, String way) {
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
      return Optional.of(
          new Proven(tried.attempt(), tried.account().orElseThrow(), tried.hash().orElseThrow()));
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
