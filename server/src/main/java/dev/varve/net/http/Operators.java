package dev.varve.net.http;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Who runs the server: programs on this machine, those that connect from it, ask for it by a name of it, and speak for
/// nobody else; and whoever has the token. A proxy that says nothing of whom it speaks for looks as if it were one; see
/// docs/how-to/operate.md.
public final class Operators {
  private static final String BEARER = "bearer ";
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "0:0:0:0:0:0:0:1", "::1");
  private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final List<String> FORWARDING =
      List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via");

  private final Optional<byte[]> token;

  /// @param token that others send as `Authorization: Bearer`; without one there is nothing for them
  public Operators(Optional<byte[]> token) {
    this.token = token;
  }

  /// @param what is asked for, as it begins a sentence: `The metrics are`
  /// @throws Problem UNAUTHENTICATED when it is somebody else
  public void require(Request request, String what) {
    if (!isLocal(request) && !hasToken(request)) {
      throw new Problem(
          ErrorCode.UNAUTHENTICATED,
          token.isPresent()
              ? "Send the token of the environment variable VARVE_TELEMETRY_TOKEN as Authorization: Bearer"
              : "%s for this machine. To read them from elsewhere, set the environment variable VARVE_TELEMETRY_TOKEN and send it as Authorization: Bearer"
                  .formatted(what));
    }
  }

  private static boolean isLocal(Request request) {
    return LOOPBACK.contains(request.remoteAddress())
        && LOOPBACK_NAMES.contains(host(request.header("Host").orElse("")))
        && FORWARDING.stream().noneMatch(name -> request.header(name).isPresent());
  }

  /// Without the port.
  private static String host(String authority) {
    int colon = authority.lastIndexOf(':');
    boolean port = colon > authority.lastIndexOf(']');
    return (port ? authority.substring(0, colon) : authority).toLowerCase(Locale.ROOT);
  }

  private boolean hasToken(Request request) {
    String sent = request.header("Authorization").orElse("");
    return token.isPresent()
        && sent.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && MessageDigest.isEqual(
            token.get(), sent.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8));
  }
}
