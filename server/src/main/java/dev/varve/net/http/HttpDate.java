package dev.varve.net.http;

import io.helidon.http.DateTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;

/// Instants as HTTP writes them, to the second (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
public final class HttpDate {
  private HttpDate() {}

  public static String text(Instant instant) {
    return DateTime.RFC_1123_DATE_TIME.format(instant.atZone(ZoneOffset.UTC));
  }

  /// Reads one of the three forms that the RFC knows; absent when it is none of them.
  public static Optional<Instant> parse(String text) {
    try {
      return Optional.of(DateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
