package dev.varve.identity.token;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Where a request goes, however it is written (RFC 3986, sections 6.2.2 and 6.2.3), without query and fragment.
///
/// @param origin in lower case, without the port that goes without saying
/// @param path as it came, `/` for none
record HttpTarget(String origin, String host, String path) {
  private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "[::1]", "localhost");

  /// Nothing when it is no URL of HTTP.
  static Optional<HttpTarget> of(String url) {
    try {
      return of(new URI(url));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static Optional<HttpTarget> of(URI uri) {
    String scheme = Objects.requireNonNullElse(uri.getScheme(), "").toLowerCase(Locale.ROOT);
    if ((!scheme.equals("https") && !scheme.equals("http"))
        || uri.getHost() == null
        || uri.getRawUserInfo() != null) {
      return Optional.empty();
    }
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    boolean standard = uri.getPort() < 0 || uri.getPort() == (scheme.equals("https") ? 443 : 80);
    String path = Objects.requireNonNullElse(uri.getRawPath(), "");
    return Optional.of(
        new HttpTarget(
            scheme + "://" + host + (standard ? "" : ":" + uri.getPort()),
            host,
            path.isEmpty() ? "/" : path));
  }

  /// A path behind its own.
  String below(String further) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) + further : path + further;
  }

  boolean isThisMachine() {
    return THIS_MACHINE.contains(host);
  }
}
