package dev.varve.face.auth;

import dev.varve.identity.account.RequestSource;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Cookies;
import dev.varve.net.http.Request;
import java.time.Duration;

/// The cookie by which a browser remembers of an account that its owner wants no passkey for now: they are not asked again there.
public record OfferCookie(String account) {
  private static final String NAME = Cookies.OWN + "no-passkey-";
  private static final String SAID = "1";

  // what browsers keep a cookie at most (RFC 6265bis, section 5.5)
  private static final Duration KEPT = Duration.ofDays(400);
  // nobody shares a browser with more people
  private static final int COOKIES_MAX = 10;

  /// Whether the browser has it.
  public boolean isOf(Request request) {
    return Cookies.startingWith(request, BrowserCookies.named(request, NAME), COOKIES_MAX)
        .containsKey(RequestSource.tag(account));
  }

  /// The answer, with which the browser is given it.
  public Answer given(Answer answer, Request request) {
    return BrowserCookies.set(
        answer, request, NAME + RequestSource.tag(account), SAID, "; Max-Age=" + KEPT.toSeconds());
  }
}
