package dev.varve.net.edge;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The proxies in front of the server, whose word counts on where a request comes from (`X-Forwarded-For`). Each proxy
/// appends the address that it was asked from, so what stands before the last one that is trusted may be made up.
///
/// `Forwarded` (RFC 7239) is not read: a proxy that writes the one header lets the other through as it came.
public final class TrustedProxies {
  private final List<Range> ranges;

  private TrustedProxies(List<Range> ranges) {
    this.ranges = List.copyOf(ranges);
  }

  /// Addresses that begin with the same bits.
  private record Range(byte[] first, int bits) {
    boolean contains(InetAddress address) {
      byte[] other = address.getAddress();
      if (other.length != first.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit += Byte.SIZE) {
        int mask = 0xff00 >> Math.min(Byte.SIZE, bits - bit);
        if (((first[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /// @param text addresses, or networks such as `10.0.0.0/8` (RFC 4632), separated by spaces; none for the empty text
  /// @throws IllegalArgumentException when it is something else
  static TrustedProxies of(String text) {
    List<Range> ranges = new ArrayList<>();
    for (String word : text.strip().split("\\s+", -1)) {
      if (!word.isEmpty()) {
        ranges.add(
            range(word)
                .orElseThrow(() ->
                    new IllegalArgumentException(
                        "http.trustedProxies: '%s' is neither an address nor a network such as 10.0.0.0/8"
                            .formatted(word))));
      }
    }
    return new TrustedProxies(ranges);
  }

  private static Optional<Range> range(String word) {
    int slash = word.indexOf('/');
    Optional<InetAddress> address = address(slash < 0 ? word : word.substring(0, slash));
    if (address.isEmpty()) {
      return Optional.empty();
    }
    byte[] first = address.get().getAddress();
    int bitsMax = first.length * Byte.SIZE;
    if (slash < 0) {
      return Optional.of(new Range(first, bitsMax));
    }
    try {
      int bits = Integer.parseInt(word.substring(slash + 1));
      return bits >= 0 && bits <= bitsMax ? Optional.of(new Range(first, bits)) : Optional.empty();
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// The address of whoever asked the outermost trusted proxy; the peer itself when it is none.
  ///
  /// @param forwardedFor the values of `X-Forwarded-For`, in the order of the headers
  public String client(String peer, List<String> forwardedFor) {
    if (ranges.isEmpty() || !trusts(peer)) {
      return peer;
    }
    List<String> hops =
        forwardedFor.stream().flatMap(value -> List.of(value.split(",", -1)).stream()).toList();
    String client = peer;
    for (String hop : hops.reversed()) {
      Optional<InetAddress> address = address(withoutPort(hop.strip()));
      if (address.isEmpty()) {
        break;
      }
      client = address.get().getHostAddress();
      if (!trusts(address.get())) {
        break;
      }
    }
    return client;
  }

  /// Whether nobody is trusted.
  boolean none() {
    return ranges.isEmpty();
  }

  /// Whether the other end of a connection is one of them.
  boolean trusts(String peer) {
    return address(peer).map(this::trusts).orElse(false);
  }

  private boolean trusts(InetAddress address) {
    return ranges.stream().anyMatch(range -> range.contains(address));
  }

  /// Some proxies write `192.0.2.1:4711` and `[2001:db8::1]:4711`.
  private static String withoutPort(String hop) {
    if (hop.startsWith("[") && hop.contains("]")) {
      return hop.substring(1, hop.indexOf(']'));
    }
    int colon = hop.indexOf(':');
    return colon > 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
  }

  private static Optional<InetAddress> address(String literal) {
    try {
      return Optional.of(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
