package dev.varve.face.gateway.cache;

import dev.varve.net.http.HeaderLine;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Which headers of a request reach a service when its answer may be kept for others. A header that shapes an answer and is no
/// part of what the answer is found by would let one client choose what others get.
///
/// | headers | reach the service | an answer is found by them |
/// |---|---|---|
/// | `Accept`, `Accept-Language`, `Accept-Encoding` | yes | where `Vary` names them |
/// | what browsers tell of themselves, and what is for caches | no | |
/// | those that Varve writes itself | yes | where `Vary` names them |
/// | all others | yes | always |
public final class Passage {
  static final List<String> NEGOTIATING = List.of("accept", "accept-language", "accept-encoding");

  private static final Set<String> KEPT_BACK =
      Set.of(
          "user-agent",
          "referer",
          "dnt",
          "priority",
          "save-data",
          "upgrade-insecure-requests",
          "device-memory",
          "downlink",
          "ect",
          "rtt",
          "traceparent",
          "tracestate",
          "baggage",
          // for caches: the service is asked for the whole answer, or whether that has changed
          "cache-control",
          "pragma",
          "range",
          "if-range",
          "if-match",
          "if-none-match",
          "if-modified-since",
          "if-unmodified-since");
  private static final Set<String> VARVES =
      Set.of("forwarded", "via", "x-request-id", "traceparent");
  // the caller is told apart by these in another way
  private static final Set<String> CREDENTIALS = Set.of("authorization", "cookie");

  private Passage() {}

  /// Whether a header of a client goes on.
  public static boolean goesOn(HeaderLine header) {
    String name = plain(header);
    return !KEPT_BACK.contains(name) && !name.startsWith("sec-");
  }

  /// Whether an answer is found by a header that has gone on, whatever it says of that.
  static boolean tellsApart(HeaderLine header) {
    String name = plain(header);
    return !NEGOTIATING.contains(name)
        && !VARVES.contains(name)
        && !CREDENTIALS.contains(name)
        && !name.startsWith("x-forwarded-")
        && !name.startsWith("varve-");
  }

  // many a service takes both for the same
  private static String plain(HeaderLine header) {
    return header.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
