package dev.varve.face.auth;

import dev.varve.identity.account.Attempts.Attempt;
import dev.varve.identity.account.Factor;
import dev.varve.identity.account.Factors;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.FirstProof;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionIssuer.Proof;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.account.SignInMethod;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Proving the second factor that is owed, whatever the session is for and however the first was proven.
///
/// A wrong try is counted and leaves what was proven before as it is; a right one uses it up in the unit that opens the session.
public final class SecondFactor {
  static final String WAY = "second-factor";
  private static final String FACTOR = "factor";

  private final AccountContext context;
  private final FailedAttempts failures;
  private final List<FactorProof> proofs;

  /// @param proofs one of each factor
  SecondFactor(AccountContext context, FailedAttempts failures, List<FactorProof> proofs) {
    this.context = context;
    this.failures = failures;
    this.proofs = List.copyOf(proofs);
  }

  /// Where it stands what was proven before.
  public interface Kept {
    /// What was proven, if it is still good.
    Optional<FirstProof> find(WriteContext write) throws SQLException;

    void use(WriteContext write) throws SQLException;
  }

  /// What a request brings: the name of a factor, and what proves that.
  List<Member> members() {
    return Stream.concat(
            Stream.of(Member.text(FACTOR)),
            proofs.stream().flatMap(proof -> proof.members().stream()).distinct())
        .toList();
  }

  /// Opens a session, durably when this returns, or tells why not.
  ///
  /// @param given plain JSON values, or the texts of a form
  /// @throws Problem VALIDATION_ERROR when it cannot be read, TOO_MANY_REQUESTS
  public <T> T prove(
      Kept kept,
      Map<String, ?> given,
      RequestSource source,
      SessionUse use,
      PasswordSignIn.Then<T> then) {
    FactorProof proof = proof(given);
    FactorProof.Judge judge = proof.judge(given);
    return context.write(
        source, write -> then.of(write, open(write, kept, proof, judge, source, use)));
  }

  private FactorProof proof(Map<String, ?> given) {
    Object name = given.get(FACTOR);
    return proofs.stream()
        .filter(proof -> proof.factor().value().equals(name))
        .findFirst()
        .orElseThrow(() ->
            Problem.invalid(
                FACTOR,
                "must be one of the factors that the account has, such as %s"
                    .formatted(
                        proofs.stream()
                            .map(proof -> proof.factor().value())
                            .collect(Collectors.joining(" or ")))));
  }

  private Outcome open(
      WriteContext write,
      Kept kept,
      FactorProof proof,
      FactorProof.Judge judge,
      RequestSource source,
      SessionUse use)
      throws SQLException {
    Optional<FirstProof> first = kept.find(write);
    Optional<Entity> account =
        first.isPresent() && first.get().holds(write)
            ? write.find(context.accounts().model(), first.get().account())
            : Optional.empty();
    if (account.isEmpty()) {
      return new Outcome.Refused(gone());
    }
    if (!isProven(write, account.get(), proof.factor(), judge, source)) {
      return new Outcome.Refused(proof.wrong());
    }
    kept.use(write);
    Proof before = first.orElseThrow().proof();
    Set<SignInMethod> methods = new HashSet<>(before.methods());
    methods.add(proof.factor().method());
    return context
        .issuer()
        .open(write, account.get(), new Proof(before.way(), methods, before.at()), use, source);
  }

  static Problem gone() {
    return new Problem(
        ErrorCode.UNAUTHENTICATED,
        "What was proven before is not good any more: sign in from the beginning");
  }

  private boolean isProven(
      WriteContext write,
      Entity account,
      Factor factor,
      FactorProof.Judge judge,
      RequestSource source)
      throws SQLException {
    String email = context.accounts().email(account);
    Attempt attempt = context.attempts().countFactor(write, account.id(), email, source);
    boolean good =
        Factors.of(write.session(), account.id()).contains(factor) && judge.isGood(write, account, source);
    if (good) {
      context.attempts().succeeded(write, attempt);
    } else {
      failures.record(write, Kind.PROOF_FAILED, attempt, Optional.of(account.id()), WAY);
    }
    return good;
  }
}
