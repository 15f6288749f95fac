package dev.varve.face.auth;

import dev.varve.identity.account.Attempts.Attempt;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.MailTokens;
import dev.varve.identity.account.MailTokens.Purpose;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionIssuer.Proof;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.account.SignInMethod;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/// Signing in with a token that was mailed, whatever the session is for: whoever has it reads the mails of the account. It takes the
/// place of a password, and not that of a second factor.
///
/// Only an account whose address is confirmed is sent one: of another nobody knows who else can sign in to it.
public final class MailSignIn {
  private static final String WAY = "mail-link";

  private final AccountContext context;
  private final FailedAttempts failures;

  MailSignIn(AccountContext context, FailedAttempts failures) {
    this.context = context;
    this.failures = failures;
  }

  /// Mails a token, if there is an account to sign in to. It takes as long when there is none.
  ///
  /// @param bound where alone the token is good, such as a flow
  /// @param path of the page behind the link
  /// @param parameter of the link that carries the token
  /// @throws dev.varve.kernel.Problem TOO_MANY_REQUESTS, or MAIL_UNAVAILABLE
  public void send(
      String email, String bound, String path, String parameter, RequestSource source) {
    context.outbox().requireMail();
    context.note(
        source,
        write -> {
          context.attempts().countMail(write, source);
          context.mail(write, mail(write, email, bound, path + "?" + parameter + "="), source);
        });
  }

  /// @param path with the parameter that the token follows
  Optional<Letter> mail(WriteContext write, String email, String bound, String path)
      throws SQLException {
    Optional<Entity> account =
        context
            .account(write, email)
            .filter(found -> context.accounts().verified(found))
            .filter(found -> !context.accounts().disabled(found));
    Optional<OpaqueToken> token =
        context
            .mailTokens()
            .issue(
                write,
                account.isPresent() ? Purpose.SIGN_IN : Purpose.NOTICE,
                email,
                account.map(Entity::id).orElse(null),
                bound);
    return account.isEmpty()
        ? Optional.empty()
        : token.map(found -> context.mails().signIn(email, found, path));
  }

  /// Opens a session, durably when this returns, or tells why not. The token is used up.
  public <T> T signIn(
      String token,
      String bound,
      RequestSource source,
      SessionUse use,
      PasswordSignIn.Then<T> then) {
    return context.write(source, write -> then.of(write, open(write, token, bound, source, use)));
  }

  private Outcome open(
      WriteContext write, String token, String bound, RequestSource source, SessionUse use)
      throws SQLException {
    Optional<MailTokens.Row> row =
        MailTokens.find(write, token, Set.of(Purpose.SIGN_IN))
            .filter(found -> found.payload().equals(Optional.of(bound)));
    Optional<Entity> account =
        row.flatMap(MailTokens.Row::account)
            .flatMap(id -> write.find(context.accounts().model(), id))
            .filter(found -> context.accounts().hasMailbox(found, row.get().email()));
    if (account.isEmpty()) {
      Attempt attempt = context.attempts().count(write, source);
      failures.record(write, Kind.SIGN_IN_FAILED, attempt, Optional.empty(), WAY);
      return new Outcome.Refused(MailTokens.useless());
    }
    MailTokens.use(write, row.orElseThrow());
    Proof proof = new Proof(WAY, Set.of(SignInMethod.MAIL), write.at()).mailedTo(row.get().email());
    return context.issuer().open(write, account.get(), proof, use, source);
  }
}
