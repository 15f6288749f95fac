package dev.varve.face.gateway.cache;

import dev.varve.net.http.HeaderLine;
import java.time.Instant;

/// What the cache did for an answer, in the header `Cache-Status` (RFC 9211).
///
/// ```
/// Varve; hit; ttl=25                               kept, and fresh for 25 s; less than 0 while another is fetched
/// Varve; fwd=miss; stored                          fetched, and kept
/// Varve; fwd=miss; collapsed                       fetched for an equal request
/// Varve; fwd=stale; fwd-status=304; stored         still good, as the service says
/// Varve; fwd=stale; fwd-status=503; detail=stale-if-error
/// Varve; fwd=request                               as the request wants it
/// ```
final class CacheStatus {
  private static final String NAME = "Cache-Status";
  private static final String CACHE = "Varve; ";

  /// Why a service was asked.
  enum Forward {
    MISS("miss"),
    STALE("stale"),
    REQUEST("request");

    private final String text;

    Forward(String text) {
      this.text = text;
    }
  }

  private CacheStatus() {}

  static HeaderLine hit(KeptAnswer answer, Instant now) {
    return line("hit; ttl=" + answer.freshness().left(now).toSeconds());
  }

  static HeaderLine forwarded(Forward why) {
    return line("fwd=" + why.text);
  }

  static HeaderLine stored(Forward why) {
    return line("fwd=%s; stored".formatted(why.text));
  }

  static HeaderLine collapsed() {
    return line("fwd=miss; collapsed");
  }

  static HeaderLine confirmed(Forward why) {
    return line("fwd=%s; fwd-status=304; stored".formatted(why.text));
  }

  /// @param status of the failure; 0 when there was no answer
  static HeaderLine failed(int status) {
    return line(
        "fwd=stale; %sdetail=stale-if-error"
            .formatted(status == 0 ? "" : "fwd-status=%d; ".formatted(status)));
  }

  private static HeaderLine line(String text) {
    return new HeaderLine(NAME, CACHE + text);
  }
}
