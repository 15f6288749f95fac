package dev.varve.face.gateway.cache;

import dev.varve.net.http.HeaderLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Whether an answer is kept, and for whom (RFC 9111, sections 3 and 3.5). On any doubt it is not.
///
/// | the request | the service says | kept for |
/// |---|---|---|
/// | any | `private`, `no-store`, `Vary: *`, or sets a cookie | nobody |
/// | any | `public` or `s-maxage` | all |
/// | with credentials, or with a word to the service on who asks | `must-revalidate` | that caller |
/// | the same | anything else | nobody |
/// | without | anything else | all of whom the service hears nothing |
final class Keeping {
  /// Whose an answer is that may be given to everybody.
  static final String ALL = "*";

  // whose meaning is known, and which are whole; no failure is kept
  private static final Set<Integer> STATUSES =
      Set.of(200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 451);

  private Keeping() {}

  /// @return whose the answer is; absent when it is not kept
  static Optional<String> whose(CachedRequest request, int status, List<HeaderLine> headers) {
    Directives says = Directives.of(headers);
    if (!STATUSES.contains(status)
        || says.has("no-store")
        || says.has("private")
        || headers.stream().anyMatch(header -> header.is("Set-Cookie"))
        || varying(headers).contains("*")
        || isEndless(headers)) {
      return Optional.empty();
    }
    if (says.has("public") || says.has("s-maxage")) {
      return Optional.of(ALL);
    }
    if (!request.isPersonal()) {
      return Optional.of(CachedRequest.NOBODY);
    }
    return says.has("must-revalidate") ? Optional.of(request.whose()) : Optional.empty();
  }

  /// Events are to arrive as they are sent.
  private static boolean isEndless(List<HeaderLine> headers) {
    return headers.stream()
        .anyMatch(header ->
            header.is("Content-Type")
                && header.value().toLowerCase(Locale.ROOT).startsWith("text/event-stream"));
  }

  /// The headers of the request by which the answer is found, with the values that they have there.
  static List<HeaderLine> varied(CachedRequest request, List<HeaderLine> headers) {
    List<HeaderLine> varied = new ArrayList<>();
    for (String name : varying(headers)) {
      varied.add(new HeaderLine(name, request.sent(name)));
    }
    return varied;
  }

  private static Set<String> varying(List<HeaderLine> headers) {
    Set<String> names = new TreeSet<>();
    for (HeaderLine header : headers) {
      if (header.is("Vary")) {
        for (String name : header.value().split(",", -1)) {
          names.add(name.strip().toLowerCase(Locale.ROOT));
        }
      }
      // a service that forgets to say so must not send it to those who cannot read it
      if (header.is("Content-Encoding")) {
        names.add("accept-encoding");
      }
    }
    names.remove("");
    return names;
  }
}
