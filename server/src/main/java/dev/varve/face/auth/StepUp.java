package dev.varve.face.auth;

import dev.varve.identity.account.MailTokens;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SessionIssuer;
import dev.varve.identity.account.Sessions;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.account.SignInMethod;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.kernel.Rfc3339;
import dev.varve.lane.access.Caller;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A fresh, stepped-up session: one in which somebody has proven within the last ten minutes who they are, with a second factor if the
/// account has one. Whatever changes how an account signs in asks for one.
public final class StepUp {
  public static final String PATH = "/auth/step-up";
  static final String WAY = "step-up";
  private static final String PASSWORD = "password";
  private static final String TOKEN = "token";

  private final AccountContext context;
  private final PasswordProof password;
  private final FactorProofs factors;
  private final StepUpWays ways;
  private final StepUpByMail mail;

  StepUp(
      AccountContext context,
      PasswordProof password,
      FactorProofs factors,
      StepUpWays ways,
      StepUpByMail mail) {
    this.context = context;
    this.password = password;
    this.factors = factors;
    this.ways = ways;
    this.mail = mail;
  }

  List<Route> routes() {
    return List.of(route(), ways.route(), mail.route());
  }

  private Route route() {
    return Endpoint.post(PATH, "stepUp", "Prove once more who you are")
        .says(
            "What changes how an account signs in asks for a session in which that was proven in the last ten minutes: with a second factor if the account has one, else with the password, with a passkey of the account, or with the `token` of a mail.")
        .asks(Route.Caller.ACCOUNT)
        .takes(taken())
        .gives(200, List.of(Member.instant("until")))
        .answeredBy(this::stepUp);
  }

  private List<Member> taken() {
    return Stream.concat(
            Stream.of(Member.text(PASSWORD), Member.text(TOKEN)), factors.members().stream())
        .map(Member::optional)
        .toList();
  }

  /// The account of a caller.
  ///
  /// @throws Problem UNAUTHENTICATED or FORBIDDEN when there is none, or another application asks; STEP_UP_REQUIRED
  public Entity require(Caller caller) {
    Entity account = requireOwn(caller);
    SessionIssuer.LogFreshness fresh = freshness(account, session(caller));
    if (!fresh.isFresh()) {
      throw context.stages().database().lookup(rows -> stale(rows, account, fresh));
    }
    return account;
  }

  /// The same in the unit that acts on it: what was so when the request came may have ended since. A refusal writes nothing.
  public void require(WriteContext write, Entity account, Caller caller) throws SQLException {
    SessionIssuer.LogFreshness fresh = freshness(write, account, caller);
    if (!fresh.isFresh()) {
      throw stale(write.session(), account, fresh);
    }
  }

  /// The account of a request in a session that was opened, or made fresh, in the last ten minutes; with a second factor if the account has
  /// one.
  ///
  /// @throws Problem as [#require(Caller)]
  public Entity requireRecent(Request request) {
    Entity account = requireOwn(request.caller());
    OneSession session = session(request.caller());
    Instant now = context.stages().clock().instant();
    boolean opened = now.isBefore(session.createdAt().plus(SessionIssuer.FRESH));
    boolean enough =
        SignInMethod.isTwoFactors(session.methods()) || !freshness(account, session).second();
    return opened && enough ? account : require(request.caller());
  }

  /// The account of an administrator who gives others a way in, such as a key: whoever finds their browser open does not.
  ///
  /// @throws Problem as for all, and FORBIDDEN when it is no administrator's
  Entity requireAdministrator(Request request) {
    AccountContext.requireAdministrator(request.caller());
    return require(request.caller());
  }

  /// The account of a caller who brings the password along, which is proof enough of an account without a second factor.
  ///
  /// @throws Problem UNAUTHENTICATED or FORBIDDEN when there is none, or another application asks; STEP_UP_REQUIRED
  Entity requireWithPassword(Caller caller) {
    Entity account = requireOwn(caller);
    requireSecond(freshness(account, session(caller)));
    return account;
  }

  /// The same in the unit that acts on it.
  void requireWithPassword(WriteContext write, Entity account, Caller caller) throws SQLException {
    requireSecond(freshness(write, account, caller));
  }

  private static void requireSecond(SessionIssuer.LogFreshness fresh) {
    if (fresh.second() && !fresh.isFresh()) {
      throw stale(fresh, "a second factor");
    }
  }

  private Problem stale(Session rows, Entity account, SessionIssuer.LogFreshness fresh)
      throws SQLException {
    if (fresh.second()) {
      return stale(fresh, "a second factor");
    }
    return stale(
        fresh,
        ways.of(rows, account).password() ? "your password" : "what GET %s lists".formatted(PATH));
  }

  private static Problem stale(SessionIssuer.LogFreshness fresh, String with) {
    return Problem.stepUp(
        "Prove once more who you are first, with %s: POST %s".formatted(with, PATH),
        SessionIssuer.FRESH.toSeconds(),
        fresh.second() ? Optional.of(SignInMethod.LEVEL_TWO) : Optional.empty());
  }

  /// The session of a caller, in the unit that acts on it.
  ///
  /// @throws Problem UNAUTHENTICATED when it has ended
  public static OneSession requireOpen(WriteContext write, Caller caller) throws SQLException {
    return Sessions.find(write, caller.session().orElseThrow())
        .filter(open -> open.openAt(write.at()))
        .orElseThrow(StepUp::ended);
  }

