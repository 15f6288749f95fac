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
    Attempts attempts = new Attempts(stages.database(), stages.clock());
    this.context =
        new AccountContext(
            AccountModel.of(stages.schema().account()),
            stages.access(),
            stages.query(),
            stages.sequencer(),
            stages.database(),
            stages.clock(),
            stages.ids(),
            settings,
            passwords,
            accessTokens,
            stages.sessions(),
            new RefreshTokens(stages.sessions(), random, settings.session()),
            new MailTokens(random),
            attempts,
            stages.events(),
            outbox,
            new Mails(origin));
    this.signingKeys = signingKeys;
    this.apiKeys = apiKeys;
    this.bearers =
        new Bearers(
            context,
            new BearerAuthentication(
                accessTokens,
                apiKeys,
                stages.sessions(),
                stages.access(),
                stages.query(),
                stages.schema().account(),
                stages.clock()),
            new FailedAttempts(stages.events()));
  }

  /// Tells who sends a request.
  public Authentication authentication() {
    return bearers;
  }

  /// Adds every route of accounts.
  public void addTo(Routes.Builder routes) {
    FailedAttempts failures = new FailedAttempts(context.events());
    PasswordProof proof = new PasswordProof(context, failures);
    Rendering rendering = new Rendering(context);
    SignUp signUp = new SignUp(context, failures);
    SignIn signIn = new SignIn(context, proof, failures, rendering);
    SessionFlows sessions = new SessionFlows(context);
    PasswordFlows passwords = new PasswordFlows(context, proof, failures);
    EmailFlows emails = new EmailFlows(context, proof, failures);
    routes.post("/auth/sign-up", signUp::signUp);
    routes.post("/auth/verify-email/resend", signUp::resend);
    routes.post("/auth/invitations", signUp::invite);
    routes.post("/auth/sign-in", signIn::signIn);
    routes.post("/auth/refresh", signIn::refresh);
    routes.post("/auth/sign-out", sessions::signOut);
    routes.get("/auth/me", request -> rendering.me(request.caller()));
    routes.get("/auth/sessions", sessions::list);
    routes.delete("/auth/sessions", sessions::endAll);
    routes.delete("/auth/sessions/{id}", sessions::end);
    routes.post("/auth/password", passwords::change);
    routes.post("/auth/password/forgot", passwords::forgot);
    routes.post("/auth/email", emails::change);
    new MailLinks(signUp, passwords, emails).addTo(routes);
    context.outbox().kept().ifPresent(mails -> new MailPage(mails).addTo(routes));
    signingKeys.addTo(routes);
    apiKeys.addTo(routes);
  }
}
