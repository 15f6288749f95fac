package dev.varve.bench;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A whole answer, for those that are looked at and not only counted.
///
/// @param head status line and headers, as they came
record Answer(int status, String head, byte[] body, long nanos) {
  private static final Pattern NEXT_CURSOR = Pattern.compile("\"nextCursor\":\"([^\"]+)\"");

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /// The headers by their names, in the order in which they came.
  Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    head.lines()
        .skip(1)
        .filter(line -> !line.isEmpty())
        .forEach(line -> {
          int colon = line.indexOf(':');
          headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        });
    return headers;
  }

  /// The cursor of the page behind this one.
  String nextCursor() {
    Matcher matcher = NEXT_CURSOR.matcher(text());
    if (!matcher.find()) {
      throw new IllegalStateException("The list ends here: " + this);
    }
    return matcher.group(1);
  }

  Answer requireStatus(int wanted) {
    if (status != wanted) {
      throw new IllegalStateException("Expected status %d but got %s".formatted(wanted, this));
    }
    return this;
  }

  @Override
  public String toString() {
    return head + text();
  }
}
