package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.discovery.HostPlace;
import dev.varve.face.gateway.upstream.UpstreamFailure.Kind;
import dev.varve.net.outgoing.SpecialUse;
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
    InetAddress meant = SpecialUse.withoutTranslation(address);
    boolean local =
        meant.isLinkLocalAddress()
            || METADATA.stream().anyMatch(known -> Arrays.equals(known, meant.getAddress()));
    return !meant.isMulticastAddress() && !meant.isAnyLocalAddress() && (linkLocal || !local);
  }
}