  static Problem ended() {
    return new Problem(ErrorCode.UNAUTHENTICATED, "The session has ended: sign in again");
  }

  /// The account of a caller that is no other application: what those were given is no word on how somebody signs in.
  public static Entity requireOwn(Caller caller) {
    Entity account = AccountContext.requireAccount(caller);
    if (caller.application().isPresent()) {
      throw new Problem(
          ErrorCode.FORBIDDEN,
          "No other application changes how an account signs in: do it where you sign in");
    }
    return account;
  }

  private OneSession session(Caller caller) {
    return context.sessions().find(caller.session().orElseThrow()).orElseThrow();
  }

  private SessionIssuer.LogFreshness freshness(WriteContext write, Entity account, Caller caller)
      throws SQLException {
    OneSession session = requireOpen(write, caller);
    return context.issuer().freshness(write.session(), account, session, write.at());
  }

  private SessionIssuer.LogFreshness freshness(Entity account, OneSession session) {
    Instant now = context.stages().clock().instant();
    return context
        .stages()
        .database()
        .lookup(rows -> context.issuer().freshness(rows, account, session, now));
  }

  /// `POST /auth/step-up`
  Answer stepUp(Request request) {
    Entity account = requireOwn(request.caller());
    JsonBody body = JsonBody.of(request, taken());
    boolean second = freshness(account, session(request.caller())).second();
    boolean done =
        (second || body.has(FactorProofs.FACTOR))
            ? byFactor(request, account, factors.read(body.rest()))
            : body.has(TOKEN) ? byMail(request, account, body) : byPassword(request, account, body);
    if (!done) {
      throw ended();
    }
    return until(session(request.caller()).authenticatedAt().orElseThrow());
  }

  /// The answer to who has proven then who they are.
  public static Answer until(Instant proven) {
    String until = Rfc3339.text(proven.plus(SessionIssuer.FRESH));
    return Answer.json(200, Json.bytes(json -> Json.write(json, Map.of("until", until))));
  }

  private boolean byPassword(Request request, Entity account, JsonBody body) {
    String given = body.password(PASSWORD);
    body.check();
    RequestSource source = AccountContext.source(request);
    String session = request.caller().session().orElseThrow();
    return password
        .prove(
            context.accounts().email(account),
            given,
            source,
            WAY,
            proven ->
                write ->
                    proven.opens(account, write)
                        && raise(write, account, session, SignInMethod.PASSWORD, source))
        .orElseThrow(() -> Problem.invalid(PASSWORD, "is wrong"));
  }

  private boolean byMail(Request request, Entity account, JsonBody body) {
    String token = body.token(TOKEN);
    body.check();
    RequestSource source = AccountContext.source(request);
    String session = request.caller().session().orElseThrow();
    boolean good =
        context.write(
            source,
            account.id(),
            write ->
                mail.isGood(write, account.id(), session, token, source)
                    && raise(write, account, session, SignInMethod.MAIL, source));
    if (!good) {
      throw MailTokens.useless();
    }
    return true;
  }

  private record Done(boolean good, boolean raised) {}

  private boolean byFactor(Request request, Entity account, FactorProofs.Claim claim) {
    RequestSource source = AccountContext.source(request);
    String session = request.caller().session().orElseThrow();
    Done done =
        context.write(
            source,
            account.id(),
            write -> {
              if (!claim.isGood(write, account, source)) {
                return new Done(false, false);
              }
              boolean raised = raise(write, account, session, claim.factor().method(), source);
              claim.mail(write, account, source);
              return new Done(true, raised);
            });
    if (!done.good()) {
      throw claim.wrong();
    }
    return done.raised();
  }

  /// Notes in a session that something was proven in it just now.
  boolean raise(
      WriteContext write, Entity account, String session, SignInMethod method, RequestSource source)
      throws SQLException {
    Optional<OneSession> found =
        Sessions.find(write, session).filter(open -> open.openAt(write.at()));
    if (found.isEmpty()) {
      return false;
    }
    raise(write, account, found.get(), method, write.at(), source);
    return true;
  }

  /// Notes in the session of a caller that somebody has proven who they are elsewhere, not long ago. Of an account with a second factor
  /// that is not enough.
  ///
  /// @throws Problem STEP_UP_REQUIRED when it has one, UNAUTHENTICATED when the session has ended
  public void raise(
      WriteContext write,
      Entity account,
      Caller caller,
      SignInMethod method,
      Instant at,
      RequestSource source)
      throws SQLException {
    SessionIssuer.LogFreshness fresh = freshness(write, account, caller);
    if (fresh.second()) {
      throw stale(write.session(), account, fresh);
    }
    raise(write, account, requireOpen(write, caller), method, at, source);
  }

  private void raise(
      WriteContext write,
      Entity account,
      OneSession session,
      SignInMethod method,
      Instant at,
      RequestSource source)
      throws SQLException {
    context.sessions().proven(write, session, Set.of(method), at);
    context
        .events()
        .record(
            write,
            Event.of(Kind.STEPPED_UP, account.id(), context.accounts().email(account), source)
                .with("session", session.id()));
  }
}
