package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.discovery.HostPlace;
import dev.varve.face.gateway.upstream.UpstreamFailure.Kind;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/// What the name of a host stands for at the moment. Looked up for each connection, or found with the host, and looked at before
/// it is connected to: a name that leads to the metadata of the machine in a cloud, by mistake or by malice, leads nowhere.
final class Destination {
  // what clouds answer at beside 169.254.0.0/16, with the credentials of the machine
  private static final List<byte[]> METADATA =
      List.of(
          // fd00:ec2::254
          new byte[] {(byte) 0xFD, 0, 0x0E, (byte) 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54},
          // 100.100.100.200
          new byte[] {100, 100, 100, (byte) 200},
          // 192.0.0.192
          new byte[] {(byte) 192, 0, 0, (byte) 192});
  // 64:ff9b::/96, in which IPv4 addresses lie (RFC 6052)
  private static final byte[] TRANSLATED = {
    0, 0x64, (byte) 0xFF, (byte) 0x9B, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final int IPV4_START = 12;

  private Destination() {}

  /// The addresses that may be connected to, in their order.
  ///
  /// @param linkLocal whether those may be that only this machine and its neighbours know
  static List<InetAddress> of(HostPlace place, boolean linkLocal) throws UpstreamFailure {
    List<InetAddress> known =
        place.addresses().isEmpty() ? lookedUp(place.name()) : place.addresses();
    List<InetAddress> allowed =
        known.stream().filter(address -> isAllowed(address, linkLocal)).toList();
    if (allowed.isEmpty()) {
      throw new UpstreamFailure(
          Kind.UNREACHABLE,
          true,
          "is at an address that is never asked (link-local, or the metadata of a cloud)");
    }
    return allowed;
  }

  private static List<InetAddress> lookedUp(String name) throws UpstreamFailure {
    try {
      return List.of(InetAddress.getAllByName(name));
    } catch (UnknownHostException e) {
      throw new UpstreamFailure(Kind.UNREACHABLE, true, "has a name that nobody knows: " + name);
    }
  }

  static boolean isAllowed(InetAddress address, boolean linkLocal) {
    InetAddress meant = withoutTranslation(address);
    boolean local =
        meant.isLinkLocalAddress()
            || METADATA.stream().anyMatch(known -> Arrays.equals(known, meant.getAddress()));
    return !meant.isMulticastAddress() && !meant.isAnyLocalAddress() && (linkLocal || !local);
  }

  private static InetAddress withoutTranslation(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (!(address instanceof Inet6Address)
        || !Arrays.equals(Arrays.copyOf(bytes, IPV4_START), TRANSLATED)) {
      return address;
    }
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, IPV4_START, bytes.length));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("Four bytes are an address", e);
    }
  }
}
