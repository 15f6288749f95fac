package dev.varve.net.http;

import java.util.Set;

/// Where Varve answers itself, in every server or in some, now or later: nothing that the settings put beside it stands there.
public final class OwnPaths {
  /// The first segments of such paths.
  public static final Set<String> KEPT_FREE =
      Set.of(
          "api",
          "auth",
          "console",
          "dev",
          "docs",
          "graphql",
          "health",
          "metrics",
          "oauth2",
          "openapi.json");

  private static final int SHOWN_LENGTH_MAX = 200;

  private OwnPaths() {}

  /// What stands between the first slash and the next.
  public static String firstSegment(String path) {
    int slash = path.indexOf('/', 1);
    return path.isEmpty() ? "" : path.substring(1, slash < 0 ? path.length() : slash);
  }

  /// A path in a message.
  public static String shown(String path) {
    return path.length() > SHOWN_LENGTH_MAX ? path.substring(0, SHOWN_LENGTH_MAX) + "..." : path;
  }
}
