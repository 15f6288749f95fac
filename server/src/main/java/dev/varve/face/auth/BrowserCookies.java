package dev.varve.face.auth;

import dev.varve.identity.token.OpaqueToken;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Cookies;
import dev.varve.net.http.Request;
import java.util.Optional;

/// The cookies of a browser: one that names it, so that a flow stays in the browser in which it began; one that shows that it was this
/// browser in which somebody proved the first of two things; and one that opens its session. Scripts see neither, and no other host can set them: over HTTPS their names begin with `__Host-` (RFC 6265bis,
/// section 4.1.3.2).
///
/// They are sent along when a link of another site leads here, but with no form and no picture of one (`SameSite=Lax`).
public enum BrowserCookies {
  BROWSER(Cookies.OWN + "browser"),
  PROOF(Cookies.OWN + "proof"),
  SESSION(Cookies.OWN + "session");

  // longer than any of Varve's own
  private static final int LENGTH_MAX = 100;

  private final String name;

  BrowserCookies(String name) {
    this.name = name;
  }

  private String name(Request request) {
    return named(request, name);
  }

  /// The name of a cookie as it is for this connection.
  static String named(Request request, String name) {
    return isSecure(request) ? "__Host-" + name : name;
  }

  private static boolean isSecure(Request request) {
    return request.scheme().equals("https");
  }

  /// What the browser sent.
  public Optional<String> of(Request request) {
    return Cookies.value(request, name(request))
        .filter(value -> !value.isEmpty() && value.length() <= LENGTH_MAX);
  }

  /// The answer, with which the browser is given another. It keeps it until it is closed.
  public Answer given(Answer answer, Request request, OpaqueToken value) {
    return set(answer, request, value.text(), "");
  }

  /// The answer, with which the browser forgets it.
  public Answer taken(Answer answer, Request request) {
    return set(answer, request, "", "; Max-Age=0");
  }

  private Answer set(Answer answer, Request request, String value, String more) {
    return set(answer, request, name, value, more);
  }

  /// The answer, with a cookie that is sent to this host alone and that no script sees.
  ///
  /// @param more attributes, each with a semicolon before it
  static Answer set(Answer answer, Request request, String name, String value, String more) {
    return answer.withCookie(
        named(request, name)
            + "="
            + value
            + "; Path=/; HttpOnly; SameSite=Lax"
            + (isSecure(request) ? "; Secure" : "")
            + more);
  }
}
