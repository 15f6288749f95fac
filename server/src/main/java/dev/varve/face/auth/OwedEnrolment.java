package dev.varve.face.auth;

import dev.varve.face.auth.TotpEnrolment.Begun;
import dev.varve.face.auth.TotpEnrolment.Confirmed;
import dev.varve.identity.account.Factor;
import dev.varve.identity.account.Factors;
import dev.varve.identity.account.FirstProof;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionUse;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// Enrolling the second factor that an account must have and has not, before its first session. What was proven is good for this alone,
/// and only as long as the account has none: a factor that somebody has enrolled meanwhile is to be proven.
public final class OwedEnrolment {
  private final AccountContext context;
  private final TotpEnrolment totp;

  OwedEnrolment(AccountContext context, TotpEnrolment totp) {
    this.context = context;
    this.totp = totp;
  }

  /// Shows a secret; nothing when what was proven is not good any more.
  ///
  /// @param bound what only whoever confirms it has
  public Optional<Begun> begin(SecondFactor.Kept kept, String bound, RequestSource source) {
    return context.write(
        source,
        write -> {
          Optional<Entity> account = account(write, kept);
          return account.isEmpty()
              ? Optional.empty()
              : Optional.of(totp.begin(write, account.get(), bound));
        });
  }

  /// Shows a secret once more that was shown before.
  public Optional<Begun> again(
      SecondFactor.Kept kept, String bound, String enrolment, RequestSource source) {
    return context.write(
        source,
        write -> {
          Optional<Entity> account = account(write, kept);
          return account.isEmpty()
              ? Optional.empty()
              : totp.again(write, account.get(), bound, enrolment);
        });
  }

  private Optional<Entity> account(WriteContext write, SecondFactor.Kept kept) throws SQLException {
    Optional<FirstProof> first = kept.find(write);
    if (first.isEmpty()
        || !first.get().holds(write, context.accounts())
        || !Factors.provable(write.session(), first.get().account()).isEmpty()) {
      return Optional.empty();
    }
    return write.find(context.accounts().model(), first.get().account());
  }

  /// What came of a confirmation.
  ///
  /// @param recoveryCodes to be shown this once; none when nothing was enrolled
  public record Done<T>(T value, List<String> recoveryCodes) {
    public Done {
      recoveryCodes = List.copyOf(recoveryCodes);
    }
  }

  /// What somebody brings to confirm it.
  ///
  /// @param name what they call the application
  public record Confirmation(String enrolment, String code, String name) {}

  /// Enrols the factor and opens the session, in one unit that is durable when this returns, or tells why not.
  ///
  /// @throws dev.varve.kernel.Problem TOO_MANY_REQUESTS
  public <T> Done<T> confirm(
      SecondFactor.Kept kept,
      String bound,
      Confirmation given,
      RequestSource source,
      SessionUse use,
      PasswordSignIn.Then<T> then) {
    return context.write(source, write -> confirm(write, kept, bound, given, source, use, then));
  }

  private <T> Done<T> confirm(
      WriteContext write,
      SecondFactor.Kept kept,
      String bound,
      Confirmation given,
      RequestSource source,
      SessionUse use,
      PasswordSignIn.Then<T> then)
      throws SQLException {
    Optional<Entity> account = account(write, kept);
    if (account.isEmpty()) {
      return nothing(then.of(write, new Outcome.Refused(SecondFactor.gone())));
    }
    FirstProof first = kept.find(write).orElseThrow();
    Confirmed confirmed =
        totp.confirm(
            write, account.get(), bound, given.enrolment(), given.code(), given.name(), source);
    return switch (confirmed) {
      case Confirmed.Refused(var problem) -> nothing(then.of(write, new Outcome.Refused(problem)));
      case Confirmed.Done(String _, List<String> codes) -> {
        kept.use(write);
        Outcome outcome =
            context
                .issuer()
                .open(write, account.get(), first.proof().and(Factor.TOTP.method()), use, source);
        String email = context.accounts().email(account.get());
        context.mail(write, FactorMails.added(email, given.name()), source);
        yield new Done<>(then.of(write, outcome), codes);
      }
    };
  }

  private static <T> Done<T> nothing(T value) {
    return new Done<>(value, List.of());
  }
}
