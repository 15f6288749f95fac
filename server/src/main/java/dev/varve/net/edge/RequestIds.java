package dev.varve.net.edge;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerRequestHeaders;
import java.util.function.Supplier;

/// Names requests: by what the client sent as `X-Request-Id`, if that is 1 to 128 printable ASCII characters without
/// spaces, or by a new id.
///
/// @param fresh makes a new one
record RequestIds(Supplier<String> fresh) {
  private static final HeaderName NAME = HeaderNames.create("X-Request-Id");
  private static final int LENGTH_MAX = 128;

  String of(ServerRequestHeaders headers) {
    if (headers.contains(NAME)) {
      String sent = headers.get(NAME).get();
      if (isSane(sent)) {
        return sent;
      }
    }
    return fresh.get();
  }

  private static boolean isSane(String id) {
    return !id.isEmpty()
        && id.length() <= LENGTH_MAX
        && id.chars().allMatch(c -> c > ' ' && c <= '~');
  }

  /// Tells the client the id of its request.
  static Header header(String id) {
    return HeaderValues.create(NAME, id);
  }
}
