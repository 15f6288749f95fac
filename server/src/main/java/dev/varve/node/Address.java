package dev.varve.node;

import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.provider.IdentityProviders;
import dev.varve.settings.WrongSetting;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;

/// Where this server is: for links that lead to it, and for clients that know it by its address.
final class Address {
  private final Settings settings;
  private final boolean development;
  private final IntSupplier port;

  /// @param development whether links lead to this machine when no setting says where
  /// @param port that is listened on, by the time it is asked for
  Address(Settings settings, boolean development, IntSupplier port) {
    this.settings = settings;
    this.development = development;
    this.port = port;
  }

  /// Where it can be reached from this machine.
  String url() {
    return url(port.getAsInt());
  }

  private String url(int port) {
    String host = settings.http().host();
    return "%s://%s:%d"
        .formatted(
            settings.http().tls().enabled() ? "https" : "http",
            host.equals("0.0.0.0") ? "localhost" : host,
            port);
  }

  /// Where links in mails lead, if that is known.
  Optional<String> origin() {
    String origin = settings.auth().origin();
    return origin.isEmpty() && development
        ? Optional.of(url())
        : Optional.of(origin).filter(known -> !known.isEmpty());
  }

  /// Stays the same over restarts, so that tokens do.
  String issuer() {
    String origin = settings.auth().origin();
    return origin.isEmpty() ? url(settings.http().port()) : origin;
  }

  /// Under which clients know this server.
  Set<String> names() {
    AuthSettings auth = settings.auth();
    Set<String> names =
        new HashSet<>(List.of(auth.issuerAt(issuer()), auth.audienceAt(issuer()), issuer()));
    certificateOrigin().ifPresent(names::add);
    return names;
  }

  /// Where clients come that show certificates, if that is elsewhere.
  Optional<String> certificateOrigin() {
    String origin = settings.oauth().certificateOrigin();
    if (!origin.isEmpty()) {
      return Optional.of(origin);
    }
    int asking = settings.http().tls().clientCertificatePort();
    // one that is found when it is listened on is told by nobody
    return asking > 0
        ? Optional.of(
            "https://%s:%d"
                .formatted(URI.create(settings.auth().issuerAt(issuer())).getHost(), asking))
        : Optional.empty();
  }

  /// Providers know one address of this server, and send browsers back there alone.
  void requireOrigin(IdentityProviders providers) {
    if (!providers.isEmpty() && !development && settings.auth().origin().isEmpty()) {
      throw new WrongSetting(
          "auth.origin",
          "is missing, and providers in auth.providers send browsers back there. Set it, such as https://shop.example.com");
    }
  }
}
