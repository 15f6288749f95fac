package dev.varve.face.auth;

import dev.varve.identity.account.RequestSource;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Cookies;
import dev.varve.net.http.Request;
import java.time.Duration;
import java.util.Map;

/// The cookies of a browser by which accounts trust it, one for each of them. A new one is made each time that it is trusted: one
/// that was there before may be known to whoever used the browser before.
public record TrustCookie(String account, OpaqueToken value, Duration lifetime) {
  private static final String NAME = "varve-trust-";

  // nobody shares a browser with more people who have a second factor
  private static final int COOKIES_MAX = 10;

  private static String prefix(Request request) {
    return request.scheme().equals("https") ? "__Host-" + NAME : NAME;
  }

  /// What the browser sent, by what stands for the account.
  static Map<String, String> of(Request request) {
    return Cookies.startingWith(request, prefix(request), COOKIES_MAX);
  }

  /// The answer, with which the browser is given it.
  public Answer given(Answer answer, Request request) {
    boolean secure = request.scheme().equals("https");
    return answer.with(
        "Set-Cookie",
        "%s%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s"
            .formatted(
                prefix(request),
                RequestSource.tag(account),
                value.text(),
                lifetime.toSeconds(),
                secure ? "; Secure" : ""));
  }
}
