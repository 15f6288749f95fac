package dev.varve.face.auth;

import dev.varve.face.auth.TokenSession.Decided;
import dev.varve.identity.account.Attempts;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.RefreshTokens;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.Sessions;
import dev.varve.identity.account.SingleUse;
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
import java.util.stream.Stream;

/// Signing in, and staying signed in.
final class SignIn {
  private static final String REFRESH_WRONG =
      "The refresh token is not good any more: sign in again";

  private static final String TICKET = "ticket";
  private static final List<Member> TAKEN =
      List.of(Endpoint.EMAIL, Member.text("password"), SignInReply.COOKIE);
  private static final List<Member> REFRESHED = List.of(Member.text("refreshToken"));

  private final AccountContext context;
  private final PasswordSignIn passwords;
  private final FailedAttempts failures;
  private final SecondFactor secondFactor;
  private final TokenSession tokens;

  SignIn(
      AccountContext context,
      PasswordSignIn passwords,
      SecondFactor secondFactor,
      FailedAttempts failures,
      TokenSession tokens) {
    this.context = context;
    this.passwords = passwords;
    this.secondFactor = secondFactor;
    this.failures = failures;
    this.tokens = tokens;
  }

  List<Route> routes() {
    return List.of(
        Endpoint.post("/auth/sign-in", "signIn", "Sign in")
            .says(
                "Opens a session. Send the access token in `Authorization: Bearer ...`; the refresh token gets the next ones when it has expired. Whoever owes a second factor gets a ticket instead, and brings both to `POST /auth/sign-in/factor`. A page of this server asks for a `cookie` instead of tokens.")
            .takes(TAKEN)
            .gives(200, AccountAnswers.TOKENS)
            .orGives(204, SignInReply.GIVEN, List.of())
            .orGives(202, "A second factor is owed.", TokenSession.OWED)
            .answeredBy(this::signIn),
        Endpoint.post("/auth/sign-in/factor", "signInFactor", "Sign in with the second factor")
            .says(
                "Opens the session that a ticket stands for. A wrong factor leaves the ticket good, for ten minutes at most.")
            .takes(factorTaken())
            .gives(200, AccountAnswers.TOKENS)
            .orGives(204, SignInReply.GIVEN, List.of())
            .answeredBy(this::factor),
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
    SignInReply reply = SignInReply.of(tokens, request, body);
    body.check();
    RequestSource source = AccountContext.source(request);
    return reply.answer(passwords.signIn(email, password, source, reply.use(), reply::decided));
  }

  private List<Member> factorTaken() {
    return Stream.concat(
            Stream.of(Member.text(TICKET), SignInReply.COOKIE), secondFactor.members().stream())
        .toList();
  }

  /// `POST /auth/sign-in/factor`
  Answer factor(Request request) {
    JsonBody body = JsonBody.of(request, factorTaken());
    String ticket = body.token(TICKET);
    SignInReply reply = SignInReply.of(tokens, request, body);
    body.check();
    SecondFactor.Done<Decided> done =
        secondFactor.prove(
            new Ticket(context, SingleUse.Kind.TICKET, ticket),
            body.rest(),
            AccountContext.source(request),
            reply.use(),
            reply::decided);
    return done.with(reply.answer(done.value()), request);
  }

  /// `POST /auth/refresh`
  Answer refresh(Request request) {
    JsonBody body = JsonBody.of(request, REFRESHED);
    String token = body.token("refreshToken");
    body.check();
    RequestSource source = AccountContext.source(request);
    return tokens.answer(context.write(source, write -> refresh(write, token, source)));
  }

  private Decided refresh(WriteContext write, String token, RequestSource source)
      throws SQLException {
    // looked up before anything is counted: a good one is never refused for the bad ones of others
    return switch (context.refreshTokens().use(write, token, Optional.empty(), source)) {
      case RefreshTokens.Use.Rotated(Sessions.OneSession session, OpaqueToken next) -> {
        Optional<Entity> account = write.find(context.accounts().model(), session.account());
        if (account.isEmpty()
            || !context.issuer().mayGoOn(write.session(), account.get(), session.methods())) {
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
}
