package dev.varve.identity.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Where a browser is sent with what a client asked for. What was registered and what is asked for must be the same text
/// (RFC 9700, section 2.1), but for the port on this machine (RFC 8252, section 7.3).
public final class RedirectUri {
  private static final int LENGTH_MAX = 2_000;
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]", "localhost");
  // they run or show what they hold, in the browser of whoever signs in
  private static final Set<String> HARMFUL =
      Set.of("javascript", "data", "vbscript", "blob", "file", "about", "view-source");
  // the parameters of the answer would stand beside others of their names
  private static final Set<String> ANSWERS =
      Set.of("code", "state", "iss", "error", "error_description");

  private RedirectUri() {}

  /// Why nobody should be sent there; nothing when it is fine.
  public static Optional<String> wrong(String text) {
    if (text.length() > LENGTH_MAX) {
      return Optional.of("it has more than %,d characters".formatted(LENGTH_MAX));
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~' || text.charAt(i) == '\\') {
        return Optional.of(
            "write it as a URL, without blanks, backslashes and letters beyond ASCII");
      }
    }
    try {
      return wrong(new URI(text));
    } catch (URISyntaxException e) {
      return Optional.of("write it as a URL, such as https://app.example.com/callback");
    }
  }

  /// Why this server itself, and no browser, should not go to an address; nothing when it is fine.
  static Optional<String> wrongServer(String uri) {
    return wrong(uri)
        .or(() ->
            uri.startsWith("https://") || uri.startsWith("http://")
                ? Optional.empty()
                : Optional.of("write one of a server, such as https://app.example.com/ended"));
  }

  private static Optional<String> wrong(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (scheme.isEmpty() || uri.isOpaque()) {
      return Optional.of("write a whole URL, such as https://app.example.com/callback");
    }
    if (uri.getRawFragment() != null) {
      return Optional.of("take the fragment (#...) out");
    }
    if (uri.getRawUserInfo() != null
        || (uri.getRawAuthority() != null && uri.getRawAuthority().indexOf('@') >= 0)) {
      return Optional.of("take out what stands before the @");
    }
    if (hasAnswer(uri.getRawQuery())) {
      return Optional.of("its query must not have code, state, iss, error or error_description");
    }
    return switch (scheme) {
      case "https" -> uri.getHost() == null ? Optional.of("it names no host") : Optional.empty();
      case "http" ->
          LOOPBACK.contains(String.valueOf(uri.getHost()))
              ? Optional.empty()
              : Optional.of("http is for this machine alone: take https");
      default ->
          HARMFUL.contains(scheme) || scheme.indexOf('.') < 0
              ? Optional.of(
                  "the scheme of an installed application is a domain of yours backwards, such as com.example.app:/callback")
              : Optional.empty();
    };
  }

  private static boolean hasAnswer(String query) {
    if (query == null) {
      return false;
    }
    for (String pair : query.split("&", -1)) {
      // whoever reads it there finds the same name, however it is written
      if (ANSWERS.contains(URLDecoder.decode(pair.split("=", 2)[0], StandardCharsets.UTF_8))) {
        return true;
      }
    }
    return false;
  }

  /// Whether what a client asks for is what it registered.
  static boolean matches(String registered, String asked) {
    if (registered.equals(asked)) {
      return true;
    }
    if (!registered.startsWith("http://") || !asked.startsWith("http://")) {
      return false;
    }
    return wrong(asked).isEmpty() && withoutPort(registered).equals(withoutPort(asked));
  }

  /// Of one on this machine.
  private static String withoutPort(String text) {
    URI uri = URI.create(text);
    return "http://"
        + uri.getHost()
        + text.substring(text.indexOf(uri.getRawAuthority()) + uri.getRawAuthority().length());
  }

  /// The origin of one, as a content security policy names it: `https://app.example.com`, or `com.example.app:`.
  public static String source(String text) {
    URI uri = URI.create(text);
    return uri.getRawAuthority() == null
        ? uri.getScheme() + ":"
        : uri.getScheme() + "://" + uri.getRawAuthority();
  }
}
