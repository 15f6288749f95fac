package dev.varve.face.gateway;

import dev.varve.net.http.Request;
import java.util.Optional;

/// The cookies of a request (RFC 6265, section 5.4).
final class Cookies {
  private Cookies() {}

  static Optional<String> value(Request request, String name) {
    for (String pair : request.header("Cookie").orElse("").split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
        return Optional.of(pair.substring(equals + 1).strip());
      }
    }
    return Optional.empty();
  }
}
