package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.discovery.DiscoverySettings;
import dev.varve.face.gateway.discovery.Findings;
import dev.varve.face.gateway.discovery.HostPlace;
import dev.varve.face.gateway.resilience.BreakerSettings;
import dev.varve.face.gateway.resilience.EjectionSettings;
import dev.varve.face.gateway.resilience.HealthSettings;
import dev.varve.face.gateway.resilience.RetrySettings;
import dev.varve.settings.Setting;
import dev.varve.settings.SettingRecords;
import dev.varve.settings.WrongSetting;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// One service behind the gateway; what stands under its name in `gateway.services`.
///
/// What keeps a failing service from harm (breaker, retry, ejection, health) has records of its own in
/// `face.gateway.resilience`.
public record ServiceSettings(
    String name,
    @Setting(
            max = Findings.HOSTS_MAX,
            says =
                "Where its hosts are, such as http://10.0.0.5:8080; scheme, host and port alone. Or else `discovery` finds them.")
        List<String> urls,
    DiscoverySettings discovery,
    @Setting(
            standard = "LEAST_REQUESTS",
            says =
                "Which host gets a request: LEAST_REQUESTS is the one with the fewest under way, ROUND_ROBIN one after the other, HASH always the same for the same value of `hash`.")
        Balance balance,
    @Setting(
            says =
                "What HASH looks at: header:NAME, cookie:NAME, account (without one, the address) or address.")
        String hash,
    Timeouts timeouts,
    @Setting(
            standard = "256",
            min = 1,
            max = 65_536,
            says =
                "How many requests each of its hosts is given at a time; others wait as long as timeouts.connect.")
        int connectionsMax,
    BreakerSettings breaker,
    RetrySettings retry,
    EjectionSettings ejection,
    HealthSettings health,
    @Setting(
            standard = "AUTO",
            says =
                "Which version of HTTP its hosts are spoken to in: AUTO is HTTP/2 where a host with https:// agrees on it, and HTTP/1.1 otherwise; HTTP1 is HTTP/1.1; HTTP2 is HTTP/2 alone, at http:// by prior knowledge (h2c). WebSockets are HTTP/1.1 always.")
        Protocol protocol,
    ServiceTls tls,
    @Setting(
            standard = "NONE",
            says =
                "How it is told who sends a request: HEADERS are signed headers, JWT a token of a minute whose audience is the name of the service, NONE not at all.")
        IdentityKind identity,
    @Setting(
            standard = "false",
            says =
                "Whether its hosts may have link-local addresses, such as 169.254.169.254, where clouds give out the credentials of the machine.")
        boolean linkLocal) {

  public ServiceSettings {
    urls = List.copyOf(urls);
    if (urls.isEmpty() != discovery.isSet()) {
      throw new WrongSetting(
          urls.isEmpty() ? "urls" : "discovery",
          urls.isEmpty()
              ? "has no host, and nothing says where hosts are found. Write its URLs, or how they are found: discovery with srv, addresses or file"
              : "stands beside urls, and only one of them can say where the hosts are. Take one of them out");
    }
    for (int i = 0; i < urls.size(); i++) {
      if (!HostPlace.isUrl(urls.get(i))) {
        throw new WrongSetting(
            "urls[%d]".formatted(i),
            "is '%s': write scheme, host and port, such as http://10.0.0.5:8080, without a path"
                .formatted(urls.get(i)));
      }
    }
    if ((balance == Balance.HASH) != !hash.isEmpty()) {
      throw new WrongSetting(
          "hash",
          balance == Balance.HASH
              ? "must say what HASH looks at: header:NAME, cookie:NAME, account or address"
              : "is set, but balance is not HASH. Set balance: HASH, or take it out");
    }
    if (!hash.isEmpty()
        && !hash.matches("account|address|(header|cookie):[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
      throw new WrongSetting(
          "hash", "is '%s': write header:NAME, cookie:NAME, account or address".formatted(hash));
    }
    if (tls.isSet() && !maybeSecure(urls, discovery)) {
      throw new WrongSetting(
          "tls",
          discovery.isSet()
              ? "is set, but no host that discovery finds is spoken to over TLS. Change that, or take tls out"
              : "is set, but none of its urls begins with https://. Change them, or take tls out");
    }
    if (discovery.https() && tls.ca().isEmpty()) {
      throw new WrongSetting(
          "tls.ca",
          "is not set, but srv says which names certificates are good for: whoever forges an answer of a name server could name a host with a certificate of its own. Say which authorities are believed");
    }
  }

  private static boolean maybeSecure(List<String> urls, DiscoverySettings discovery) {
    return discovery.maybeSecure() || urls.stream().anyMatch(url -> url.startsWith("https://"));
  }

  /// Whether one of its hosts may speak TLS.
  boolean maybeSecure() {
    return maybeSecure(urls, discovery);
  }

  /// The same, with its files where they are.
  ///
  /// @param app the folder of `varve.yaml`
  public ServiceSettings in(Path app) {
    return SettingRecords.changed(this, Map.of("tls", tls.in(app), "discovery", discovery.in(app)));
  }

  /// The same without files, for whoever looks at it alone.
  public ServiceSettings withoutTls() {
    return SettingRecords.changed(
        this, Map.of("tls", ServiceTls.NONE, "discovery", discovery.withoutTls()));
  }
}
