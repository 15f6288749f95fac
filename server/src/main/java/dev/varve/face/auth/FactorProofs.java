package dev.varve.face.auth;

import dev.varve.identity.account.Attempts.Attempt;
import dev.varve.identity.account.Factor;
import dev.varve.identity.account.Factors;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.factor.RecoveryCodes;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How every second factor is proven, whatever it is proven for. A try is counted before it is looked at, for the account and for
/// the network from which it comes.
final class FactorProofs {
  static final String WAY = "second-factor";
  static final String FACTOR = "factor";

  private final AccountContext context;
  private final FailedAttempts failures;
  private final List<FactorProof> proofs;

  /// @param proofs one of each factor
  FactorProofs(AccountContext context, FailedAttempts failures, List<FactorProof> proofs) {
    this.context = context;
    this.failures = failures;
    this.proofs = List.copyOf(proofs);
  }

  /// What a request brings: the name of a factor, and what proves that.
  List<Member> members() {
    return Stream.concat(
            Stream.of(Member.text(FACTOR)),
            proofs.stream().flatMap(proof -> proof.members().stream()).distinct())
        .toList();
  }

  /// Reads what was given; what is slow is done when this returns.
  ///
  /// @param given plain JSON values, or the texts of a form
  /// @throws Problem VALIDATION_ERROR when it cannot be read
  Claim read(Map<String, ?> given) {
    FactorProof proof = proof(given);
    return new Claim(proof, proof.judge(given));
  }

  private FactorProof proof(Map<String, ?> given) {
    Object name = given.get(FACTOR);
    return proofs.stream()
        .filter(proof -> proof.factor().value().equals(name))
        .findFirst()
        .orElseThrow(() ->
            Problem.invalid(
                FACTOR,
                "must be one that the account has, such as %s"
                    .formatted(
                        proofs.stream()
                            .map(proof -> proof.factor().value())
                            .collect(Collectors.joining(" or ")))));
  }

  /// Somebody says that they have a factor.
  final class Claim {
    private final FactorProof proof;
    private final FactorProof.Judge judge;

    private Claim(FactorProof proof, FactorProof.Judge judge) {
      this.proof = proof;
      this.judge = judge;
    }

    Factor factor() {
      return proof.factor();
    }

    /// What is told when they have not.
    Problem wrong() {
      return proof.wrong();
    }

    /// Whether they have it. What is good once is used up then; what is not is a failed attempt.
    ///
    /// @throws Problem TOO_MANY_REQUESTS
    boolean isGood(WriteContext write, Entity account, RequestSource source) throws SQLException {
      String email = context.accounts().email(account);
      Attempt attempt = context.attempts().countFactor(write, account.id(), email, source);
      boolean good =
          Factors.provable(write.session(), account.id()).contains(factor())
              && judge.isGood(write, account, source);
      if (!good) {
        failures.record(write, Kind.PROOF_FAILED, attempt, Optional.of(account.id()), WAY);
        return false;
      }
      context.attempts().succeeded(write, attempt);
      if (factor() == Factor.RECOVERY_CODE) {
        Event used = Event.of(Kind.RECOVERY_CODE_USED, account.id(), email, source);
        context
            .events()
            .record(write, used.with("left", RecoveryCodes.left(write.session(), account.id())));
      }
      return true;
    }

    /// Tells the account of it by mail, where that is worth one.
    void mail(WriteContext write, Entity account, RequestSource source) throws SQLException {
      if (factor() == Factor.RECOVERY_CODE) {
        int left = RecoveryCodes.left(write.session(), account.id());
        String email = context.accounts().email(account);
        context.mail(write, FactorMails.recoveryCodeUsed(email, left), source);
      }
    }
  }
}
