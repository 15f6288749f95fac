package dev.varve.face.gateway.discovery;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/// Where a host of a service is. Two that are equal are one host.
///
/// @param url scheme, name or address, and port, by which people know it
/// @param secure whether it speaks TLS
/// @param name what its certificate has to be good for
/// @param authority what it is told in `Host`
/// @param addresses those that it was found with; none when its name is looked up for each connection
public record HostPlace(
    String url,
    boolean secure,
    String name,
    int port,
    String authority,
    List<InetAddress> addresses) {
  static final int HTTPS_PORT = 443;
  static final int HTTP_PORT = 80;

  public HostPlace {
    addresses = List.copyOf(addresses);
  }

  /// The one that a URL such as `http://10.0.0.5:8080` names.
  ///
  /// @throws IllegalArgumentException when it is none
  public static HostPlace of(String url) {
    return of(url, List.of());
  }

  /// @param addresses that its name was found to have
  static HostPlace of(String url, List<InetAddress> addresses) {
    if (!isUrl(url)) {
      throw new IllegalArgumentException("'%s' is not the URL of a host".formatted(url));
    }
    URI uri = URI.create(url);
    boolean secure = uri.getScheme().equals("https");
    int port = uri.getPort() < 0 ? (secure ? HTTPS_PORT : HTTP_PORT) : uri.getPort();
    return new HostPlace(url, secure, uri.getHost(), port, uri.getAuthority(), addresses);
  }

  /// The same under one of its addresses: it is told, and asked to prove, the name that it was found by.
  HostPlace at(InetAddress address) {
    String literal = address.getHostAddress();
    String shown = literal.indexOf(':') < 0 ? literal : "[%s]".formatted(literal);
    return new HostPlace(
        "%s://%s:%d".formatted(scheme(), shown, port),
        secure,
        name,
        port,
        authority,
        List.of(address));
  }

  public String scheme() {
    return secure ? "https" : "http";
  }

  /// Whether a text is scheme, host and port, and nothing else.
  public static boolean isUrl(String text) {
    try {
      URI uri = new URI(text);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getPort() <= 65_535
          && uri.getPort() != 0
          && uri.getRawPath().isEmpty()
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
