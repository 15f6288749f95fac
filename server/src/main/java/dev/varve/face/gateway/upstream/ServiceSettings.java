package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.resilience.BreakerSettings;
import dev.varve.face.gateway.resilience.EjectionSettings;
import dev.varve.face.gateway.resilience.HealthSettings;
import dev.varve.face.gateway.resilience.RetrySettings;
import dev.varve.settings.Setting;
import dev.varve.settings.SettingRecords;
import dev.varve.settings.WrongSetting;
import java.net.URI;
import java.net.URISyntaxException;
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
            required = true,
            min = 1,
            max = 64,
            says =
                "Where its hosts are, such as http://10.0.0.5:8080; scheme, host and port alone.")
        List<String> urls,
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
    for (int i = 0; i < urls.size(); i++) {
      if (!isOrigin(urls.get(i))) {
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
    if (tls.isSet() && urls.stream().noneMatch(url -> url.startsWith("https://"))) {
      throw new WrongSetting(
          "tls", "is set, but none of its urls begins with https://. Change them, or take tls out");
    }
  }

  /// The same, with its files where they are.
  ///
  /// @param app the folder of `varve.yaml`
  public ServiceSettings in(Path app) {
    return SettingRecords.changed(this, Map.of("tls", tls.in(app)));
  }

  /// The same without files, for whoever looks at it alone.
  public ServiceSettings withoutTls() {
    return SettingRecords.changed(this, Map.of("tls", ServiceTls.NONE));
  }

  private static boolean isOrigin(String url) {
    try {
      URI uri = new URI(url);
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
