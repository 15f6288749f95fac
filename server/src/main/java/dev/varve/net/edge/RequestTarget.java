package dev.varve.net.edge;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.PercentEncoding;
import io.helidon.webserver.http.RoutingRequest;
import java.util.ArrayList;
import java.util.List;

/// Where a request is meant to go (RFC 9112, section 3.2), without its query.
///
/// @param path as it was sent, still percent-encoded
/// @param segments the path, split at its slashes and decoded
record RequestTarget(String path, List<String> segments) {
  private static final int SHOWN_LENGTH_MAX = 200;

  /// @throws Problem MALFORMED_REQUEST when it has no path, or one that cannot be decoded
  static RequestTarget of(RoutingRequest request) {
    String path = path(request.prologue().uriPath().rawPath());
    return new RequestTarget(path, segments(path));
  }

  private static String path(String target) {
    if (target.startsWith("/")) {
      return target;
    }
    // the absolute form, which proxies use (RFC 9112, section 3.2.2)
    int scheme = target.indexOf("://");
    int slash = scheme < 0 ? -1 : target.indexOf('/', scheme + 3);
    if (slash < 0) {
      throw new Problem(ErrorCode.MALFORMED_REQUEST, "The request target must start with a slash");
    }
    return target.substring(slash);
  }

  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>(6);
    int start = 1;
    while (start <= path.length()) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      segments.add(segment(path.substring(start, end)));
      start = end + 1;
    }
    return segments;
  }

  private static String segment(String raw) {
    try {
      return PercentEncoding.decode(raw);
    } catch (PercentEncoding.Malformed e) {
      throw new Problem(ErrorCode.MALFORMED_REQUEST, "The path cannot be read. " + e.reason());
    }
  }

  Problem notFound() {
    String shown =
        path.length() > SHOWN_LENGTH_MAX ? path.substring(0, SHOWN_LENGTH_MAX) + "..." : path;
    String hint =
        path.length() > 1 && path.endsWith("/") ? ". Try it without the slash at its end" : "";
    return Problem.notFound("There is nothing at " + shown + hint);
  }
}
