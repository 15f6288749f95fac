package dev.varve.account;

import dev.varve.http.Request;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/// Where a request comes from.
///
/// @param address of the other end of the connection
/// @param network what attempts are counted for: the address, or of IPv6 the /64 that one customer has as a whole
/// @param device what the client says it is (`User-Agent`)
record Client(String requestId, String address, String network, String device) {
  private static final int DEVICE_LENGTH_MAX = 200;
  private static final int NETWORK_BYTES = 8;

  static Client of(Request request) {
    return of(
        request.id(), request.remoteAddress(), request.header("User-Agent").orElse("unknown"));
  }

  static Client of(String requestId, String address, String userAgent) {
    return new Client(requestId, address, network(address), device(userAgent));
  }

  /// One network for every way to write its addresses; an IPv4 address in IPv6 clothes is that IPv4 address.
  static String network(String address) {
    int zone = address.indexOf('%');
    String literal = zone < 0 ? address : address.substring(0, zone);
    try {
      InetAddress parsed = InetAddress.ofLiteral(literal);
      return parsed instanceof Inet6Address
          ? HexFormat.of().formatHex(parsed.getAddress(), 0, NETWORK_BYTES) + "/64"
          : parsed.getHostAddress();
    } catch (IllegalArgumentException _) {
      return literal; // not an address, but still one and the same
    }
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
