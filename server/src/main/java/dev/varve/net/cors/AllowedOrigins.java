package dev.varve.net.cors;

import dev.varve.settings.WrongSetting;
import java.net.IDN;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A list of origins (RFC 6454, section 6.2), asked for every request that comes from a page.
///
/// ```
/// https://shop.example       that one
/// https://*.shop.example     one more name in front of the host
/// http://localhost:*         any port, on this machine alone
/// *                          every page
/// ```
final class AllowedOrigins {
  static final String EVERY = "*";

  private static final Pattern ORIGIN =
      Pattern.compile(
          "([A-Za-z][A-Za-z0-9+.-]*)://([^/?#@:\\s\\[\\]]+|\\[[0-9A-Fa-f:.]+])(?::(\\d+|\\*))?");
  private static final Pattern LONGER = Pattern.compile("(" + ORIGIN.pattern() + ")[/?#].*");
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String ONE_NAME = "*.";
  private static final String ANY_PORT = ":*";

  private final Set<String> exact;
  private final List<Open> open;
  private final boolean every;

  private AllowedOrigins(Set<String> exact, List<Open> open, boolean every) {
    this.exact = Set.copyOf(exact);
    this.open = List.copyOf(open);
    this.every = every;
  }

  /// Origins that begin and end alike.
  private record Open(String start, String end, boolean port) {
    boolean contains(String origin) {
      int from = start.length();
      int to = origin.length() - end.length();
      if (to <= from || !origin.startsWith(start) || !origin.endsWith(end)) {
        return false;
      }
      for (int i = from; i < to; i++) {
        if (port ? !isDigit(origin.charAt(i)) : !isOfName(origin.charAt(i))) {
          return false;
        }
      }
      return true;
    }

    private static boolean isDigit(char c) {
      return c >= '0' && c <= '9';
    }

    private static boolean isOfName(char c) {
      return (c >= 'a' && c <= 'z') || isDigit(c) || c == '-' || c == '_';
    }
  }

  /// @throws WrongSetting naming the element of `origins` that is none
  static AllowedOrigins of(List<String> origins) {
    Set<String> exact = new HashSet<>();
    List<Open> open = new ArrayList<>();
    for (int i = 0; i < origins.size(); i++) {
      String origin = origins.get(i);
      if (!origin.equals(EVERY)) {
        add(checked("origins[%d]".formatted(i), origin), exact, open);
      }
    }
    return new AllowedOrigins(exact, open, origins.contains(EVERY));
  }

  private static void add(String origin, Set<String> exact, List<Open> open) {
    int star = origin.indexOf('*');
    if (star < 0) {
      exact.add(origin);
    } else if (origin.endsWith(ANY_PORT)) {
      exact.add(origin.substring(0, star - 1));
      open.add(new Open(origin.substring(0, star), "", true));
    } else {
      open.add(new Open(origin.substring(0, star), origin.substring(star + 1), false));
    }
  }

  private static String checked(String setting, String origin) {
    Matcher parts = ORIGIN.matcher(origin);
    if (!parts.matches()) {
      throw new WrongSetting(setting, "is '%s'%s".formatted(origin, whyNone(origin)));
    }
    String host = parts.group(2);
    if (ANY_PORT.substring(1).equals(parts.group(3)) && !THIS_MACHINE.contains(host)) {
      throw new WrongSetting(
          setting,
          "is '%s': only an origin of this machine may leave its port open".formatted(origin));
    }
    if (host.contains("*") && !host.matches("\\*(\\.[^.*]+){2,}")) {
      throw new WrongSetting(
          setting,
          "is '%s': only the first name of a host may be left open, such as https://*.shop.example"
              .formatted(origin));
    }
    String sent = asBrowsersSendIt(parts);
    if (!sent.equals(origin)) {
      throw new WrongSetting(
          setting, "is '%s', but browsers send it as '%s': write that".formatted(origin, sent));
    }
    return origin;
  }

  private static String whyNone(String origin) {
    Matcher longer = LONGER.matcher(origin);
    if (longer.matches()) {
      return ": an origin has no path. Write '%s'".formatted(longer.group(1));
    }
    return origin.equals("null")
        ? ": every page that hides where it comes from sends that. Serve the page from an origin of its own"
        : ": write scheme and host, such as https://shop.example";
  }

  private static String asBrowsersSendIt(Matcher parts) {
    String scheme = parts.group(1).toLowerCase(Locale.ROOT);
    String host = parts.group(2).toLowerCase(Locale.ROOT);
    String name = host.startsWith(ONE_NAME) ? host.substring(ONE_NAME.length()) : host;
    String port = parts.group(3);
    boolean standard =
        port == null
            || (scheme.equals("https") && port.equals("443"))
            || (scheme.equals("http") && port.equals("80"));
    return scheme
        + "://"
        + host.substring(0, host.length() - name.length())
        + ascii(name)
        + (standard ? "" : ":" + port);
  }

  private static String ascii(String name) {
    try {
      return IDN.toASCII(name);
    } catch (IllegalArgumentException _) {
      return name; // too long for a name, which no page will ever come from
    }
  }

  boolean isEmpty() {
    return exact.isEmpty() && open.isEmpty() && !every;
  }

  /// Whether it is every page, whatever it says of itself.
  boolean every() {
    return every;
  }

  boolean contains(String origin) {
    if (every || exact.contains(origin)) {
      return true;
    }
    for (Open each : open) {
      if (each.contains(origin)) {
        return true;
      }
    }
    return false;
  }
}
