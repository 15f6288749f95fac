package dev.varve.net.proxy;

import dev.varve.kernel.AddressRange;
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
  private final List<AddressRange> ranges;
  private final ProxyHeaders headers;

  private TrustedProxies(List<AddressRange> ranges, ProxyHeaders headers) {
    this.ranges = List.copyOf(ranges);
    this.headers = headers;
  }

  /// @param addresses or networks such as `10.0.0.0/8` (RFC 4632)
  /// @throws WrongSetting naming the one that is something else
  public static TrustedProxies of(List<String> addresses, ProxyHeaders headers) {
    List<AddressRange> ranges = new ArrayList<>();
    for (int i = 0; i < addresses.size(); i++) {
      String word = addresses.get(i);
      Optional<AddressRange> range = AddressRange.of(word);
      if (range.isEmpty()) {
        throw new WrongSetting(
            "trustedProxies[%d]".formatted(i),
            "is '%s', which is neither an address nor a network such as 10.0.0.0/8"
                .formatted(word));
      }
      ranges.add(range.get());
    }
    return new TrustedProxies(ranges, headers);
  }

  /// Whether nobody is trusted.
  public boolean none() {
    return ranges.isEmpty();
  }

  /// Whether what comes from this address is told by a proxy.
  boolean trusts(String address) {
    return !ranges.isEmpty() && AddressRange.address(address).map(this::trusts).orElse(false);
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

  /// How many of the hops, from the last one back, are known to be true: those up to the first that is no trusted proxy.
  ///
  /// @param hops addresses as proxies write them, each told by the proxy behind it
  /// @return the index of the first of them; the number of hops when not even the last one is an address
  int firstTrue(List<String> hops) {
    for (int i = hops.size() - 1; i >= 0; i--) {
      Optional<InetAddress> address = AddressRange.address(withoutPort(hops.get(i)));
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
    return AddressRange.address(withoutPort(hops.get(index)))
        .map(InetAddress::getHostAddress)
        .orElseThrow();
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
}
