package dev.varve.net.outgoing;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/// Addresses that are not those of servers on the internet: this machine, the network behind it, what clouds answer with the
/// credentials of the machine, and what is kept for other uses (the registries of RFC 6890, as of November 2026).
public final class SpecialUse {
  private static final List<Block> IPV4 =
      blocks(
          // this network
          "0.0.0.0/8",
          // private
          "10.0.0.0/8",
          // between customers and their provider; a cloud's metadata
          "100.64.0.0/10",
          // this machine
          "127.0.0.0/8",
          // neighbours; the metadata of clouds
          "169.254.0.0/16",
          // Azure's agent
          "168.63.129.16/32",
          "172.16.0.0/12",
          "192.0.0.0/24",
          // documentation
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          // measurements
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          // many at once, and what nobody has
          "224.0.0.0/4",
          "240.0.0.0/4");
  // everything else of IPv6 is not given out to servers
  private static final Block IPV6_GIVEN_OUT = Block.of("2000::/3");
  private static final List<Block> IPV6 =
      blocks(
          // protocols, Teredo among them, in which other addresses lie
          "2001::/23",
          "2001:db8::/32",
          // 6to4, in which IPv4 addresses lie
          "2002::/16",
          "3fff::/20");
  // in which IPv4 addresses lie (RFC 6052, section 2.1)
  private static final Block TRANSLATED = Block.of("64:ff9b::/96");
  private static final int IPV4_START = 12;

  private SpecialUse() {}

  private record Block(byte[] prefix, int bits) {
    static Block of(String text) {
      String[] parts = text.split("/", 2);
      return new Block(InetAddress.ofLiteral(parts[0]).getAddress(), Integer.parseInt(parts[1]));
    }

    boolean holds(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      int whole = bits / Byte.SIZE;
      int rest = bits % Byte.SIZE;
      if (!Arrays.equals(address, 0, whole, prefix, 0, whole)) {
        return false;
      }
      int mask = 0xFF << (Byte.SIZE - rest);
      return rest == 0 || (address[whole] & mask) == (prefix[whole] & mask);
    }
  }

  private static List<Block> blocks(String... texts) {
    return Arrays.stream(texts).map(Block::of).toList();
  }

  /// Whether an address is none of a server on the internet.
  static boolean isOne(InetAddress address) {
    InetAddress meant = withoutTranslation(address);
    byte[] bytes = meant.getAddress();
    if (meant instanceof Inet6Address) {
      return !IPV6_GIVEN_OUT.holds(bytes) || IPV6.stream().anyMatch(block -> block.holds(bytes));
    }
    return IPV4.stream().anyMatch(block -> block.holds(bytes));
  }

  /// The IPv4 address that one of IPv6 stands for where networks translate between both (RFC 6052); others as they are. Java itself
  /// takes off the clothes of IPv4-mapped ones.
  public static InetAddress withoutTranslation(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (!TRANSLATED.holds(bytes)) {
      return address;
    }
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, IPV4_START, bytes.length));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("Four bytes are an address", e);
    }
  }
}
