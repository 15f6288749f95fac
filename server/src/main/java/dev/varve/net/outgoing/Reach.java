package dev.varve.net.outgoing;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Who may be asked: every server on the internet over HTTPS and, beside them, those that a setting names, wherever they are. Plain
/// HTTP is for this machine alone, and only where a setting names it.
///
/// @param named origins, such as `https://sso.internal:8443`
public record Reach(Set<String> named) {
  /// Servers on the internet alone.
  public static final Reach INTERNET = new Reach(Set.of());

  private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "[::1]", "localhost");
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  public Reach {
    named = Set.copyOf(named);
  }

  /// The internet, and the servers of these URLs.
  public static Reach naming(URI... urls) {
    Set<String> origins = new TreeSet<>();
    Arrays.stream(urls).forEach(url -> origins.add(origin(url)));
    return new Reach(origins);
  }

  private static String origin(URI url) {
    return "%s://%s:%d".formatted(scheme(url), host(url), port(url));
  }

  private static String scheme(URI url) {
    return String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
  }

  private static String host(URI url) {
    return String.valueOf(url.getHost()).toLowerCase(Locale.ROOT);
  }

  private static int port(URI url) {
    if (url.getPort() >= 0) {
      return url.getPort();
    }
    return scheme(url).equals("http") ? HTTP_PORT : HTTPS_PORT;
  }

  /// Whether a URL may be asked at all, before its name is looked up.
  ///
  /// @throws CallFailed when it may not
  public void require(URI url) throws CallFailed {
    if (url.getHost() == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
      throw new CallFailed("%s is no URL of a server".formatted(url));
    }
    boolean plain =
        scheme(url).equals("http")
            && THIS_MACHINE.contains(host(url))
            && named.contains(origin(url));
    if (!scheme(url).equals("https") && !plain) {
      throw new CallFailed(
          "%s is not asked: other servers are asked over https alone".formatted(url));
    }
  }

  /// Where to connect to: the address that was looked at, so that a name which leads elsewhere a moment later leads nobody there.
  ///
  /// @throws CallFailed when nobody knows the name, or one of its addresses has a special use
  InetSocketAddress destination(URI url) throws CallFailed {
    require(url);
    List<InetAddress> addresses = lookedUp(url);
    if (!named.contains(origin(url)) && addresses.stream().anyMatch(SpecialUse::isOne)) {
      throw new CallFailed(
          "%s is not asked: its address is not one of the internet, and no setting names it"
              .formatted(host(url)));
    }
    return new InetSocketAddress(addresses.getFirst(), port(url));
  }

  private static List<InetAddress> lookedUp(URI url) throws CallFailed {
    try {
      return List.of(InetAddress.getAllByName(url.getHost()));
    } catch (UnknownHostException e) {
      throw new CallFailed("%s is a name that nobody knows".formatted(host(url)), e);
    }
  }
}
