package dev.varve.net.certificate;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;

/// A certificate from an authority that speaks ACME (RFC 8555); section `http.tls.acme` of `varve.yaml`.
public record AcmeSettings(
    @Setting(
            // what the largest authority puts into one certificate
            max = 100,
            says =
                "The names that a certificate is fetched for, such as shop.example.com. They must lead here from the internet, on port 443 or, with http.redirectPort, on port 80.")
        List<String> domains,
    @Setting(
            says =
                "The e-mail address that the authority may write to, about certificates that run out.")
        String email,
    @Setting(
            standard = "https://acme-v02.api.letsencrypt.org/directory",
            says = "The directory of the authority, a URL.")
        String directory,
    @Setting(
            standard = "false",
            says =
                "Whether whoever runs this server agrees to the terms of the authority: without true no certificate is asked for.")
        boolean termsAgreed) {
  /// No authority is asked.
  public static final AcmeSettings NONE =
      new AcmeSettings(List.of(), "", "https://acme-v02.api.letsencrypt.org/directory", false);

  // RFC 1123, section 2.1; the last label is no number, which addresses have
  private static final Pattern NAME =
      Pattern.compile(
          "(?i)(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

  // what becomes a mailto: URI without any encoding (RFC 6068, section 2)
  private static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9.+_~-]+@[A-Za-z0-9.-]+");

  public AcmeSettings {
    domains = List.copyOf(domains);
    for (int i = 0; i < domains.size(); i++) {
      if (!NAME.matcher(domains.get(i)).matches()) {
        throw new WrongSetting(
            "domains[%d]".formatted(i),
            "must be a whole name such as shop.example.com, without a wildcard; it is '%s'"
                .formatted(domains.get(i)));
      }
    }
    if (!email.isEmpty() && !ADDRESS.matcher(email).matches()) {
      throw new WrongSetting(
          "email", "must be one address such as ops@example.com; it is '%s'".formatted(email));
    }
    if (!isSafe(directory)) {
      throw new WrongSetting(
          "directory", "must be a URL that begins with https://; it is '%s'".formatted(directory));
    }
    if (!domains.isEmpty() && !termsAgreed) {
      throw new WrongSetting(
          "termsAgreed",
          "must be true for a certificate: read the terms of the authority first, its directory names them under meta (%s)"
              .formatted(directory));
    }
  }

  /// Another machine is asked over HTTPS alone.
  private static boolean isSafe(String directory) {
    try {
      URI uri = URI.create(directory);
      String host = uri.getHost();
      return host != null
          && ("https".equals(uri.getScheme())
              || ("http".equals(uri.getScheme())
                  && InetAddress.ofLiteral(host).isLoopbackAddress()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  boolean enabled() {
    return !domains.isEmpty();
  }
}
