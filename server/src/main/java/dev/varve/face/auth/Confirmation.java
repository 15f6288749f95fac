package dev.varve.face.auth;

import dev.varve.identity.account.Attempts.Attempt;
import dev.varve.identity.account.Credentials;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.MailTokens;
import dev.varve.identity.account.MailTokens.Purpose;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.InputReader;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Proving that the mailbox of a sign-up, or of an account that was made at once, is one's own.
final class Confirmation {
  private static final String PASSWORD = "password";

  private final AccountContext context;
  private final FailedAttempts failures;
  private final VerifiedAccount verifiedAccount;
  private final MailRequests requests;

  Confirmation(
      AccountContext context,
      FailedAttempts failures,
      VerifiedAccount verifiedAccount,
      MailRequests requests) {
    this.context = context;
    this.failures = failures;
    this.verifiedAccount = verifiedAccount;
    this.requests = requests;
  }

  /// `POST /auth/verify-email`: makes the account of a sign-up that waits, or marks the address of one as verified.
  ///
  /// Whoever reads the mailbox must also know the password that was chosen with it: a mail for the sign-up of somebody
  /// else, confirmed by mistake, would make an account that both can use.
  ///
  /// @return the address
  /// @throws Problem VALIDATION_ERROR when the token is not good, or the password is wrong: the token stays good then
  String verify(String token, String password, RequestSource source) {
    Waiting waiting = context.write(source, write -> waiting(write, token, source));
    if (waiting.row().isEmpty()) {
      fail(waiting, source);
      throw MailTokens.useless();
    }
    if (!proven(waiting, password)) {
      fail(waiting, source);
      throw Problem.invalid(
          PASSWORD,
          "is not the one that was chosen at this sign-up. If you did not choose it, sign up again, or use the"
              + " forgotten password if you have an account");
    }
    return context
        .write(source, write -> verify(write, token, waiting, source))
        .orElseThrow(MailTokens::useless);
  }

  /// What waits for a mailbox to be confirmed.
  ///
  /// @param hash of the password that was chosen with it
  private record Waiting(Attempt attempt, Optional<MailTokens.Row> row, Optional<String> hash) {}

  private Waiting waiting(WriteContext write, String token, RequestSource source)
      throws SQLException {
    Optional<MailTokens.Row> row = confirmable(write, token);
    Attempt attempt =
        row.isPresent()
            ? context.attempts().countMailed(write, row.get(), source)
            : context.attempts().count(write, source);
    return new Waiting(attempt, row, row.isEmpty() ? Optional.empty() : hash(write, row.get()));
  }

  static Optional<MailTokens.Row> confirmable(WriteContext write, String token)
      throws SQLException {
    return find(write.session(), token, write.at());
  }

  static Optional<MailTokens.Row> find(Session rows, String token, Instant at) throws SQLException {
    return MailTokens.find(
        rows, token, Set.of(Purpose.SIGN_UP, Purpose.VERIFY), SqlValues.micros(at));
  }

  private static Optional<String> hash(WriteContext write, MailTokens.Row row) throws SQLException {
    if (row.purpose() == Purpose.SIGN_UP) {
      return PendingSignUp.of(row)
          .map(PendingSignUp::credential)
          .flatMap(first ->
              first instanceof FirstCredential.Password(String hash)
                  ? Optional.of(hash)
                  : Optional.empty());
    }
    return row.account().isEmpty()
        ? Optional.empty()
        : Credentials.hash(write.session(), row.account().get());
  }

  private boolean proven(Waiting waiting, String password) {
    return waiting.hash().isPresent()
        && context.decide(
            waiting.attempt(), () -> context.passwords().verify(password, waiting.hash().get()));
  }

  private void fail(Waiting waiting, RequestSource source) {
    context.note(source, write -> fail(write, waiting));
  }

  private void fail(WriteContext write, Waiting waiting) throws SQLException {
    Optional<String> account = waiting.row().flatMap(MailTokens.Row::account);
    failures.record(write, Kind.PROOF_FAILED, waiting.attempt(), account, "verify-email");
  }

  private Optional<String> verify(
      WriteContext write, String token, Waiting waiting, RequestSource source) throws SQLException {
    Optional<MailTokens.Row> row = confirmable(write, token);
    boolean good =
        row.isPresent()
            // of an account, the password may have changed since it was proven
            && hash(write, row.get()).equals(waiting.hash())
            && follow(write, row.get(), source);
    if (!good) {
      fail(write, waiting);
      return Optional.empty();
    }
    context.attempts().succeeded(write, waiting.attempt());
    return row.map(MailTokens.Row::email);
  }

  /// What a token leads to whose sender has proven that it was them: it is used up when there is still something to do.
  ///
  /// @return whether there was
  boolean follow(WriteContext write, MailTokens.Row row, RequestSource source) throws SQLException {
    boolean done = row.purpose() == Purpose.SIGN_UP ? make(write, row, source) : mark(write, row);
    if (done) {
      MailTokens.use(write, row);
    }
    return done;
  }

  private boolean make(WriteContext write, MailTokens.Row row, RequestSource source)
      throws SQLException {
    PendingSignUp pending = PendingSignUp.of(row).orElseThrow();
    // read again: the schema may have changed meanwhile
    Input input =
        InputReader.read(context.accounts().model(), pending.fields(), InputReader.Mode.CREATE);
    return verifiedAccount.admit(write, input, List.of(), pending.credential(), source);
  }

  private boolean mark(WriteContext write, MailTokens.Row row) {
    Optional<Entity> account =
        row.account()
            .flatMap(id -> write.find(context.accounts().model(), id))
            .filter(found -> context.accounts().email(found).equals(row.email()));
    account.ifPresent(
        found -> context.change(write, found, Map.of(context.accounts().verified(), true)));
    return account.isPresent();
  }

  Route route() {
    return Endpoint.post(
            "/auth/verify-email/resend", "resendVerification", "Ask for the token once more")
        .says(
            "Mails the token that confirms an address again, when there is one that waits. The answer is the same in each case.")
        .takes(MailRequests.TAKEN)
        .gives(202, Endpoint.MESSAGE)
        .answeredBy(this::resend);
  }

  /// `POST /auth/verify-email/resend`
  Answer resend(Request request) {
    return requests.answer(request, SignUp.ACCEPTED, this::resend);
  }

  private Optional<Letter> resend(WriteContext write, String email) throws SQLException {
    Optional<MailTokens.Row> waiting = MailTokens.waiting(write, email);
    Optional<Entity> unverified =
        context.account(write, email).filter(account -> !context.accounts().verified(account));
    if (waiting.isPresent()) {
      Optional<OpaqueToken> token =
          context
              .mailTokens()
              .issue(write, Purpose.SIGN_UP, email, null, waiting.get().payload().orElse(null));
      return token.map(found -> context.mails().signUp(email, found));
    }
    if (unverified.isPresent()) {
      return context
          .mailTokens()
          .issue(write, Purpose.VERIFY, email, unverified.get().id(), null)
          .map(token -> context.mails().verify(email, token));
    }
    context.mailTokens().issue(write, Purpose.NOTICE, email, null, null);
    return Optional.empty();
  }
}
