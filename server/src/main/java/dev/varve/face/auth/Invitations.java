package dev.varve.face.auth;

import dev.varve.identity.account.AccountModel;
import dev.varve.identity.account.Attempts.Attempt;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.MailTokens;
import dev.varve.identity.account.MailTokens.Purpose;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SignUpPolicy;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.InputReader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Inviting somebody by mail, with roles; and what the invitation is good for when they sign up.
public final class Invitations {
  static final String INVITATION = "invitation";

  private static final List<Member> TAKEN =
      List.of(Endpoint.EMAIL, Member.of(AccountModel.ROLES, new Route.Type.Texts()).optional());

  private final AccountContext context;
  private final FailedAttempts failures;
  private final VerifiedAccount verifiedAccount;
  private final StepUp stepUp;

  Invitations(
      AccountContext context,
      FailedAttempts failures,
      VerifiedAccount verifiedAccount,
      StepUp stepUp) {
    this.context = context;
    this.failures = failures;
    this.verifiedAccount = verifiedAccount;
    this.stepUp = stepUp;
  }

  Route route() {
    return Endpoint.post("/auth/invitations", "invite", "Invite somebody")
        .says(
            "Mails an invitation to sign up with, to an account with these roles. For administrators.")
        .asks(Route.Caller.ADMINISTRATOR)
        .takes(TAKEN)
        .gives(202, Endpoint.MESSAGE)
        .answeredBy(this::invite);
  }

  /// `POST /auth/invitations`
  Answer invite(Request request) {
    Entity administrator = stepUp.requireAdministrator(request);
    if (context.settings().signUp() == SignUpPolicy.CLOSED) {
      throw new Problem(
          ErrorCode.FORBIDDEN, "Nobody can sign up here, with the setting auth.signUp: CLOSED");
    }
    context.outbox().requireMail();
    JsonBody body = JsonBody.of(request, TAKEN);
    String email = body.email(AccountModel.EMAIL);
    List<String> roles = roles(body);
    body.check();
    RequestSource source = AccountContext.source(request);
    context.note(
        source,
        write -> {
          stepUp.require(write, administrator, request.caller());
          context.mail(write, invite(write, administrator, email, roles, source), source);
        });
    return AccountAnswers.message("The invitation is on its way");
  }

  private List<String> roles(JsonBody body) {
    if (!body.has(AccountModel.ROLES)) {
      return List.of();
    }
    List<FieldError> errors = new ArrayList<>();
    Object roles =
        InputReader.value(
            context.accounts().roles(), body.take(AccountModel.ROLES), AccountModel.ROLES, errors);
    body.wrong(errors);
    return roles instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }

  private Optional<Letter> invite(
      WriteContext write,
      Entity administrator,
      String email,
      List<String> roles,
      RequestSource source)
      throws SQLException {
    String payload =
        new String(Json.bytes(json -> Json.write(json, roles)), StandardCharsets.UTF_8);
    Optional<OpaqueToken> token =
        context.mailTokens().issue(write, Purpose.INVITATION, email, null, payload);
    context
        .events()
        .record(
            write, Event.of(Kind.INVITED, administrator.id(), email, source).with("roles", roles));
    return token.map(found -> context.mails().invitation(email, found));
  }

  /// Makes the account of somebody who was invited: the invitation proves the mailbox.
  void accept(SignUp.Wish wish, String invitation, RequestSource source) {
    boolean good = context.write(source, write -> accept(write, wish, invitation, source));
    if (!good) {
      throw Problem.invalid(
          INVITATION,
          "is not good for this e-mail address: it was used, has expired, or never was one");
    }
  }

  private boolean accept(
      WriteContext write, SignUp.Wish wish, String invitation, RequestSource source)
      throws SQLException {
    Attempt attempt = context.attempts().count(write, source);
    Optional<MailTokens.Row> row =
        MailTokens.find(write, invitation, Set.of(Purpose.INVITATION))
            .filter(found -> found.email().equals(wish.email()));
    if (row.isEmpty()) {
      failures.record(write, Kind.PROOF_FAILED, attempt, Optional.empty(), INVITATION);
      return false;
    }
    context.attempts().succeeded(write, attempt);
    MailTokens.use(write, row.get());
    verifiedAccount.admit(write, wish.input(), roles(row.get()), wish.credential(), source);
    return true;
  }

  /// The roles of an account that an invitation leads to.
  public static List<Object> roles(MailTokens.Row invitation) {
    Object roles = Json.read(invitation.payload().orElse("[]").getBytes(StandardCharsets.UTF_8));
    return roles instanceof List<?> list ? List.<Object>copyOf(list) : List.of();
  }
}
