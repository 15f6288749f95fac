package dev.varve.face.gateway;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;

/// How a path is rewritten by a regular expression; `rewrite` of a route.
public record RewriteSettings(
    @Setting(
            says =
                "A regular expression (RE2) that the path as it was sent is matched against, as a whole, such as /v1/(.*).")
        String pattern,
    @Setting(
            says =
                "What the path becomes; $1 is the first group. A path that does not match stays.")
        String to) {
  public static final RewriteSettings NONE = new RewriteSettings("", "");

  public RewriteSettings {
    if (pattern.isEmpty() != to.isEmpty()) {
      throw new WrongSetting(
          pattern.isEmpty() ? "pattern" : "to", "is missing. Write both, or none of them");
    }
    if (!to.isEmpty() && !to.startsWith("/")) {
      throw new WrongSetting("to", "is '%s': a path starts with a slash".formatted(to));
    }
    try {
      Pattern known = Pattern.compile(pattern);
      if (!pattern.isEmpty()) {
        requireGroups(known, to);
      }
    } catch (PatternSyntaxException e) {
      throw new WrongSetting(
          "pattern", "is no regular expression of RE2: %s".formatted(e.getMessage()));
    }
  }

  /// A group that is not there would be found out by whoever sends the first request.
  private static void requireGroups(Pattern pattern, String to) {
    java.util.regex.Matcher named = java.util.regex.Pattern.compile("\\$(\\d)?").matcher(to);
    while (named.find()) {
      String digit = named.group(1);
      if (digit == null || digit.charAt(0) - '0' > pattern.groupCount()) {
        throw new WrongSetting(
            "to",
            "is '%s', but the pattern has %d groups: $1 is the first"
                .formatted(to, pattern.groupCount()));
      }
    }
  }

  boolean isSet() {
    return !pattern.isEmpty();
  }
}
