package dev.varve.net.proxy;

import java.util.regex.Pattern;

/// Who sends a request, and how it was addressed.
///
/// @param address without its port
/// @param scheme `https` or `http`
/// @param authority host, and port unless it is the scheme's own (RFC 3986, section 3.2); empty when the request names none
public record Sender(String address, String scheme, String authority) {
  public static final String HTTPS = "https";
  public static final String HTTP = "http";

  private static final Pattern HOST =
      Pattern.compile("(?:[A-Za-z0-9._~-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}])(?::\\d{1,5})?");

  /// The same from elsewhere.
  Sender from(String other) {
    return new Sender(other, scheme, authority);
  }

  /// The same, sent by a scheme that a proxy names, if it is one.
  Sender over(String other) {
    if (other.equalsIgnoreCase(HTTPS)) {
      return new Sender(address, HTTPS, authority);
    }
    return other.equalsIgnoreCase(HTTP) ? new Sender(address, HTTP, authority) : this;
  }

  /// The same, sent to a host that a proxy names, if it is one.
  Sender to(String other) {
    return HOST.matcher(other).matches()
        ? new Sender(address, scheme, withoutStandardPort(other))
        : this;
  }

  /// The same, sent to a port that a proxy names beside the host.
  Sender at(String port) {
    boolean isPort =
        port.length() <= 5 && !port.isEmpty() && port.chars().allMatch(c -> c >= '0' && c <= '9');
    return isPort && !hasPort(authority) ? to(authority + ":" + port) : this;
  }

  private static boolean hasPort(String authority) {
    return authority.lastIndexOf(':') > authority.lastIndexOf(']');
  }

  private String withoutStandardPort(String named) {
    String standard = scheme.equals(HTTPS) ? ":443" : ":80";
    return named.endsWith(standard) && hasPort(named)
        ? named.substring(0, named.length() - standard.length())
        : named;
  }

  /// Scheme, host and port: where a page comes from that this server gave.
  public String origin() {
    return scheme + "://" + authority;
  }
}
