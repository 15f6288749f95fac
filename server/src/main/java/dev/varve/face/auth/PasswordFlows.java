package dev.varve.face.auth;

import dev.varve.identity.account.Attempts;
import dev.varve.identity.account.Credentials;
import dev.varve.identity.account.EarlierHolder;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.KnownNetworks;
import dev.varve.identity.account.MailTokens;
import dev.varve.identity.account.MailTokens.Purpose;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.write.WriteContext;
import dev.varve.lane.write.WriterTask;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Changing a password, and choosing one when it is forgotten.
public final class PasswordFlows {
  private static final String NEW = "newPassword";
  private static final String CURRENT = "currentPassword";
  private static final String ACCEPTED =
      "If there is an account with this address, you find a mail there";

  private static final List<Member> CHANGED = List.of(Member.text(CURRENT), Member.text(NEW));

  private final AccountContext context;
  private final PasswordProof proof;
  private final FailedAttempts failures;
  private final StepUp stepUp;
  private final MailRequests requests;

  PasswordFlows(
      AccountContext context,
      PasswordProof proof,
      StepUp stepUp,
      FailedAttempts failures,
      MailRequests requests) {
    this.context = context;
    this.proof = proof;
    this.stepUp = stepUp;
    this.failures = failures;
    this.requests = requests;
  }

  List<Route> routes() {
    ForgottenPage forgotten = new ForgottenPage(requests, this::forgot);
    return List.of(
        Endpoint.post("/auth/password", "changePassword", "Change the password")
            .says(
                "Other sessions of the account end; a mail tells its owner. An account with a second factor must have proven it in the last ten minutes (`POST /auth/step-up`).")
            .asks(Route.Caller.ACCOUNT)
            .takes(CHANGED)
            .answeredBy(this::change),
        Endpoint.get(ForgottenPage.PATH, "showForgotPassword", "The page of a forgotten password")
            .says("For applications that have no page of their own.")
            .shows(Member.text(ReturnPath.NAME).optional())
            .answeredBy(forgotten::show),
        Endpoint.post(ForgottenPage.PATH, "forgotPassword", "Ask for another password")
            .says(
                "Mails a token that sets another password. The answer is the same whether the address has an account or not.")
            .takes(MailRequests.TAKEN)
            .gives(202, Endpoint.MESSAGE)
            .answeredBy(request ->
                PageForm.isForm(request)
                    ? forgotten.post(request)
                    : requests.answer(request, ACCEPTED, this::forgot)));
  }

  Answer change(Request request) {
    change(request.caller(), known -> JsonBody.of(request, known), AccountContext.source(request));
    return Answer.noContent();
  }

  /// Gives an account another password, with that which it has.
  public void change(Caller caller, JsonBody.Reader reader, RequestSource source) {
    Entity account = stepUp.requireWithPassword(caller);
    JsonBody body = reader.with(CHANGED);
    String current = body.password(CURRENT);
    String next = chosen(body);
    body.check();
    String email = context.accounts().email(account);
    boolean changed =
        proof
            .prove(
                email,
                current,
                source,
                "password",
                proven -> changing(proven, next, caller, source))
            .orElse(false);
    if (!changed) {
      throw Problem.invalid(CURRENT, "is wrong");
    }
  }

  private String chosen(JsonBody body) {
    String password = body.password(NEW);
    if (!password.isEmpty()) {
      body.wrong(context.passwords().weaknesses(NEW, password));
    }
    return password;
  }

  private WriterTask<Boolean> changing(
      PasswordProof.Proven proven, String next, Caller caller, RequestSource source) {
    Entity account = AccountContext.requireAccount(caller);
    String hash = context.passwords().hash(next);
    return write -> {
      if (!proven.opens(account, write)) {
        return false;
      }
      stepUp.requireWithPassword(write, account, caller);
      String email = context.accounts().email(account);
      set(write, account.id(), email, hash, caller.session(), source, "password");
      return true;
    };
  }

  /// Gives an account another password, and ends what the old one opened.
  private void set(
      WriteContext write,
      String account,
      String email,
      String hash,
      Optional<String> keptSession,
      RequestSource source,
      String way)
      throws SQLException {
    Credentials.set(write, account, hash);
    // whoever guesses at the new password does not lock out who has chosen it
    KnownNetworks.remember(write, account, source);
    int ended = context.sessions().endAll(write, account, keptSession);
    MailTokens.endAll(write, account);
    context.mail(write, context.mails().passwordChanged(email), source);
    context
        .events()
        .record(
            write,
            Event.of(Kind.PASSWORD_CHANGED, account, email, source)
                .with("way", way)
                .with("sessionsEnded", ended));
  }

  /// The mail of `POST /auth/password/forgot`
  private Optional<Letter> forgot(WriteContext write, String email) throws SQLException {
    Optional<Entity> account =
        context.account(write, email).filter(found -> !context.accounts().disabled(found));
    Optional<OpaqueToken> token =
        context
            .mailTokens()
            .issue(
                write,
                account.isPresent() ? Purpose.RESET : Purpose.NOTICE,
                email,
                account.map(Entity::id).orElse(null),
                null);
    return account.isEmpty()
        ? Optional.empty()
        : token.map(found -> context.mails().reset(email, found));
  }

  /// `POST /auth/password/reset`
  void reset(String token, String newPassword, RequestSource source) {
    List<FieldError> weaknesses = context.passwords().weaknesses(NEW, newPassword);
    if (!weaknesses.isEmpty()) {
      throw Problem.invalid(weaknesses);
    }
    // looked at before the hash is computed, which costs more than a guess may
    if (!good(token)) {
      fail(source);
    }
    String hash = context.passwords().hash(newPassword);
    if (!context.write(source, write -> reset(write, token, hash, source))) {
      fail(source);
    }
  }

  private boolean good(String token) {
    long now = SqlValues.micros(context.stages().clock().instant());
    return context
        .stages()
        .database()
        .lookup(session -> MailTokens.find(session, token, Set.of(Purpose.RESET), now))
        .isPresent();
  }

  private void fail(RequestSource source) {
    context.note(
        source,
        write -> {
          Attempts.Attempt attempt = context.attempts().count(write, source);
          failures.record(write, Kind.PROOF_FAILED, attempt, Optional.empty(), "password-reset");
        });
    throw MailTokens.useless();
  }

  private boolean reset(WriteContext write, String token, String hash, RequestSource source)
      throws SQLException {
    Optional<MailTokens.Row> row = MailTokens.find(write, token, Set.of(Purpose.RESET));
    Optional<Entity> account =
        row.flatMap(MailTokens.Row::account)
            .flatMap(id -> write.find(context.accounts().model(), id))
            .filter(found -> !context.accounts().disabled(found))
            .filter(found -> context.accounts().email(found).equals(row.get().email()));
    if (account.isEmpty()) {
      return false;
    }
    String email = row.orElseThrow().email();
    MailTokens.use(write, row.get());
    set(write, account.get().id(), email, hash, Optional.empty(), source, "reset");
    MailTokens.endWaiting(write, email);
    if (!context.accounts().verified(account.get())) {
      EarlierHolder.forget(write, account.get().id());
    }
    context.attempts().forget(write, email, source);
    // whoever has the token reads the mailbox
    context.change(write, account.get(), Map.of(context.accounts().verified(), true));
    return true;
  }
}
