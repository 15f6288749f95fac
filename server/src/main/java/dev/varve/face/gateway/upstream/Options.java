package dev.varve.face.gateway.upstream;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/// A list of names in a header, such as `Connection: keep-alive, X-Hop` (RFC 9110, section 5.6.1).
public final class Options {
  private Options() {}

  /// The names, in small letters.
  public static Set<String> of(String value) {
    Set<String> options = new LinkedHashSet<>();
    for (String part : value.split(",", -1)) {
      String option = part.strip().toLowerCase(Locale.ROOT);
      if (!option.isEmpty()) {
        options.add(option);
      }
    }
    return options;
  }
}
