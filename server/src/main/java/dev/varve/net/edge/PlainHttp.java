package dev.varve.net.edge;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.certificate.Certificates;
import dev.varve.net.http.Answer;
import dev.varve.net.proxy.Sender;
import dev.varve.net.proxy.TrustedProxies;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.RoutingRequest;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;

/// What becomes of a request that comes without TLS.
sealed interface PlainHttp {
  /// What is answered instead of what was asked for; nothing when the request may go on.
  Optional<Answer> instead(Exchange exchange, RequestTarget target);

  /// @param httpsPort where HTTPS is listened on
  /// @param certificates what is served there, if there is
  static PlainHttp of(
      HttpSettings settings,
      TrustedProxies proxies,
      Optional<Certificates> certificates,
      IntSupplier httpsPort) {
    if (certificates.isPresent()) {
      return new Redirected(certificates.get(), httpsPort);
    }
    return settings.insecure() || proxies.none() ? new Answered() : new Proxied();
  }

  /// It is answered like any other: nobody else hears it, or whoever runs the server has said that it may be heard.
  record Answered() implements PlainHttp {
    @Override
    public Optional<Answer> instead(Exchange exchange, RequestTarget target) {
      return Optional.empty();
    }
  }

  /// It is sent to HTTPS, whatever it asks for, but for what machinery asks that follows no redirection.
  record Redirected(Certificates certificates, IntSupplier httpsPort) implements PlainHttp {
    private static final String CHALLENGES = "/.well-known/acme-challenge/";
    private static final int HTTPS_PORT = 443;
    // a name, an IPv4 address or an IPv6 address in brackets (RFC 3986, section 3.2.2), of what may
    // stand in a host: it goes back in a header
    private static final Pattern HOST =
        Pattern.compile("([A-Za-z0-9._-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{0,5})?");

    @Override
    public Optional<Answer> instead(Exchange exchange, RequestTarget target) {
      String path = target.path();
      if (path.startsWith("/health/")) {
        return Optional.empty();
      }
      return Optional.of(
          path.startsWith(CHALLENGES)
              ? challenge(target)
              : redirection(exchange.request(), target));
    }

    /// For an authority that wants to know whether the name is ours (RFC 8555, section 8.3).
    private Answer challenge(RequestTarget target) {
      String authorization =
          certificates
              .httpChallenge(target.path().substring(CHALLENGES.length()))
              .orElseThrow(target::notFound);
      return Answer.bytes(
          200, "application/octet-stream", authorization.getBytes(StandardCharsets.US_ASCII));
    }

    private Answer redirection(RoutingRequest request, RequestTarget target) {
      String authority = authority(request);
      String name = authority.substring(0, authority.length() - portLength(authority));
      int port = httpsPort.getAsInt();
      String query = request.prologue().query().rawValue();
      return Answer.empty(308)
          .with(
              "Location",
              "https://%s%s%s%s"
                  .formatted(
                      name,
                      port == HTTPS_PORT ? "" : ":" + port,
                      target.path(),
                      query.isEmpty() ? "" : "?" + query));
    }

    private static String authority(RoutingRequest request) {
      String authority = request.authority();
      if (authority == null || !HOST.matcher(authority).matches()) {
        throw new Problem(
            ErrorCode.MALFORMED_REQUEST, "The header Host must name the host that was asked for");
      }
      return authority;
    }

    private static int portLength(String authority) {
      int colon = authority.lastIndexOf(':');
      return colon > authority.lastIndexOf(']') ? authority.length() - colon : 0;
    }
  }

  /// It has come through a proxy, whose word counts on how. Credentials are taken, and given out, when the client spoke
  /// HTTPS with it, or is on this machine.
  record Proxied() implements PlainHttp {
    @Override
    public Optional<Answer> instead(Exchange exchange, RequestTarget target) {
      RoutingRequest request = exchange.request();
      if (!hasToDoWithCredentials(request, target) || isSafe(exchange)) {
        return Optional.empty();
      }
      return Optional.of(
          exchange.refusal(
              new Problem(
                  ErrorCode.FORBIDDEN,
                  "Credentials are taken over HTTPS alone. Ask with https://; where the proxy in front speaks it, let it say X-Forwarded-Proto: https")));
    }

    /// A WebSocket is sent a token behind its handshake.
    private static boolean hasToDoWithCredentials(RoutingRequest request, RequestTarget target) {
      return request.headers().contains(HeaderNames.AUTHORIZATION)
          || target.path().startsWith("/auth/")
          || WebSocketHandshake.isWanted(request);
    }

    private static boolean isSafe(Exchange exchange) {
      Sender client = exchange.sender();
      List<String> protocols = values(exchange.request().headers(), HeaderNames.X_FORWARDED_PROTO);
      return isLoopback(client.address())
          || (client.scheme().equals(Sender.HTTPS) && isHttps(protocols));
    }

    private static List<String> values(ServerRequestHeaders headers, HeaderName name) {
      return headers.contains(name) ? headers.get(name).allValues() : List.of();
    }

    /// Every proxy on the way: one that spoke plain HTTP is one too many.
    private static boolean isHttps(List<String> protocols) {
      return protocols.stream()
          .flatMap(value -> List.of(value.split(",", -1)).stream())
          .allMatch(each -> each.strip().equalsIgnoreCase("https"));
    }

    private static boolean isLoopback(String address) {
      return InetAddress.ofLiteral(address).isLoopbackAddress();
    }
  }
}
