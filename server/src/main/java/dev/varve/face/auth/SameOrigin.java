package dev.varve.face.auth;

import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/// Tells whether a request with a cookie was sent by a page of this server, so that no page of another site makes a browser do what
/// its owner did not ask for. Browsers say so (Fetch Metadata Request Headers, section 2.4); for those that do not, a page sends a
/// token that no other site can read.
public final class SameOrigin {
  /// The header in which a page sends the token.
  public static final String TOKEN = "X-CSRF-Token";

  private SameOrigin() {}

  /// Whether a form was sent by a page of this server, as far as the browser tells. It carries a token besides.
  public static boolean mayHaveSentForm(Request request) {
    return site(request).map("same-origin"::equals).orElse(true);
  }

  /// Whether the cookie of a session counts for a request.
  ///
  /// @param cookie its value
  /// @return not when somebody follows a link out of a page of another site that asks for no more than a page
  /// @throws Problem FORBIDDEN when it would change something, and does not come from a page of this server
  static boolean counts(Request request, String cookie) {
    Optional<String> site = site(request);
    if (site.filter("same-origin"::equals).isPresent()) {
      return true;
    }
    if (isWebSocket(request)) {
      // no page can add a header to it, and each tells its origin (RFC 6455, section 10.2)
      return site.isEmpty()
          && request.header("Origin").filter(request.origin()::equals).isPresent();
    }
    if (isSafe(request)) {
      return site.isEmpty() || site.get().equals("none") || isNavigation(request);
    }
    if (site.isEmpty() && hasToken(request, cookie)) {
      return true;
    }
    throw new Problem(
        ErrorCode.FORBIDDEN,
        "The cookie of a session counts for pages of this server alone. Others, and browsers that do not send Sec-Fetch-Site, send the csrfToken of GET /auth/me in the header "
            + TOKEN
            + ", or an access token in Authorization");
  }

  /// The same for a page of Varve's own, whose forms carry a token besides: they count unless the browser tells that another site
  /// sent them.
  static boolean countsOnPage(Request request, String cookie) {
    return isSafe(request) ? counts(request, cookie) : mayHaveSentForm(request);
  }

  private static Optional<String> site(Request request) {
    return request.header("Sec-Fetch-Site");
  }

  private static boolean isWebSocket(Request request) {
    return request.header("Sec-WebSocket-Key").isPresent()
        || request.header("Sec-Fetch-Mode").filter("websocket"::equals).isPresent();
  }

  /// RFC 9110, section 9.2.1.
  private static boolean isSafe(Request request) {
    return request.method().equals("GET") || request.method().equals("HEAD");
  }

  /// Whether the answer is shown as a page of its own, where the page that led to it cannot look.
  private static boolean isNavigation(Request request) {
    return request.header("Sec-Fetch-Mode").filter("navigate"::equals).isPresent()
        && request.header("Sec-Fetch-Dest").filter("document"::equals).isPresent();
  }

  private static boolean hasToken(Request request, String cookie) {
    return MessageDigest.isEqual(
        token(cookie).getBytes(StandardCharsets.UTF_8),
        request.header(TOKEN).orElse("").getBytes(StandardCharsets.UTF_8));
  }

  /// What nobody makes without the cookie.
  static String token(String cookie) {
    return OpaqueToken.derived(cookie.getBytes(StandardCharsets.UTF_8), "csrf").text();
  }
}
