package dev.varve.net.http;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The cookies of a request (RFC 6265, section 5.4).
public final class Cookies {
  /// How the names of Varve's own begin, which are nobody else's to read or to set.
  public static final String OWN = "varve-";

  // what browsers hold names to (RFC 6265bis, section 4.1.3), whichever way it is written
  private static final Pattern OWN_NAME =
      Pattern.compile(
          "(__(host|secure)-)?" + OWN + ".*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final Pattern NAMELESS = Pattern.compile("^[\\s=]+");

  private Cookies() {}

  /// A header `Cookie` without those of Varve's own.
  public static String withoutOwn(String header) {
    if (!mayNameOwn(header)) {
      return header;
    }
    return Stream.of(header.split(";", -1))
        .map(String::strip)
        .filter(pair -> !pair.isEmpty() && !isOwn(pair))
        .collect(Collectors.joining("; "));
  }

  /// Whether a header `Set-Cookie` sets one of Varve's own, or what a browser sends as one: a cookie without a name is sent as its
  /// value alone (RFC 6265bis, section 5.8.3).
  public static boolean setsOwn(String header) {
    return mayNameOwn(header) && isOwn(header);
  }

  private static boolean isOwn(String pair) {
    return OWN_NAME.matcher(NAMELESS.matcher(pair).replaceFirst("")).matches();
  }

  private static boolean mayNameOwn(String header) {
    return header.toLowerCase(Locale.ROOT).contains(OWN);
  }

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
