package dev.varve.identity.account;

import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.Network;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Where a request comes from.
///
/// @param address of the other end of the connection
/// @param network what attempts are counted for: the address, or of IPv6 the /64 that one customer has as a whole
/// @param device what the client says it is (`User-Agent`)
/// @param trust what a browser keeps by which accounts trust it, by what stands for each account
/// @param language that is asked for, of those that there are
public record RequestSource(
    String requestId,
    String address,
    String network,
    String device,
    Map<String, String> trust,
    Locale language) {
  private static final int DEVICE_LENGTH_MAX = 200;

  // bytes of a hash that tell the accounts of one browser apart
  private static final int TAG_BYTES = 8;

  public RequestSource {
    trust = Map.copyOf(trust);
  }

  public static RequestSource of(String requestId, String address, String userAgent) {
    return new RequestSource(
        requestId, address, Network.of(address), device(userAgent), Map.of(), Locale.ENGLISH);
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

  /// The same, from a browser that keeps this.
  public RequestSource trustedBy(Map<String, String> kept) {
    return new RequestSource(requestId, address, network, device, kept, language);
  }

  /// The same, of somebody who speaks this.
  public RequestSource speaking(Locale other) {
    return new RequestSource(requestId, address, network, device, trust, other);
  }

  /// The same, as if nobody trusted the browser.
  public RequestSource distrusted() {
    return trustedBy(Map.of());
  }

  /// What the browser keeps for an account.
  Optional<String> trustOf(String account) {
    return Optional.ofNullable(trust.get(tag(account)));
  }

  /// What stands for an account in the name of a cookie.
  public static String tag(String account) {
    return HexFormat.of().formatHex(OpaqueToken.sha256("trust " + account), 0, TAG_BYTES);
  }
}
