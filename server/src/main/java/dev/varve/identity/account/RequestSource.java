package dev.varve.identity.account;

import dev.varve.kernel.Network;
import java.util.Optional;

/// Where a request comes from.
///
/// @param address of the other end of the connection
/// @param network what attempts are counted for: the address, or of IPv6 the /64 that one customer has as a whole
/// @param device what the client says it is (`User-Agent`)
/// @param trustCookie the cookie of a browser that may be trusted
public record RequestSource(
    String requestId, String address, String network, String device, Optional<String> trustCookie) {
  private static final int DEVICE_LENGTH_MAX = 200;

  public static RequestSource of(String requestId, String address, String userAgent) {
    return new RequestSource(
        requestId, address, Network.of(address), device(userAgent), Optional.empty());
  }

  /// The same, from a browser that keeps a cookie by which it may be trusted.
  public RequestSource trustedBy(Optional<String> cookie) {
    return new RequestSource(requestId, address, network, device, cookie);
  }

  private static String device(String userAgent) {
    StringBuilder device = new StringBuilder();
    userAgent
        .codePoints()
        .filter(c -> !Character.isISOControl(c))
        .limit(DEVICE_LENGTH_MAX)
        .forEach(device::appendCodePoint);
    return device.toString();
  }
}
