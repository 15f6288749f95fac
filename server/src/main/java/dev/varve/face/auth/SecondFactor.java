package dev.varve.face.auth;

import dev.varve.identity.account.FirstProof;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionIssuer.Proof;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.mail.Mail;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Proving the second factor that is owed, whatever the session is for and however the first was proven.
///
/// A wrong try is counted and leaves what was proven before as it is; a right one uses it up in the unit that opens the session.
public final class SecondFactor {
  private final AccountContext context;
  private final FactorProofs proofs;

  SecondFactor(AccountContext context, FactorProofs proofs) {
    this.context = context;
    this.proofs = proofs;
  }

  /// Where it stands what was proven before.
  public interface Kept {
    /// What was proven, if it is still good.
    Optional<FirstProof> find(WriteContext write) throws SQLException;

    void use(WriteContext write) throws SQLException;
  }

  /// What a request brings.
  List<Member> members() {
    return proofs.members();
  }

  private record Done<T>(T value, Optional<Mail> mail) {}

  private record Opening(Outcome outcome, Optional<Mail> mail) {}

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
    FactorProofs.Claim claim = proofs.read(given);
    Done<T> done =
        context.write(
            source,
            write -> {
              Opening opening = open(write, kept, claim, source, use);
              return new Done<>(then.of(write, opening.outcome()), opening.mail());
            });
    done.mail().ifPresent(context.outbox()::send);
    return done.value();
  }

  private Opening open(
      WriteContext write, Kept kept, FactorProofs.Claim claim, RequestSource source, SessionUse use)
      throws SQLException {
    Optional<FirstProof> first = kept.find(write);
    Optional<Entity> account =
        first.isPresent() && first.get().holds(write)
            ? write.find(context.accounts().model(), first.get().account())
            : Optional.empty();
    if (account.isEmpty()) {
      return new Opening(new Outcome.Refused(gone()), Optional.empty());
    }
    if (!claim.isGood(write, account.get(), source)) {
      return new Opening(new Outcome.Refused(claim.wrong()), Optional.empty());
    }
    kept.use(write);
    Proof both = first.orElseThrow().proof().and(claim.factor().method());
    return new Opening(
        context.issuer().open(write, account.get(), both, use, source),
        claim.mail(write, account.get()));
  }

  static Problem gone() {
    return new Problem(
        ErrorCode.UNAUTHENTICATED,
        "What was proven before is not good any more: sign in from the beginning");
  }
}
