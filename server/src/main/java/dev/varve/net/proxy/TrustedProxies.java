package dev.varve.net.proxy;

import dev.varve.net.http.ShownCertificate;
import dev.varve.settings.WrongSetting;
import io.helidon.http.Headers;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The proxies in front of the server, whose word counts on where a request comes from and how it was sent.
///
/// Each proxy appends the address that it was asked from, so what stands before the last one that is trusted may be made
/// up. A proxy that writes one header lets the others through as they came, so one kind is read ([ProxyHeaders]).
public final class TrustedProxies {
  private final List<Range> ranges;
  private final ProxyHeaders headers;
  private final ProxyCertificates certificates;

  private TrustedProxies(List<Range> ranges, ProxyHeaders headers, ProxyCertificates certificates) {
    this.ranges = List.copyOf(ranges);
    this.headers = headers;
    this.certificates = certificates;
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

  /// @param addresses or networks such as `10.0.0.0/8` (RFC 4632)
  /// @throws WrongSetting naming the one that is something else
  public static TrustedProxies of(
      List<String> addresses, ProxyHeaders headers, ProxyCertificates certificates) {
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < addresses.size(); i++) {
      String word = addresses.get(i);
      Optional<Range> range = range(word);
      if (range.isEmpty()) {
        throw new WrongSetting(
            "trustedProxies[%d]".formatted(i),
            "is '%s', which is neither an address nor a network such as 10.0.0.0/8"
                .formatted(word));
      }
      ranges.add(range.get());
    }
    return new TrustedProxies(ranges, headers, certificates);
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

  /// Whether nobody is trusted.
  public boolean none() {
    return ranges.isEmpty();
  }

  /// Whether what comes from this address is told by a proxy.
  boolean trusts(String address) {
    return !ranges.isEmpty() && address(address).map(this::trusts).orElse(false);
  }

  /// Whoever asked the outermost trusted proxy, and how; the peer itself when it is none.
  ///
  /// @param direct what the connection itself tells
  public Sender client(Sender direct, Headers request) {
    if (!trusts(direct.address())) {
      return direct;
    }
    return switch (headers) {
      case NONE -> direct;
      case X_FORWARDED -> XForwarded.client(direct, request, this);
      case FORWARDED -> Forwarded.client(direct, request, this);
    };
  }

  /// The certificate that the client showed: on the connection itself or, where that is one of a trusted proxy, to the proxy. What a proxy
  /// shows of its own is nobody's behind it.
  ///
  /// @param peer the other end of the connection
  /// @param shown on the connection
  /// @throws dev.varve.kernel.Problem MALFORMED_REQUEST when a proxy tells of something that is none
  public Optional<ShownCertificate> certificate(
      String peer, Optional<ShownCertificate> shown, Headers request) {
    if (!trusts(peer)) {
      return shown;
    }
    return switch (certificates) {
      case NONE -> Optional.empty();
      case VERIFIED -> ClientCert.read(request, true);
      case ANY -> ClientCert.read(request, false);
    };
  }

  /// How many of the hops, from the last one back, are known to be true: those up to the first that is no trusted proxy.
  ///
  /// @param hops addresses as proxies write them, each told by the proxy behind it
  /// @return the index of the first of them; the number of hops when not even the last one is an address
  int firstTrue(List<String> hops) {
    for (int i = hops.size() - 1; i >= 0; i--) {
      Optional<InetAddress> address = address(withoutPort(hops.get(i)));
      if (address.isEmpty()) {
        return i + 1;
      }
      if (!trusts(address.get())) {
        return i;
      }
    }
    return 0;
  }

  /// The address that a hop names, in the one way to write it.
  static String address(List<String> hops, int index) {
    return address(withoutPort(hops.get(index))).map(InetAddress::getHostAddress).orElseThrow();
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
