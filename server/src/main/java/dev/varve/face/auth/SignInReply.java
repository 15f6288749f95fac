package dev.varve.face.auth;

import dev.varve.face.auth.TokenSession.Decided;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.SessionUse;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Route.Member;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// How one request that signs somebody in is answered: with tokens or, when it asks for that, with a cookie, so that no script of the
/// page holds what opens the session.
public final class SignInReply {
  /// The member of the body that asks for a cookie.
  public static final Member COOKIE = Member.of("cookie", new Route.Type.Truth()).optional();

  /// When it is answered without a body.
  public static final String GIVEN = "The browser has a cookie that opens the session.";

  private static final SecureRandom RANDOM = new SecureRandom();

  private final TokenSession tokens;
  private final Request request;
  private final Optional<OpaqueToken> cookie;

  private SignInReply(TokenSession tokens, Request request, Optional<OpaqueToken> cookie) {
    this.tokens = tokens;
    this.request = request;
    this.cookie = cookie;
  }

  /// @param body of the request; its member [#COOKIE] is taken
  /// @throws Problem FORBIDDEN when a page of another site asks for a cookie
  public static SignInReply of(TokenSession tokens, Request request, JsonBody body) {
    boolean asked = body.truth(COOKIE.name());
    if (asked && !SameOrigin.mayHaveSentForm(request)) {
      throw new Problem(
          ErrorCode.FORBIDDEN,
          "Cookies are for pages of this server: leave out 'cookie' to get tokens");
    }
    return new SignInReply(
        tokens, request, asked ? Optional.of(OpaqueToken.random(RANDOM)) : Optional.empty());
  }

  /// What the session is for.
  public SessionUse use() {
    return cookie.isPresent() ? new SessionUse.Browser(cookie.get()) : TokenSession.use();
  }

  public Decided decided(WriteContext write, Outcome outcome) throws SQLException {
    return cookie.isPresent()
        ? tokens.decidedForBrowser(write, outcome, BrowserCookies.SESSION.of(request))
        : tokens.decided(write, outcome);
  }

  public Answer answer(Decided decided) {
    return answer(decided, List.of());
  }

  /// @param recoveryCodes that are shown this once
  Answer answer(Decided decided, List<String> recoveryCodes) {
    Answer answer = tokens.answer(decided, recoveryCodes);
    return decided instanceof Decided.InBrowser
        ? BrowserCookies.SESSION.given(answer, request, cookie.orElseThrow())
        : answer;
  }
}
