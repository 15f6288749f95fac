package dev.varve.account;

import dev.varve.http.Network;
import dev.varve.http.Request;

/// Where a request comes from.
///
/// @param address of the other end of the connection
/// @param network what attempts are counted for: the address, or of IPv6 the /64 that one customer has as a whole
/// @param device what the client says it is (`User-Agent`)
record Client(String requestId, String address, String network, String device) {
  private static final int DEVICE_LENGTH_MAX = 200;

  static Client of(Request request) {
    return of(
        request.id(), request.remoteAddress(), request.header("User-Agent").orElse("unknown"));
  }

  static Client of(String requestId, String address, String userAgent) {
    return new Client(requestId, address, Network.of(address), device(userAgent));
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
