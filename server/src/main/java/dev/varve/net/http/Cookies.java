package dev.varve.net.http;

import java.util.LinkedHashMap;
import java.util.Map;
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

  /// The values of those whose names start in the same way, by the rest of their names.
  ///
  /// @param max further ones are passed over
  public static Map<String, String> startingWith(Request request, String prefix, int max) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : request.header("Cookie").orElse("").split(";", -1)) {
      String[] both = pair.strip().split("=", 2);
      if (both.length == 2 && both[0].startsWith(prefix) && values.size() < max) {
        values.putIfAbsent(both[0].substring(prefix.length()), both[1]);
      }
    }
    return values;
  }
}
