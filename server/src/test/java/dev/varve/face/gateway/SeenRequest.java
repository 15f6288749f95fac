package dev.varve.face.gateway;

import java.util.List;
import java.util.Locale;

/// A request as some reader understands it.
///
/// @param headers its lines, as that reader cuts them
record SeenRequest(String method, String target, List<String> headers, String body) {
  String line() {
    return method + ' ' + target;
  }

  /// The names of its headers, in small letters.
  List<String> names() {
    return headers.stream()
        .map(line -> line.split(":", 2)[0].strip().toLowerCase(Locale.ROOT))
        .toList();
  }

  /// Whether something stands anywhere in it but its body, in whatever letters.
  boolean mentions(String text) {
    return (target + '\n' + String.join("\n", headers))
        .toLowerCase(Locale.ROOT)
        .contains(text.toLowerCase(Locale.ROOT));
  }

  /// Method, target and body: what two readers must agree on.
  @Override
  public String toString() {
    return line() + (body.isEmpty() ? "" : " [" + body + ']');
  }
}
