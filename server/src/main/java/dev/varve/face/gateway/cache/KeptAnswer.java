package dev.varve.face.gateway.cache;

import dev.varve.net.http.HeaderLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// An answer that is kept. Its body is not copied and never changed.
///
/// @param route by which it came
/// @param whose who may have it: [Keeping#ALL], [CachedRequest#NOBODY] for those of whom the service hears nothing, or
///     one caller
/// @param apart the headers of its request that always tell answers apart
/// @param varied the names that its `Vary` has, in small letters, with the values of its request
/// @param headers all that came, as they came
/// @param shown those that the client gets
record KeptAnswer(
    int route,
    String whose,
    List<HeaderLine> apart,
    List<HeaderLine> varied,
    int status,
    List<HeaderLine> headers,
    List<HeaderLine> shown,
    byte[] body,
    Freshness freshness) {
  // objects, references and the like
  private static final int BYTES_BESIDE = 512;
  private static final int LINE_BYTES_BESIDE = 100;
  // a 304 does not tell what the body is (RFC 9111, section 3.2)
  private static final Set<String> OF_THE_BODY =
      Set.of("content-length", "content-encoding", "content-type", "content-range");

  /// Whether it is one for this request.
  boolean fits(CachedRequest request) {
    return route == request.route()
        && request.mayHave(whose)
        && apart.equals(request.apart())
        && varied.stream().allMatch(line -> line.value().equals(request.sent(line.name())));
  }

  /// Whether every request that finds the one finds the other.
  boolean takesPlaceOf(KeptAnswer other) {
    return route == other.route
        && whose.equals(other.whose)
        && apart.equals(other.apart)
        && varied.equals(other.varied);
  }

  Optional<String> header(String name) {
    return headers.stream().filter(each -> each.is(name)).map(HeaderLine::value).findFirst();
  }

  /// What the service is asked, to learn whether it has changed; nothing when it cannot be asked so.
  List<HeaderLine> conditions() {
    List<HeaderLine> conditions = new ArrayList<>(2);
    header("ETag").ifPresent(tag -> conditions.add(new HeaderLine("If-None-Match", tag)));
    header("Last-Modified")
        .ifPresent(date -> conditions.add(new HeaderLine("If-Modified-Since", date)));
    return conditions;
  }

  /// Its headers with those of a 304 in their place.
  List<HeaderLine> headersWith(List<HeaderLine> news) {
    Set<String> replaced = new TreeSet<>();
    List<HeaderLine> merged = new ArrayList<>();
    for (HeaderLine header : news) {
      String name = header.name().toLowerCase(Locale.ROOT);
      if (!OF_THE_BODY.contains(name)) {
        replaced.add(name);
        merged.add(header);
      }
    }
    // it came from another cache then, and has not now
    replaced.add("age");
    for (HeaderLine header : headers) {
      if (!replaced.contains(header.name().toLowerCase(Locale.ROOT))) {
        merged.add(header);
      }
    }
    return merged;
  }

  /// Whether there is no use left in keeping it.
  boolean isOver(Instant now) {
    return freshness.isOver(now) && conditions().isEmpty();
  }

  /// About what it takes of the heap.
  int bytes() {
    int bytes = BYTES_BESIDE + body.length;
    for (List<HeaderLine> lines : List.of(apart, varied, headers)) {
      for (HeaderLine line : lines) {
        bytes += LINE_BYTES_BESIDE + line.name().length() + line.value().length();
      }
    }
    return bytes;
  }
}
