package dev.varve.face.gateway;

import dev.varve.face.gateway.upstream.Options;
import dev.varve.net.http.Cookies;
import dev.varve.net.http.HeaderLine;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Which headers go on. What is for one connection alone goes no further, in both directions (RFC 9110, section 7.6.1). What
/// tells a service where a request comes from and who sends it is Varve's to say: nobody else's word for it passes.
final class HeaderFilter {
  /// What says where a message ends and what becomes of the connection.
  static final Set<String> FRAMING =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-authentication-info",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings",
          "content-length",
          "host",
          "expect");

  // what others in front have said, or a client pretends they have
  private static final Set<String> ORIGIN =
      Set.of(
          "forwarded",
          "client-cert",
          "client-cert-chain",
          "via",
          "x-real-ip",
          "x-client-ip",
          "x-cluster-client-ip",
          "true-client-ip",
          "cf-connecting-ip",
          "fastly-client-ip",
          "x-original-url",
          "x-original-host",
          "x-rewrite-url",
          "x-http-method-override",
          "x-request-id");
  private static final List<String> ORIGIN_STARTS = List.of("x-forwarded-", "varve-");
  // a proof is one of a token (RFC 9449), and worth nothing beside another
  private static final Set<String> CREDENTIALS = Set.of("authorization", "cookie", "dpop");

  private HeaderFilter() {}

  /// Whether a header of a request goes on to a service.
  ///
  /// @param named what `Connection` names, in small letters
  /// @param credentials whether those of the caller go on
  static boolean passesOn(String name, Set<String> named, boolean credentials) {
    String small = name.toLowerCase(Locale.ROOT);
    // many a service takes both for the same
    String plain = small.replace('_', '-');
    return !FRAMING.contains(plain)
        && !named.contains(small)
        && !ORIGIN.contains(plain)
        && !tellsOrigin(plain)
        && (credentials || !CREDENTIALS.contains(plain));
  }

  private static boolean tellsOrigin(String name) {
    for (String start : ORIGIN_STARTS) {
      if (name.startsWith(start)) {
        return true;
      }
    }
    return false;
  }

  /// Whether a header of an answer goes back to the client.
  ///
  /// @param credentials whether what a service gives its visitors to come back with reaches them
  static boolean passesBack(String name, Set<String> named, boolean credentials) {
    String small = name.toLowerCase(Locale.ROOT);
    return !FRAMING.contains(small)
        && !named.contains(small)
        && (credentials || !small.equals("set-cookie"));
  }

  /// A header of a request without the cookies of Varve's own, by which a browser is signed in here: no service gets those. Nothing
  /// where it has no others.
  static Optional<HeaderLine> othersIn(HeaderLine header) {
    if (!header.is("Cookie")) {
      return Optional.of(header);
    }
    String others = Cookies.withoutOwn(header.value());
    return others.isEmpty() ? Optional.empty() : Optional.of(new HeaderLine(header.name(), others));
  }

  /// Whether a header of an answer sets a cookie of Varve's own: a service could sign its visitors in here as somebody else.
  static boolean setsOwn(HeaderLine header) {
    return header.is("Set-Cookie") && Cookies.setsOwn(header.value());
  }

  /// What the lines named `Connection` name, in small letters.
  static Set<String> named(List<HeaderLine> headers) {
    Set<String> named = Set.of();
    for (HeaderLine header : headers) {
      if (header.is("Connection")) {
        named = named.isEmpty() ? new HashSet<>() : named;
        named.addAll(Options.of(header.value()));
      }
    }
    return named;
  }
}
