package dev.varve.face.gateway.cache;

import dev.varve.net.http.HeaderLine;
import java.util.List;

/// What requests have in common that one answer is for.
///
/// @param whose nobody's, where an answer was for all before
/// @param negotiated the values of the headers by which answers vary, as far as that is known
record FlightKey(
    ResourceKey resource,
    int route,
    String whose,
    List<HeaderLine> apart,
    List<HeaderLine> negotiated) {
  int bytes() {
    int bytes = resource.bytes();
    for (List<HeaderLine> lines : List.of(apart, negotiated)) {
      for (HeaderLine line : lines) {
        bytes += line.name().length() + line.value().length();
      }
    }
    return bytes;
  }
}
