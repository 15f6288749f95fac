package dev.varve.face.auth;

import dev.varve.identity.account.Attempts;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.MailTokens;
import dev.varve.identity.account.MailTokens.Purpose;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.Field;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.InputReader;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Giving an account another e-mail address, once whoever reads mails there says so.
public final class EmailFlows {
  private static final String NEW = "newEmail";
  private static final String PASSWORD = "password";
  private static final String CONFIRMATION = "email-confirm";

  private static final List<Member> CHANGED =
      List.of(Member.of(NEW, new Route.Type.Text("email")), Member.text(PASSWORD));

  private final AccountContext context;
  private final PasswordProof proof;
  private final StepUp stepUp;
  private final FailedAttempts failures;

  EmailFlows(AccountContext context, PasswordProof proof, StepUp stepUp, FailedAttempts failures) {
    this.context = context;
    this.proof = proof;
    this.stepUp = stepUp;
    this.failures = failures;
  }

  Route route() {
    return Endpoint.post("/auth/email", "changeEmail", "Ask for another e-mail address")
        .says(
            "Mails a token to the new address, and a warning to the old one. The account keeps the old one until the token comes back. An account with a second factor must have proven it in the last ten minutes (`POST /auth/step-up`).")
        .asks(Route.Caller.ACCOUNT)
        .takes(CHANGED)
        .gives(202, Endpoint.MESSAGE)
        .answeredBy(this::change);
  }

  /// `POST /auth/email`
  Answer change(Request request) {
    change(request.caller(), known -> JsonBody.of(request, known), AccountContext.source(request));
    return AccountAnswers.message(
        "The address changes once it is confirmed: look into its mailbox");
  }

  /// Mails a token to another address, which becomes that of the account when it comes back.
  public void change(Caller caller, JsonBody.Reader reader, RequestSource source) {
    Entity account = stepUp.requireWithPassword(caller);
    context.outbox().requireMail();
    JsonBody body = reader.with(CHANGED);
    String newEmail = newEmail(body);
    String password = body.password(PASSWORD);
    body.check();
    String email = context.accounts().email(account);
    boolean sent =
        proof
            .prove(
                email,
                password,
                source,
                "email",
                proven -> write -> send(write, proven, caller, newEmail, source))
            .orElse(false);
    if (!sent) {
      throw Problem.invalid(PASSWORD, "is wrong");
    }
  }

  private String newEmail(JsonBody body) {
    String email = body.email(NEW);
    if (!email.isEmpty()) {
      List<FieldError> errors = new ArrayList<>();
      InputReader.value(context.accounts().email(), email, NEW, errors);
      body.wrong(errors);
    }
    return email;
  }

  private boolean send(
      WriteContext write,
      PasswordProof.Proven proven,
      Caller caller,
      String newEmail,
      RequestSource source)
      throws SQLException {
    context.attempts().countMail(write, source);
    Entity account = AccountContext.requireAccount(caller);
    if (!proven.opens(account, write)) {
      return false;
    }
    stepUp.requireWithPassword(write, account, caller);
    send(write, account, newEmail, source);
    return true;
  }

  /// An address that has an account already is told so there; the answer is the same.
  private void send(WriteContext write, Entity account, String newEmail, RequestSource source)
      throws SQLException {
    boolean taken = context.account(write, newEmail).isPresent();
    Optional<OpaqueToken> token =
        context
            .mailTokens()
            .issue(write, taken ? Purpose.NOTICE : Purpose.EMAIL, newEmail, account.id(), null);
    Mails mails = context.mails();
    context.mail(
        write,
        token.map(found -> taken ? mails.exists(newEmail) : mails.newEmail(newEmail, found)),
        source);
    context.mail(write, mails.emailChanging(context.accounts().email(account), newEmail), source);
  }

  /// `POST /auth/email/confirm`: whoever reads the new mailbox must also know the password of the account. Else somebody could have
  /// another confirm, by mistake, an address for an account that both can use.
  ///
  /// @param kept the session in which that is said, if it is one of the account: others end
  /// @return the new address
  /// @throws Problem VALIDATION_ERROR when the token is not good, or the password is wrong: the token stays good then
  String confirm(String token, String password, Optional<String> kept, RequestSource source) {
    // looked at before the password, which costs more than a guess may
    Entity account = asking(token).orElseThrow(() -> useless(source));
    Optional<String> email =
        proof
            .prove(
                context.accounts().email(account),
                password,
                source,
                CONFIRMATION,
                proven -> write -> confirm(write, token, proven, kept))
            .orElseThrow(() ->
                Problem.invalid(
                    PASSWORD,
                    "is not that of the account that asked for this address. If you did not ask, there is nothing to do"));
    return email.orElseThrow(() -> useless(source));
  }

  /// The account that asked for the address.
  private Optional<Entity> asking(String token) {
    long now = SqlValues.micros(context.stages().clock().instant());
    return context
        .stages()
        .database()
        .lookup(session -> MailTokens.find(session, token, Set.of(Purpose.EMAIL), now))
        .flatMap(MailTokens.Row::account)
        .flatMap(context::account)
        .filter(found -> !context.accounts().disabled(found));
  }

  private Problem useless(RequestSource source) {
    context.note(
        source,
        write -> {
          Attempts.Attempt attempt = context.attempts().count(write, source);
          failures.record(write, Kind.PROOF_FAILED, attempt, Optional.empty(), CONFIRMATION);
        });
    return MailTokens.useless();
  }

  private Optional<String> confirm(
      WriteContext write, String token, PasswordProof.Proven proven, Optional<String> kept)
      throws SQLException {
    Optional<MailTokens.Row> row = MailTokens.find(write, token, Set.of(Purpose.EMAIL));
    Optional<Entity> account =
        row.flatMap(MailTokens.Row::account)
            .flatMap(id -> write.find(context.accounts().model(), id))
            .filter(found -> !context.accounts().disabled(found));
    if (account.isEmpty() || !proven.opens(account.get(), write)) {
      return Optional.empty();
    }
    String email = row.orElseThrow().email();
    // in this order: what follows from the change asks whether the address was confirmed
    MailTokens.use(write, row.get());
    MailTokens.endWaiting(write, email);
    Map<Field, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put(context.accounts().email(), email);
    fields.put(context.accounts().verified(), true);
    context.change(write, account.get(), fields);
    context.sessions().endAll(write, account.get().id(), kept);
    return Optional.of(email);
  }
}
