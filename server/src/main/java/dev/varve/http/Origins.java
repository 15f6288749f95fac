package dev.varve.http;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import java.net.URI;
import java.util.Locale;
import java.util.Set;

/// The pages from which a browser may use what cookies and CORS do not guard, such as a [WebSocket]: those of the
/// server itself, and those that are named.
///
/// @param allowed such as `https://shop.example`
public record Origins(Set<String> allowed) {
  public Origins {
    allowed = Set.copyOf(allowed);
  }

  /// @param text origins, separated by spaces
  public static Origins of(String text) {
    return new Origins(text.isBlank() ? Set.of() : Set.of(text.strip().split("\\s+")));
  }

  /// @throws Problem with FORBIDDEN when the request comes from another page
  public void require(Request request) {
    String origin = request.header("Origin").orElse("");
    if (!origin.isEmpty() && !allowed.contains(origin) && !isOwn(origin, request)) {
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
