package dev.varve.face.gateway.upstream;

import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.Inlet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a service is to be sent.
///
/// @param target path and query, as they stand in the request line
/// @param headers those that travel end to end, without `Host` and those that say where the body ends
/// @param body nothing when there is none
/// @param expectsContinue whether the client waits with the body until it is told to send it
/// @param becomesWebSocket whether the service is asked to go on as a WebSocket
/// @param takesTrailers whether the client does something with fields that stand behind a body
/// @param network that it comes from, which has its share of the places of the service; [#NO_NETWORK] when Varve itself asks
/// @param client watches for the end of the client, and does what it is given then; asked after a while, when all of the
///     body has been read
public record OutgoingRequest(
    String method,
    String target,
    List<HeaderLine> headers,
    @Nullable Inlet body,
    boolean expectsContinue,
    boolean becomesWebSocket,
    boolean takesTrailers,
    String network,
    Consumer<Runnable> client) {
  static final String NO_NETWORK = "";

  // RFC 9110, section 9.2.2
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

  /// Bodies that are read from the client before the request is sent, and then sent with it at once; the system takes as
  /// much without waiting.
  private static final int SMALL_BYTES = 16 * 1024;

  /// A `GET` that Varve makes itself: whoever makes it looks after the client.
  public static OutgoingRequest get(String target, List<HeaderLine> headers, String network) {
    return new OutgoingRequest("GET", target, headers, null, false, false, false, network, _ -> {});
  }

  /// Whether it makes no difference how often it is sent.
  boolean isIdempotent() {
    return IDEMPOTENT.contains(method);
  }

  /// The same with a body that is read in another way.
  OutgoingRequest with(Inlet other) {
    return new OutgoingRequest(
        method,
        target,
        headers,
        other,
        expectsContinue,
        becomesWebSocket,
        takesTrailers,
        network,
        client);
  }

  /// Whether its body goes with its head.
  boolean isSmall() {
    return body != null && body.length() >= 0 && body.length() <= SMALL_BYTES && !expectsContinue;
  }

  Inlet bodyOrThrow() {
    return Objects.requireNonNull(body, "A request without a body");
  }

  boolean isHead() {
    return method.equals("HEAD");
  }
}
