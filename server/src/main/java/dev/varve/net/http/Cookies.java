package dev.varve.net.http;

import java.util.Optional;

/// The cookies of a request (RFC 6265, section 5.4).
public final class Cookies {
  private Cookies() {}

  /// The value of the first of that name.
  public static Optional<String> value(Request request, String name) {
    Optional<String> cookies = request.header("Cookie");
    if (cookies.isEmpty()) {
      return Optional.empty();
    }
    for (String pair : cookies.get().split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
        return Optional.of(pair.substring(equals + 1).strip());
      }
    }
    return Optional.empty();
  }
}
