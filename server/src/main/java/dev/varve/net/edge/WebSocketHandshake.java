package dev.varve.net.edge;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.RoutingRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// How a request becomes a [dev.varve.net.http.WebSocket] (RFC 6455, section 4.2).
final class WebSocketHandshake {
  private static final String VERSION = "13";
  static final HeaderName ACCEPT = HeaderNames.create("Sec-WebSocket-Accept");
  static final HeaderName PROTOCOL = HeaderNames.create("Sec-WebSocket-Protocol");
  private static final HeaderName KEY = HeaderNames.create("Sec-WebSocket-Key");
  private static final HeaderName VERSION_HEADER = HeaderNames.create("Sec-WebSocket-Version");
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;

  private WebSocketHandshake() {}

  /// Whether a request asks for one.
  static boolean isWanted(RoutingRequest request) {
    ServerRequestHeaders headers = request.headers();
    return request.prologue().method().equals(Method.GET)
        && Exchange.ownsConnection(request)
        && hasToken(headers, HeaderNames.UPGRADE, "websocket")
        && hasToken(headers, HeaderNames.CONNECTION, "upgrade");
  }

  private static boolean hasToken(ServerRequestHeaders headers, HeaderName name, String token) {
    return headers.contains(name)
        && Arrays.stream(headers.get(name).values().split(","))
            .anyMatch(part -> part.strip().equalsIgnoreCase(token));
  }

  /// What a client is told that does not keep to the protocol.
  ///
  /// @throws Problem with MALFORMED_REQUEST when the key is none, or there is a body, which would be taken for what is said
  ///     over the WebSocket
  static Optional<Answer> refusal(Exchange exchange) {
    ServerRequestHeaders headers = exchange.request().headers();
    if (value(headers, VERSION_HEADER).filter(VERSION::equals).isEmpty()) {
      return Optional.of(otherVersion(exchange));
    }
    if (exchange.body().isPresent()) {
      throw new Problem(
          ErrorCode.MALFORMED_REQUEST,
          "A request to become a WebSocket has no body. Leave it out, with its Content-Length");
    }
    accept(headers);
    return Optional.empty();
  }

  private static Answer otherVersion(Exchange exchange) {
    Problem problem =
        new Problem(
            ErrorCode.MALFORMED_REQUEST,
            "The version of the WebSocket protocol must be " + VERSION);
    return exchange
        .refusal(426, problem)
        .with("Upgrade", "websocket")
        .with("Sec-WebSocket-Version", VERSION);
  }

  /// The value of `Sec-WebSocket-Accept`.
  ///
  /// @throws Problem with MALFORMED_REQUEST when the key is none
  static String accept(ServerRequestHeaders headers) {
    String key = value(headers, KEY).orElse("");
    if (!isKey(key)) {
      throw new Problem(
          ErrorCode.MALFORMED_REQUEST, "Sec-WebSocket-Key must be 16 bytes in Base64");
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-1", e);
    }
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Optional<String> value(ServerRequestHeaders headers, HeaderName name) {
    return headers.contains(name)
        ? Optional.of(headers.get(name).values().strip())
        : Optional.empty();
  }
}
