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
  private static final String NAME = Cookies.OWN + "trust-";

  // nobody shares a browser with more people who have a second factor
  private static final int COOKIES_MAX = 10;

  /// What the browser sent, by what stands for the account.
  static Map<String, String> of(Request request) {
    return Cookies.startingWith(request, BrowserCookies.named(request, NAME), COOKIES_MAX);
  }

  /// The answer, with which the browser is given it.
  public Answer given(Answer answer, Request request) {
    return BrowserCookies.set(
        answer,
        request,
        NAME + RequestSource.tag(account),
        value.text(),
        "; Max-Age=" + lifetime.toSeconds());
  }
}
