package dev.varve.face.gateway;

import dev.varve.face.gateway.upstream.Options;
import dev.varve.net.http.HeaderLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Which fields behind a body go back to the client. What a recipient has to know before the body, or acts on wherever it finds
/// it, has no place there and is dropped (RFC 9110, section 6.5.1): framing, routing, credentials, what a body is, what caches do.
final class Trailers {
  private static final Set<String> FORBIDDEN =
      Set.of(
          "age",
          "authorization",
          "cache-control",
          "cookie",
          "date",
          "expires",
          "location",
          "max-forwards",
          "pragma",
          "proxy-authenticate",
          "range",
          "retry-after",
          "set-cookie",
          "strict-transport-security",
          "vary",
          "via",
          "warning",
          "www-authenticate",
          "x-request-id");
  private static final List<String> FORBIDDEN_STARTS =
      List.of("content-", "if-", "access-control-", "x-forwarded-", "varve-");
  private static final String ANNOUNCEMENT = "Trailer";

  private Trailers() {}

  /// Those that go back.
  ///
  /// @param changes what the route says of headers holds for them as well
  static List<HeaderLine> passedBack(List<HeaderLine> all, Alterations changes) {
    return all.stream().filter(field -> passesBack(field.name(), changes)).toList();
  }

  private static boolean passesBack(String name, Alterations changes) {
    String small = name.toLowerCase(Locale.ROOT);
    return !FORBIDDEN.contains(small)
        && FORBIDDEN_STARTS.stream().noneMatch(small::startsWith)
        && HeaderFilter.passesBack(name, Set.of(), false)
        && !changes.replaces(name);
  }

  /// The header that announces those that go back, when the service has announced them.
  static List<HeaderLine> announced(List<HeaderLine> headers, Alterations changes) {
    List<String> names = new ArrayList<>();
    for (HeaderLine header : headers) {
      if (header.is(ANNOUNCEMENT)) {
        Options.of(header.value()).stream()
            .filter(name -> passesBack(name, changes))
            .forEach(names::add);
      }
    }
    return names.isEmpty()
        ? List.of()
        : List.of(new HeaderLine(ANNOUNCEMENT, String.join(", ", names)));
  }
}
