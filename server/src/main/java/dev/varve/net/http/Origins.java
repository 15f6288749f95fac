package dev.varve.net.http;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The pages from which a browser may use what cookies and CORS do not guard, such as a [WebSocket].
///
/// @param allowed such as `https://shop.example`; `self` for the server's own
public record Origins(Set<String> allowed) {
  private static final String SELF = "self";

  public Origins {
    allowed = Set.copyOf(allowed);
  }

  /// @param text origins, separated by spaces
  public static Origins of(String text) {
    return new Origins(new HashSet<>(List.of(text.strip().split("\\s+"))));
  }

  /// @throws Problem with FORBIDDEN when the request comes from another page
  public void require(Request request) {
    String origin = request.header("Origin").orElse("");
    if (!origin.isEmpty()
        && !allowed.contains(origin)
        && !(allowed.contains(SELF) && isOwn(origin, request))) {
      throw new Problem(
          ErrorCode.FORBIDDEN,
          "Pages of another origin may not open a WebSocket. Whoever runs this service can name theirs in the setting live.origins");
    }
  }

  private static boolean isOwn(String origin, Request request) {
    String host = request.header("Host").orElse("").toLowerCase(Locale.ROOT);
    try {
      return host.equals(URI.create(origin.toLowerCase(Locale.ROOT)).getRawAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
