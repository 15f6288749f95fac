package dev.varve.net.proxy;

import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The header `Forwarded` (RFC 7239): a list to which each proxy appends an element, with what it knows of its own client.
///
/// ```
/// Forwarded: for=192.0.2.7;proto=https;host=shop.example, for="[2001:db8::1]:4711"
/// ```
final class Forwarded {
  private Forwarded() {}

  static Sender client(Sender direct, Headers request, TrustedProxies proxies) {
    List<Map<String, String>> elements = elements(request);
    List<String> hops = elements.stream().map(element -> element.getOrDefault("for", "")).toList();
    int first = proxies.firstTrue(hops);
    // an element that hides its client (for=_hidden) is as true as the proxy that wrote it
    int told = Math.min(first, elements.size() - 1);
    Sender from = first < hops.size() ? direct.from(TrustedProxies.address(hops, first)) : direct;
    if (told < 0) {
      return from;
    }
    Map<String, String> element = elements.get(told);
    return from.over(element.getOrDefault("proto", "")).to(element.getOrDefault("host", ""));
  }

  /// In their order; none of a line that is malformed.
  private static List<Map<String, String>> elements(Headers request) {
    if (!request.contains(HeaderNames.FORWARDED)) {
      return List.of();
    }
    List<Map<String, String>> elements = new ArrayList<>();
    for (String line : request.all(HeaderNames.FORWARDED, List::of)) {
      for (String element : split(line, ',')) {
        elements.add(pairs(element));
      }
    }
    return elements;
  }

  private static Map<String, String> pairs(String element) {
    Map<String, String> pairs = new HashMap<>();
    for (String pair : split(element, ';')) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String name = pair.substring(0, equals).strip().toLowerCase(Locale.ROOT);
        pairs.put(name, unquoted(pair.substring(equals + 1).strip()));
      }
    }
    return pairs;
  }

  /// Splits outside of quoted strings (RFC 9110, section 5.6.4).
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    // a quotation mark that a client left open would swallow what the proxies behind it wrote
    return quoted ? List.of() : parts;
  }

  private static String unquoted(String value) {
    return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1")
        : value;
  }
}
