package dev.varve.account;

import dev.varve.access.Access;
import dev.varve.http.Authentication;
import dev.varve.http.Routes;
import dev.varve.query.Query;
import dev.varve.schema.Schema;
import dev.varve.sql.Database;
import dev.varve.write.Sequencer;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/// Accounts, as the application serves them: every endpoint under `/auth`, and who sends a request.
public final class Accounts {
  private final AccountContext context;
  private final FailedAttempts failures;
  private final Bearers bearers;
  private final SigningKeys signingKeys;
  private final ApiKeys apiKeys;

  /// What accounts are built on, one set for each schema that is served.
  public record Stages(
      Schema schema,
      Access access,
      Query query,
      Sequencer sequencer,
      Database database,
      Clock clock,
      Supplier<String> ids,
      SecurityEvents events,
      Sessions sessions) {}

  /// @param origin where links in mails lead, once that is known
  public Accounts(
      Stages stages,
      AuthSettings settings,
      Passwords passwords,
      SigningKeys signingKeys,
      AccessTokens accessTokens,
      ApiKeys apiKeys,
      Outbox outbox,
      Supplier<Optional<String>> origin) {
    SecureRandom random = new SecureRandom();
    this.context =
        new AccountContext(
            stages,
            AccountModel.of(stages.schema().account()),
            settings,
            passwords,
            accessTokens,
            new RefreshTokens(stages.sessions(), random, settings.session()),
            new MailTokens(random),
            new Attempts(stages.database(), stages.clock()),
            outbox,
            new Mails(origin));
    this.failures = new FailedAttempts(stages.events());
    this.signingKeys = signingKeys;
    this.apiKeys = apiKeys;
    this.bearers = new Bearers(context, bearers(stages, accessTokens, apiKeys), failures);
  }

  private static Authentication bearers(Stages stages, AccessTokens accessTokens, ApiKeys apiKeys) {
    return new BearerAuthentication(
        accessTokens,
        apiKeys,
        stages.sessions(),
        stages.access(),
        stages.query(),
        stages.schema().account(),
        stages.clock());
  }

  /// Tells who sends a request.
  public Authentication authentication() {
    return bearers;
  }

  /// Adds every route of accounts.
  public void addTo(Routes.Builder routes) {
    PasswordProof proof = new PasswordProof(context, failures);
    MailRequests requests = new MailRequests(context);
    PasswordFlows passwords = new PasswordFlows(context, proof, failures, requests);
    EmailFlows emails = new EmailFlows(context, proof, failures);
    Confirmation confirmation = addSignUp(routes, requests);
    addSignIn(routes, proof);
    routes.post("/auth/password", passwords::change);
    routes.post("/auth/password/forgot", passwords::forgot);
    routes.post("/auth/email", emails::change);
    new MailLinks(confirmation, passwords, emails).addTo(routes);
    context.outbox().kept().ifPresent(mails -> new MailPage(mails).addTo(routes));
    signingKeys.addTo(routes);
    new ApiKeyFlows(context.stages(), apiKeys, new SecureRandom()).addTo(routes);
  }

  private Confirmation addSignUp(Routes.Builder routes, MailRequests requests) {
    Admission admission = new Admission(context);
    Invitations invitations = new Invitations(context, failures, admission);
    SignUp signUp = new SignUp(context, new Rehearsal(context), invitations);
    Confirmation confirmation = new Confirmation(context, failures, admission, requests);
    routes.post("/auth/sign-up", signUp::signUp);
    routes.post("/auth/verify-email/resend", confirmation::resend);
    routes.post("/auth/invitations", invitations::invite);
    return confirmation;
  }

  private void addSignIn(Routes.Builder routes, PasswordProof proof) {
    Rendering rendering = new Rendering(context);
    SignIn signIn = new SignIn(context, proof, failures, rendering);
    SessionFlows sessions = new SessionFlows(context);
    routes.post("/auth/sign-in", signIn::signIn);
    routes.post("/auth/refresh", signIn::refresh);
    routes.post("/auth/sign-out", sessions::signOut);
    routes.get("/auth/me", request -> rendering.me(request.caller()));
    routes.get("/auth/sessions", sessions::list);
    routes.delete("/auth/sessions", sessions::endAll);
    routes.delete("/auth/sessions/{id}", sessions::end);
  }
}
