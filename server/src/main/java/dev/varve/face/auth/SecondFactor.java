package dev.varve.face.auth;

import dev.varve.identity.account.FirstProof;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionIssuer.Proof;
import dev.varve.identity.account.SessionUse;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Proving the second factor that is owed, whatever the session is for and however the first was proven.
///
/// A wrong try is counted and leaves what was proven before as it is; a right one uses it up in the unit that opens the session.
public final class SecondFactor {
  static final Member TRUST = Member.of("trust", new Route.Type.Truth()).optional();

  private final AccountContext context;
  private final FactorProofs proofs;
  private final BrowserTrust trust;

  SecondFactor(AccountContext context, FactorProofs proofs, BrowserTrust trust) {
    this.context = context;
    this.proofs = proofs;
    this.trust = trust;
  }

  /// Where it stands what was proven before.
  public interface Kept {
    /// What was proven, if it is still good.
    Optional<FirstProof> find(WriteContext write) throws SQLException;

    void use(WriteContext write) throws SQLException;
  }

  /// What a request brings.
  List<Member> members() {
    return Stream.concat(proofs.members().stream(), Stream.of(TRUST)).toList();
  }

  /// What came of it.
  ///
  /// @param trust the cookie of a browser that is trusted from now on
  public record Done<T>(T value, Optional<TrustCookie> trust) {
    /// The answer, with what the browser is given to keep.
    public Answer with(Answer answer, Request request) {
      return trust.isPresent() ? trust.get().given(answer, request) : answer;
    }
  }

  /// Opens a session, durably when this returns, or tells why not.
  ///
  /// @param given plain JSON values, or the texts of a form
  /// @throws Problem VALIDATION_ERROR when it cannot be read, TOO_MANY_REQUESTS
  public <T> Done<T> prove(
      Kept kept,
      Map<String, ?> given,
      RequestSource source,
      SessionUse use,
      PasswordSignIn.Then<T> then) {
    FactorProofs.Claim claim = proofs.read(given);
    boolean trusts = trust.isAsked(given);
    return context.write(source, write -> open(write, kept, claim, trusts, source, use, then));
  }

  private <T> Done<T> open(
      WriteContext write,
      Kept kept,
      FactorProofs.Claim claim,
      boolean trusts,
      RequestSource source,
      SessionUse use,
      PasswordSignIn.Then<T> then)
      throws SQLException {
    Optional<FirstProof> first = kept.find(write);
    Optional<Entity> account =
        first.isPresent() && first.get().holds(write, context.accounts())
            ? write.find(context.accounts().model(), first.get().account())
            : Optional.empty();
    if (account.isEmpty()) {
      return refused(write, gone(), then);
    }
    if (!claim.isGood(write, account.get(), source)) {
      return refused(write, claim.wrong(), then);
    }
    kept.use(write);
    Proof both = first.orElseThrow().proof().and(claim.factor().method(), write.at());
    Outcome outcome = context.issuer().open(write, account.get(), both, use, source);
    Optional<TrustCookie> cookie =
        trusts && outcome instanceof Outcome.Opened
            ? Optional.of(trust.begin(write, account.get(), source))
            : Optional.empty();
    claim.mail(write, account.get(), source);
    if (cookie.isPresent()) {
      context.mail(write, trust.mail(account.get(), source), source);
    }
    return new Done<>(then.of(write, outcome), cookie);
  }

  private static <T> Done<T> refused(
      WriteContext write, Problem problem, PasswordSignIn.Then<T> then) throws SQLException {
    return new Done<>(then.of(write, new Outcome.Refused(problem)), Optional.empty());
  }

  static Problem gone() {
    return new Problem(
        ErrorCode.UNAUTHENTICATED,
        "What was proven before is not good any more: sign in from the beginning");
  }
}
