package dev.varve.face.gateway.discovery;

import dev.varve.settings.Setting;
import dev.varve.settings.SettingRecords;
import dev.varve.settings.WrongSetting;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// How the hosts of a service are found while it is served; `discovery` of a service, in place of its `urls`.
public record DiscoverySettings(
    @Setting(
            says =
                "The name of SRV records, such as _http._tcp.shipping.internal: each is a host with its port, priority and weight (RFC 2782).")
        String srv,
    @Setting(
            standard = "false",
            says = "Whether the hosts that `srv` names are spoken to over TLS.")
        boolean https,
    @Setting(
            says =
                "A URL such as http://shipping.internal:8080 whose name has many addresses (A and AAAA records): each is a host.")
        String addresses,
    @Setting(
            says =
                "A file beside varve.yaml with the URL of a host on each line, and comments behind #. It is read again within a second when it changes.")
        String file,
    @Setting(
            max = 3,
            says =
                "The name servers that are asked, such as 10.0.0.2 or 127.0.0.1:8600; none are those of the system.")
        List<String> servers,
    @Setting(
            standard = "5s",
            max = 3_600,
            says =
                "How soon name servers are asked again at the earliest, whatever their answer says of how long it is good; and after one that is of no use.")
        Duration soonest,
    @Setting(
            standard = "5m",
            max = 86_400,
            says = "How late name servers are asked again at the latest.")
        Duration latest) {
  // more often would be a burden to name servers that others use, too
  private static final Duration SOONEST_LEAST = Duration.ofMillis(100);
  private static final int NAME_LENGTH_MAX = 253;

  public static final DiscoverySettings NONE =
      new DiscoverySettings(
          "", false, "", "", List.of(), Duration.ofSeconds(5), Duration.ofMinutes(5));

  public DiscoverySettings {
    servers = List.copyOf(servers);
    if (Stream.of(srv, addresses, file).filter(text -> !text.isEmpty()).count() > 1) {
      throw new WrongSetting(
          srv.isEmpty() || addresses.isEmpty() ? "file" : "addresses",
          "stands beside another way to find hosts. Keep one of srv, addresses and file");
    }
    if (!srv.matches("([A-Za-z0-9_-]{1,63}\\.)*[A-Za-z0-9_-]{0,63}")
        || srv.length() > NAME_LENGTH_MAX) {
      throw new WrongSetting(
          "srv", "is '%s': write a name, such as _http._tcp.shipping.internal".formatted(srv));
    }
    if (!addresses.isEmpty() && !(HostPlace.isUrl(addresses) && isName(addresses))) {
      throw new WrongSetting(
          "addresses",
          "is '%s': write scheme, name and port, such as http://shipping.internal:8080"
              .formatted(addresses));
    }
    if (https && srv.isEmpty()) {
      throw new WrongSetting("https", "is for srv: other ways to find hosts say it in their URLs");
    }
    for (int i = 0; i < servers.size(); i++) {
      requireServer("servers[%d]".formatted(i), servers.get(i));
    }
    if (!servers.isEmpty() && srv.isEmpty() && addresses.isEmpty()) {
      throw new WrongSetting(
          "servers", "is for srv and addresses, and there is neither. Take it out");
    }
    if (soonest.compareTo(SOONEST_LEAST) < 0) {
      throw new WrongSetting("soonest", "must be at least 100ms");
    }
    if (latest.compareTo(soonest) < 0) {
      throw new WrongSetting("latest", "must not be before soonest. Raise it, or lower soonest");
    }
  }

  /// No literal address: it would be the only one.
  private static boolean isName(String url) {
    String name = HostPlace.of(url).name();
    return !name.startsWith("[") && !name.matches("[0-9.]+");
  }

  private static void requireServer(String component, String server) {
    try {
      NameServers.server(server);
    } catch (IllegalArgumentException e) {
      throw new WrongSetting(
          component,
          "is '%s': write the address of a name server, such as 10.0.0.2 or 127.0.0.1:8600"
              .formatted(server));
    }
  }

  public boolean isSet() {
    return !(srv.isEmpty() && addresses.isEmpty() && file.isEmpty());
  }

  /// The setting that says where hosts are found.
  public String way() {
    return !srv.isEmpty() ? "srv" : !addresses.isEmpty() ? "addresses" : "file";
  }

  /// Whether hosts that are found may speak TLS.
  public boolean maybeSecure() {
    return https || addresses.startsWith("https://") || !file.isEmpty();
  }

  List<InetSocketAddress> nameServers() {
    return servers.stream().map(NameServers::server).toList();
  }

  /// The time until somebody is asked again.
  Duration within(Duration goodFor) {
    if (!file.isEmpty()) {
      return HostsFile.LOOKED_AT;
    }
    Duration least = goodFor.compareTo(soonest) < 0 ? soonest : goodFor;
    return least.compareTo(latest) > 0 ? latest : least;
  }

  /// The same, with its file where it is.
  ///
  /// @param app the folder of `varve.yaml`
  public DiscoverySettings in(Path app) {
    return file.isEmpty()
        ? this
        : SettingRecords.changed(this, Map.of("file", app.resolve(file).toString()));
  }

  /// The same without TLS, for whoever connects to nothing.
  public DiscoverySettings withoutTls() {
    return SettingRecords.changed(this, Map.of("https", false));
  }
}
