package dev.varve.net.http;

import io.helidon.http.DateTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/// Instants as HTTP writes them, to the second (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
public final class HttpDate {
  // Java's own form of RFC 1123 writes "1 Mar", which HTTP does not know
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private HttpDate() {}

  public static String text(Instant instant) {
    return FORM.format(instant);
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
