package dev.varve.face.auth;

import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SessionIssuer;
import dev.varve.identity.account.Sessions;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.account.SignInMethod;
import dev.varve.identity.mail.Mail;
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
  static final String PATH = "/auth/step-up";
  private static final String WAY = "step-up";
  private static final String PASSWORD = "password";

  private final AccountContext context;
  private final PasswordProof password;
  private final FactorProofs factors;

  StepUp(AccountContext context, PasswordProof password, FactorProofs factors) {
    this.context = context;
    this.password = password;
    this.factors = factors;
  }

  Route route() {
    return Endpoint.post(PATH, "stepUp", "Prove once more who you are")
        .says(
            "What changes how an account signs in asks for a session in which that was proven in the last ten minutes: with a second factor if the account has one, else with the password, or with a passkey of the account.")
        .asks(Route.Caller.ACCOUNT)
        .takes(taken())
        .gives(200, List.of(Member.instant("until")))
        .answeredBy(this::stepUp);
  }

  private List<Member> taken() {
    return Stream.concat(Stream.of(Member.text(PASSWORD)), factors.members().stream())
        .map(Member::optional)
        .toList();
  }

  /// The account of a caller.
  ///
  /// @throws Problem UNAUTHENTICATED or FORBIDDEN when there is none, or another application asks; STEP_UP_REQUIRED
  public Entity require(Caller caller) {
    Entity account = requireOwn(caller);
    SessionIssuer.Freshness fresh = freshness(account, session(caller));
    if (!fresh.isFresh()) {
      throw stale(fresh);
    }
    return account;
  }

  /// The same in the unit that acts on it: what was so when the request came may have ended since. A refusal writes nothing.
  public void require(WriteContext write, Entity account, Caller caller) throws SQLException {
    SessionIssuer.Freshness fresh = freshness(write, account, caller);
    if (!fresh.isFresh()) {
      throw stale(fresh);
    }
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

  private static void requireSecond(SessionIssuer.Freshness fresh) {
    if (fresh.second() && !fresh.isFresh()) {
      throw stale(fresh);
    }
  }

  private static Problem stale(SessionIssuer.Freshness fresh) {
    return Problem.stepUp(
        "Prove once more who you are first, with %s: POST %s"
            .formatted(fresh.second() ? "a second factor" : "your password", PATH),
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

  private static Problem ended() {
    return new Problem(ErrorCode.UNAUTHENTICATED, "The session has ended: sign in again");
  }

  /// The account of a caller that is no other application: what those were given is no word on how somebody signs in.
  static Entity requireOwn(Caller caller) {
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

  private SessionIssuer.Freshness freshness(WriteContext write, Entity account, Caller caller)
      throws SQLException {
    OneSession session = requireOpen(write, caller);
    return context.issuer().freshness(write.session(), account, session, write.at());
  }

  private SessionIssuer.Freshness freshness(Entity account, OneSession session) {
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
            : byPassword(request, account, body);
    if (!done) {
      throw ended();
    }
    Instant until = session(request.caller()).authenticatedAt().plus(SessionIssuer.FRESH);
    return Answer.json(
        200, Json.bytes(json -> Json.write(json, Map.of("until", Rfc3339.text(until)))));
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

  private record Done(boolean good, boolean raised, Optional<Mail> mail) {}

  private boolean byFactor(Request request, Entity account, FactorProofs.Claim claim) {
    RequestSource source = AccountContext.source(request);
    String session = request.caller().session().orElseThrow();
    Done done =
        context.write(
            source,
            account.id(),
            write -> {
              if (!claim.isGood(write, account, source)) {
                return new Done(false, false, Optional.empty());
              }
              boolean raised = raise(write, account, session, claim.factor().method(), source);
              return new Done(true, raised, claim.mail(write, account));
            });
    done.mail().ifPresent(context.outbox()::send);
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
    context.sessions().proven(write, found.get(), Set.of(method));
    context
        .events()
        .record(
            write,
            Event.of(Kind.STEPPED_UP, account.id(), context.accounts().email(account), source)
                .with("session", session));
    return true;
  }
}
