package dev.varve.net.http;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.telemetry.Exposition;
import dev.varve.telemetry.Metrics;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// `GET /metrics`: the measures of the server, as text of Prometheus or OpenMetrics.
///
/// They tell much of an application, so only programs on this machine get them without a token: those that connect from
/// it, ask for it by a name of it, and speak for nobody else. A proxy that says nothing of whom it speaks for looks the
/// same; see docs/how-to/operate.md.
public final class MetricsEndpoint {
  public static final String PATH = "/metrics";

  private static final String BEARER = "bearer ";
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "0:0:0:0:0:0:0:1", "::1");
  private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final List<String> FORWARDING =
      List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via");

  private final Metrics metrics;
  private final Optional<byte[]> token;

  /// @param token that others send as `Authorization: Bearer`; without one there is nothing for them
  public MetricsEndpoint(Metrics metrics, Optional<byte[]> token) {
    this.metrics = metrics;
    this.token = token;
  }

  /// The route, when anything is measured.
  public List<Route> routes() {
    return metrics.isOn() ? List.of(Route.unlisted("GET", PATH, this::answer)) : List.of();
  }

  private Answer answer(Request request) {
    if (!isLocal(request) && !hasToken(request)) {
      throw new Problem(
          ErrorCode.UNAUTHENTICATED,
          token.isPresent()
              ? "Send the token of the environment variable VARVE_TELEMETRY_TOKEN as Authorization: Bearer"
              : "The metrics are for this machine. To read them from elsewhere, set the environment variable VARVE_TELEMETRY_TOKEN and send it as Authorization: Bearer");
    }
    Exposition exposition = metrics.exposition(request.header("Accept").orElse(""));
    return Answer.bytes(200, exposition.mediaType(), exposition.text());
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
