package dev.varve.face.auth;

import dev.varve.identity.account.Factor;
import dev.varve.identity.account.FirstProof;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.account.Sessions;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.kernel.Rfc3339;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What comes of a sign-in for the application that Varve serves, by whatever way: tokens, a ticket for who owes a second factor, or
/// a refusal.
public final class TokenSession {
  /// The members of the answer to who gets a session.
  public static final List<Member> TOKENS = AccountAnswers.TOKENS;

  /// The members of the answer to who owes a second factor.
  public static final List<Member> OWED =
      List.of(
          Member.text("ticket"),
          Member.of("factors", new Route.Type.Texts()),
          Member.of("enrol", new Route.Type.Texts()).optional(),
          Member.instant("expiresAt"));

  private final AccountContext context;
  private final AccountAnswers rendering;

  TokenSession(AccountContext context, AccountAnswers rendering) {
    this.context = context;
    this.rendering = rendering;
  }

  /// What the session is for.
  public static SessionUse use() {
    return new SessionUse.Tokens();
  }

  /// What the writer decided. A refusal comes as a result, since what was written for it stays.
  public sealed interface Decided {
    record Tokens(Entity account, String session, OpaqueToken refresh) implements Decided {}

    /// The browser gets a cookie.
    record InBrowser() implements Decided {}

    record Ticket(OpaqueToken ticket, Set<Factor> factors, Instant expiresAt) implements Decided {}

    record Refused(Problem problem) implements Decided {}
  }

  public Decided decided(WriteContext write, Outcome outcome) throws SQLException {
    return switch (outcome) {
      case Outcome.Opened(Entity account, String session) ->
          new Decided.Tokens(account, session, context.refreshTokens().issue(write, session));
      case Outcome.Owed owed ->
          new Decided.Ticket(
              context
                  .tokens()
                  .single()
                  .issue(
                      write,
                      owed.mustEnrol() ? SingleUse.Kind.ENROLMENT_TICKET : SingleUse.Kind.TICKET,
                      owed.first().members()),
              owed.factors(),
              owed.proof().came().plus(FirstProof.LIFETIME));
      case Outcome.Refused(Problem problem) -> new Decided.Refused(problem);
    };
  }

  /// The same, of a session that a cookie opens.
  ///
  /// @param before the cookie that the browser had
  Decided decidedForBrowser(WriteContext write, Outcome outcome, Optional<String> before)
      throws SQLException {
    if (outcome instanceof Outcome.Opened(Entity account, String session)) {
      Optional<OneSession> replaced =
          before.isEmpty() ? Optional.empty() : Sessions.ofBrowser(write, before.get());
      if (replaced.isPresent()) {
        context.sessions().replace(write, replaced.get(), account.id(), session);
      }
      return new Decided.InBrowser();
    }
    return decided(write, outcome);
  }

  public Answer answer(Decided decided) {
    return answer(decided, List.of());
  }

  /// @param recoveryCodes that are shown this once, of an account that has just enrolled its first factor
  Answer answer(Decided decided, List<String> recoveryCodes) {
    return switch (decided) {
      case Decided.Tokens(Entity account, String session, OpaqueToken refresh) ->
          rendering.signedIn(account, session, refresh, recoveryCodes);
      case Decided.InBrowser() ->
          recoveryCodes.isEmpty()
              ? Answer.noContent()
              : Answer.json(
                  200,
                  Json.bytes(json -> Json.write(json, Map.of("recoveryCodes", recoveryCodes))));
      case Decided.Ticket(OpaqueToken ticket, Set<Factor> factors, Instant expiresAt) ->
          Answer.json(202, Json.bytes(json -> Json.write(json, owed(ticket, factors, expiresAt))));
      case Decided.Refused(Problem problem) -> throw problem;
    };
  }

  private static Map<String, Object> owed(
      OpaqueToken ticket, Set<Factor> factors, Instant expiresAt) {
    Map<String, Object> owed = new LinkedHashMap<>();
    owed.put("ticket", ticket.text());
    owed.put("factors", factors.stream().sorted().map(Factor::value).toList());
    if (factors.isEmpty()) {
      owed.put("enrol", List.of(Factor.TOTP.value()));
    }
    owed.put("expiresAt", Rfc3339.text(expiresAt));
    return owed;
  }
}
