package dev.varve.kernel;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/// What is counted for many addresses at once, because one customer has them all.
public final class Network {
  private static final int NETWORK_BYTES = 8;

  private Network() {}

  /// The address, or of IPv6 the /64 that one customer has as a whole: one network for every way to write its addresses;
  /// an IPv4 address in IPv6 clothes is that IPv4 address.
  public static String of(String address) {
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
}
