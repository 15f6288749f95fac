package dev.varve.face.auth;

import dev.varve.identity.account.Attempts.Attempt;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.MailTokens;
import dev.varve.identity.account.MailTokens.Purpose;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Proving once more who somebody is with a text that is mailed to the account, for the session that asked for it alone.
final class StepUpByMail {
  private static final String PATH = StepUp.PATH + "/mail";
  private static final String ACCEPTED = "You find a mail in the mailbox of the account";

  private final AccountContext context;
  private final StepUpWays ways;
  private final FailedAttempts failures;

  StepUpByMail(AccountContext context, StepUpWays ways, FailedAttempts failures) {
    this.context = context;
    this.ways = ways;
    this.failures = failures;
  }

  Route route() {
    return Endpoint.post(PATH, "mailStepUp", "Ask for a mail that proves who you are")
        .says(
            "For an account that has no password, no second factor and no passkey, and whose address is confirmed. What stands in the mail goes to `POST /auth/step-up` as `token`, once, within a quarter of an hour, in the same session.")
        .asks(Route.Caller.ACCOUNT)
        .takes(List.of())
        .gives(202, Endpoint.MESSAGE)
        .answeredBy(this::send);
  }

  /// `POST /auth/step-up/mail`
  Answer send(Request request) {
    Entity account = StepUp.requireOwn(request.caller());
    JsonBody.of(request, List.of()).check();
    context.outbox().requireMail();
    String session = request.caller().session().orElseThrow();
    RequestSource source = AccountContext.source(request);
    context.note(source, account.id(), write -> mail(write, account.id(), session, source));
    return AccountAnswers.message(ACCEPTED);
  }

  private void mail(WriteContext write, String id, String session, RequestSource source)
      throws SQLException {
    context.attempts().countMail(write, source);
    Entity account = write.find(context.accounts().model(), id).orElseThrow(StepUp::ended);
    if (!ways.of(write.session(), account).mail()) {
      throw new Problem(
          ErrorCode.FORBIDDEN,
          "A mail proves nothing here: take one of the ways that GET %s lists"
              .formatted(StepUp.PATH));
    }
    String email = context.accounts().email(account);
    Optional<Letter> letter =
        context
            .mailTokens()
            .issue(write, Purpose.STEP_UP, email, id, session)
            .map(token -> context.mails().stepUp(email, token));
    context.mail(write, letter, source);
  }

  /// Whether somebody reads the mails of the account, whose mailbox is still this one. The text is used up then.
  boolean isGood(WriteContext write, String id, String session, String token, RequestSource source)
      throws SQLException {
    Optional<MailTokens.Row> row =
        MailTokens.find(write, token, Set.of(Purpose.STEP_UP))
            .filter(found -> found.account().equals(Optional.of(id)))
            .filter(found -> found.payload().equals(Optional.of(session)));
    Optional<Entity> account =
        row.isEmpty() ? Optional.empty() : write.find(context.accounts().model(), id);
    boolean good =
        account.isPresent()
            && context.accounts().hasMailbox(account.get(), row.get().email())
            && ways.of(write.session(), account.get()).mail();
    if (good) {
      MailTokens.use(write, row.get());
    } else {
      Attempt attempt = context.attempts().count(write, source);
      failures.record(write, Kind.PROOF_FAILED, attempt, Optional.of(id), StepUp.WAY);
    }
    return good;
  }
}
