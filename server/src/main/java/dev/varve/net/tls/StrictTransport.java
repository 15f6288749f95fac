package dev.varve.net.tls;

import io.helidon.http.Header;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import org.jspecify.annotations.Nullable;

/// Tells browsers that were here over HTTPS to come over nothing else (RFC 6797).
public final class StrictTransport {
  private static final String NAME = "Strict-Transport-Security";

  private final @Nullable Header header;

  /// @param seconds for which browsers remember it; 0 tells them nothing
  public StrictTransport(int seconds) {
    this.header = seconds == 0 ? null : HeaderValues.createCached(NAME, "max-age=" + seconds);
  }

  /// @param secure whether the connection speaks TLS
  /// @param authority how the server was addressed
  public void add(ServerResponseHeaders headers, boolean secure, @Nullable String authority) {
    Header known = header;
    if (known != null && secure && isRemembered(authority)) {
      headers.set(known);
    }
  }

  /// Browsers remember names alone (section 8.1.1), and it would bar every other server of a developer on `localhost`.
  public static boolean isRemembered(@Nullable String authority) {
    if (authority == null || authority.isEmpty() || authority.charAt(0) == '[') {
      return false;
    }
    int colon = authority.lastIndexOf(':');
    String host = colon < 0 ? authority : authority.substring(0, colon);
    return !isLocal(host) && !endsInNumber(host);
  }

  private static boolean isLocal(String host) {
    int suffix = host.length() - "localhost".length();
    return host.regionMatches(true, suffix, "localhost", 0, "localhost".length())
        && (suffix == 0 || host.charAt(suffix - 1) == '.');
  }

  /// Only addresses end so (https://url.spec.whatwg.org/#ends-in-a-number-checker).
  private static boolean endsInNumber(String host) {
    int i = host.length() - 1;
    while (i >= 0 && Character.isDigit(host.charAt(i))) {
      i--;
    }
    return i < host.length() - 1 && (i < 0 || host.charAt(i) == '.');
  }
}
