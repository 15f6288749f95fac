package dev.varve.face.gateway.cache;

import dev.varve.net.http.HeaderLine;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/// What `Cache-Control` says (RFC 9111, section 5.2); of a directive that stands there twice, the first.
///
/// @param all values by name in small letters, without quotes; an empty one for none
record Directives(Map<String, String> all) {
  // RFC 9111, section 1.2.2
  private static final long SECONDS_MAX = Integer.MAX_VALUE;
  private static final int DIGITS_MAX = 10;

  static Directives of(List<HeaderLine> headers) {
    Map<String, String> all = new HashMap<>();
    for (HeaderLine header : headers) {
      if (header.is("Cache-Control")) {
        read(header.value(), all);
      }
    }
    // what came before Cache-Control, and is heard where there is none
    if (all.isEmpty()
        && headers.stream()
            .anyMatch(header ->
                header.is("Pragma")
                    && header.value().toLowerCase(Locale.ROOT).contains("no-cache"))) {
      all.put("no-cache", "");
    }
    return new Directives(Map.copyOf(all));
  }

  private static void read(String text, Map<String, String> into) {
    StringBuilder directive = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i <= text.length(); i++) {
      boolean end = i == text.length();
      char c = end ? ',' : text.charAt(i);
      if (c == ',' && (end || !quoted)) {
        add(directive.toString().strip(), into);
        directive.setLength(0);
      } else if (c == '"') {
        quoted = !quoted;
      } else {
        directive.append(c);
      }
    }
  }

  private static void add(String directive, Map<String, String> into) {
    int equals = directive.indexOf('=');
    String name = equals < 0 ? directive : directive.substring(0, equals).strip();
    if (!name.isEmpty()) {
      into.putIfAbsent(
          name.toLowerCase(Locale.ROOT), equals < 0 ? "" : directive.substring(equals + 1).strip());
    }
  }

  boolean has(String name) {
    return all.containsKey(name);
  }

  /// Its value; 0 when that is no number, so that whoever is unclear is asked.
  OptionalLong seconds(String name) {
    String value = all.get(name);
    if (value == null) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(number(value));
  }

  /// Whole seconds that are not negative; 0 for anything else.
  static long number(String text) {
    boolean isNumber = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!isNumber) {
      return 0;
    }
    return text.length() > DIGITS_MAX ? SECONDS_MAX : Math.min(SECONDS_MAX, Long.parseLong(text));
  }
}
