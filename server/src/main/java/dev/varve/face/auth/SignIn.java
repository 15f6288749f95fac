package dev.varve.face.auth;

import dev.varve.identity.account.Attempts;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.RefreshTokens;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.account.Sessions;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Signing in, and staying signed in.
final class SignIn {
  private static final String REFRESH_WRONG =
      "The refresh token is not good any more: sign in again";

  private static final List<Member> TAKEN = List.of(Endpoint.EMAIL, Member.text("password"));
  private static final List<Member> REFRESHED = List.of(Member.text("refreshToken"));

  private final AccountContext context;
  private final PasswordSignIn passwords;
  private final FailedAttempts failures;
  private final AccountAnswers rendering;

  SignIn(
      AccountContext context,
      PasswordSignIn passwords,
      FailedAttempts failures,
      AccountAnswers rendering) {
    this.context = context;
    this.passwords = passwords;
    this.failures = failures;
    this.rendering = rendering;
  }

  /// What the writer decided: tokens, or why there are none. A refusal comes as a result, since what was written for it
  /// stays.
  private sealed interface Decided {
    record Tokens(Entity account, String session, OpaqueToken refresh) implements Decided {}

    record Refused(Problem problem) implements Decided {}
  }

  List<Route> routes() {
    return List.of(
        Endpoint.post("/auth/sign-in", "signIn", "Sign in")
            .says(
                "Opens a session. Send the access token in `Authorization: Bearer ...`; the refresh token gets the next ones when it has expired.")
            .takes(TAKEN)
            .gives(200, AccountAnswers.TOKENS)
            .answeredBy(this::signIn),
        Endpoint.post("/auth/refresh", "refresh", "Get the next tokens")
            .says(
                "A refresh token is good once. One that comes a second time was stolen from one of both: its session ends.")
            .takes(REFRESHED)
            .gives(200, AccountAnswers.TOKENS)
            .answeredBy(this::refresh));
  }

  /// `POST /auth/sign-in`
  Answer signIn(Request request) {
    JsonBody body = JsonBody.of(request, TAKEN);
    String email = body.email("email");
    String password = body.password("password");
    body.check();
    RequestSource source = AccountContext.source(request);
    return answer(
        passwords.signIn(email, password, source, new SessionUse.Tokens(), this::decided));
  }

  private Decided decided(WriteContext write, Outcome outcome) throws SQLException {
    return switch (outcome) {
      case Outcome.Opened(Entity account, String session) ->
          new Decided.Tokens(account, session, context.refreshTokens().issue(write, session));
      case Outcome.Refused(Problem problem) -> new Decided.Refused(problem);
    };
  }

  /// `POST /auth/refresh`
  Answer refresh(Request request) {
    JsonBody body = JsonBody.of(request, REFRESHED);
    String token = body.token("refreshToken");
    body.check();
    RequestSource source = AccountContext.source(request);
    return answer(context.write(source, write -> refresh(write, token, source)));
  }

  private Decided refresh(WriteContext write, String token, RequestSource source)
      throws SQLException {
    // looked up before anything is counted: a good one is never refused for the bad ones of others
    return switch (context.refreshTokens().use(write, token, Optional.empty(), source)) {
      case RefreshTokens.Use.Rotated(Sessions.OneSession session, OpaqueToken next) -> {
        Optional<Entity> account = write.find(context.accounts().model(), session.account());
        if (account.isEmpty() || context.issuer().shutOut(account.get()).isPresent()) {
          context.sessions().end(write, session.id());
          yield refused();
        }
        yield new Decided.Tokens(account.get(), session.id(), next);
      }
      case RefreshTokens.Use.Reused(Sessions.OneSession session) -> {
        reused(write, session, source);
        yield refused();
      }
      case RefreshTokens.Use.Unknown() -> {
        Attempts.Attempt attempt = context.attempts().countRefresh(write, source);
        failures.record(write, Kind.PROOF_FAILED, attempt, Optional.empty(), "refresh-token");
        yield refused();
      }
    };
  }

  private void reused(WriteContext write, Sessions.OneSession session, RequestSource source) {
    Optional<String> email =
        write.find(context.accounts().model(), session.account()).map(context.accounts()::email);
    context
        .events()
        .record(
            write,
            new Event(
                Kind.REFRESH_TOKEN_REUSED,
                Optional.of(session.account()),
                email,
                Optional.of(source),
                Map.of("session", session.id())));
  }

  private static Decided refused() {
    return new Decided.Refused(new Problem(ErrorCode.UNAUTHENTICATED, REFRESH_WRONG));
  }

  private Answer answer(Decided decided) {
    return switch (decided) {
      case Decided.Tokens(Entity account, String session, OpaqueToken refresh) ->
          rendering.signedIn(account, session, refresh);
      case Decided.Refused(Problem problem) -> throw problem;
    };
  }
}
