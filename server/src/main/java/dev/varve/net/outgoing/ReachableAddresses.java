package dev.varve.net.outgoing;

import dev.varve.kernel.AddressRange;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/// The addresses to which calls may go: those of the whole internet, and what the settings add.
///
/// @param own networks of whoever runs this server
record ReachableAddresses(List<AddressRange> own) {
  // of the registries of special-purpose addresses (RFC 6890), what does not lead to one public
  // host
  private static final List<AddressRange> SPECIAL =
      ranges(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/4",
          "240.0.0.0/4",
          // tunnels, which carry an address of IPv4 within, and documentation
          "2001::/23",
          "2001:db8::/32",
          "2002::/16",
          "3fff::/20");

  // all other addresses of IPv6 are local, or stand for one of IPv4
  private static final AddressRange PUBLIC_IPV6 = AddressRange.of("2000::/3").orElseThrow();

  ReachableAddresses {
    own = List.copyOf(own);
  }

  private static List<AddressRange> ranges(String... words) {
    return List.of(words).stream().map(word -> AddressRange.of(word).orElseThrow()).toList();
  }

  boolean contains(InetAddress address) {
    return isOwn(address) || isPublic(address);
  }

  boolean isOwn(InetAddress address) {
    return own.stream().anyMatch(range -> range.contains(address));
  }

  private static boolean isPublic(InetAddress address) {
    return SPECIAL.stream().noneMatch(range -> range.contains(address))
        && (!(address instanceof Inet6Address) || PUBLIC_IPV6.contains(address));
  }
}
