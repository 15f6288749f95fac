package dev.varve.face.auth;

import dev.varve.identity.account.AccountModel;
import dev.varve.identity.account.AccountStages;
import dev.varve.identity.account.ApiKeys;
import dev.varve.identity.account.Attempts;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.MailTokens;
import dev.varve.identity.account.Passwords;
import dev.varve.identity.account.RefreshTokens;
import dev.varve.identity.mail.Outbox;
import dev.varve.identity.token.AccessTokens;
import dev.varve.identity.token.SigningKeys;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Routes;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Supplier;

/// Accounts, as the application serves them: every endpoint under `/auth`, and who sends a request.
public final class Accounts {
  private final AccountContext context;
  private final FailedAttempts failures;
  private final BearerAttempts bearers;
  private final SigningKeys signingKeys;
  private final ApiKeys apiKeys;

  /// @param origin where links in mails lead, once that is known
  public Accounts(
      AccountStages stages,
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
    this.bearers = new BearerAttempts(context, bearers(stages, accessTokens, apiKeys), failures);
  }

  private static Authentication bearers(
      AccountStages stages, AccessTokens accessTokens, ApiKeys apiKeys) {
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
    routes.get("/.well-known/jwks.json", request -> PublishedKeys.answer(signingKeys, request));
    new ApiKeyFlows(context.stages(), apiKeys, new SecureRandom()).addTo(routes);
  }

  private Confirmation addSignUp(Routes.Builder routes, MailRequests requests) {
    VerifiedAccount admission = new VerifiedAccount(context);
    Invitations invitations = new Invitations(context, failures, admission);
    SignUp signUp = new SignUp(context, new SignUpTrial(context), invitations);
    Confirmation confirmation = new Confirmation(context, failures, admission, requests);
    routes.post("/auth/sign-up", signUp::signUp);
    routes.post("/auth/verify-email/resend", confirmation::resend);
    routes.post("/auth/invitations", invitations::invite);
    return confirmation;
  }

  private void addSignIn(Routes.Builder routes, PasswordProof proof) {
    AccountAnswers rendering = new AccountAnswers(context);
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
