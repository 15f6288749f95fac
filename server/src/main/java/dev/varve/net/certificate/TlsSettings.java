package dev.varve.net.certificate;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/// HTTPS; section `http.tls` of `varve.yaml`.
public record TlsSettings(
    @Setting(
            standard = "",
            says =
                "The certificate for HTTPS with its chain: a PEM file, or a PKCS#12 file (.p12, .pfx) that holds the key too, whose password is in the environment variable VARVE_HTTP_TLS_PASSWORD. Read again when it changes. Empty serves plain HTTP.")
        String certificate,
    @Setting(
            standard = "",
            says = "The private key of the certificate, a PEM file (PKCS#8) without a password.")
        String key,
    @Setting(
            standard = "NONE",
            says =
                "Whether clients show certificates: NONE asks for none, REQUIRED lets nobody in without. OPTIONAL takes a good one and lets others in too, on the way to REQUIRED: the access log and varve_tls_handshakes_total tell who still comes without. ANY also takes certificates that no authority vouches for: those count for OAuth clients that are known by that very certificate, and for tokens that are bound to one, and for nothing else.")
        ClientCertificates clientCertificates,
    @Setting(
            standard = "",
            says =
                "The authorities that certificates of clients must come from, a PEM file. Needed for OPTIONAL and REQUIRED.")
        String clientAuthorities,
    @Setting(
            standard = "-1",
            min = -1,
            max = 65_535,
            says =
                "Another port, on which alone clients are asked for certificates, as clientCertificates says: browsers on the main one show nobody a choice of certificates. 0 takes any free port, -1 opens none.")
        int clientCertificatePort,
    @Setting(
            standard = "31536000",
            // two years, what lists of preloaded hosts ask for at most
            max = 63_072_000,
            says =
                "How many seconds a browser that was here over HTTPS refuses plain HTTP (Strict-Transport-Security, RFC 6797); 0 sends no such header. It is not sent to localhost and IP addresses.")
        int hstsSeconds,
    AcmeSettings acme) {
  static final String CERTIFICATE = "http.tls.certificate";
  static final String KEY = "http.tls.key";
  static final String CLIENT_AUTHORITIES = "http.tls.clientAuthorities";

  private static final int HSTS_SECONDS = 31_536_000;
  private static final int NO_PORT = -1;

  public TlsSettings {
    if (certificate.isEmpty() && !key.isEmpty()) {
      throw new WrongSetting(
          "key", "is set without http.tls.certificate: name the certificate that it belongs to");
    }
    if (!certificate.isEmpty() && acme.enabled()) {
      throw new WrongSetting(
          "certificate", "is set, and so is http.tls.acme.domains: take one of them out");
    }
    if (!certificate.isEmpty()) {
      requireOneKey(certificate, key);
    }
    if (clientCertificates == ClientCertificates.NONE && !clientAuthorities.isEmpty()) {
      throw new WrongSetting(
          "clientAuthorities",
          "is set, and clients are not asked for certificates: set http.tls.clientCertificates to OPTIONAL or REQUIRED");
    }
    if (clientCertificates == ClientCertificates.NONE && clientCertificatePort != NO_PORT) {
      throw new WrongSetting(
          "clientCertificatePort",
          "is set, and clients are not asked for certificates: set http.tls.clientCertificates to OPTIONAL, REQUIRED or ANY");
    }
    boolean vouched =
        clientCertificates == ClientCertificates.OPTIONAL
            || clientCertificates == ClientCertificates.REQUIRED;
    if (vouched && clientAuthorities.isEmpty()) {
      throw new WrongSetting(
          "clientCertificates",
          "is %s: name the authorities that they must come from with http.tls.clientAuthorities"
              .formatted(clientCertificates));
    }
  }

  private static void requireOneKey(String certificate, String key) {
    boolean holdsKey = CertificateFiles.isPkcs12(certificate);
    if (holdsKey && !key.isEmpty()) {
      throw new WrongSetting(
          "key",
          "is set, and http.tls.certificate is a PKCS#12 file, which holds the key: take it out");
    }
    if (!holdsKey && key.isEmpty()) {
      throw new WrongSetting(
          "certificate", "is set without http.tls.key: name the file that holds the private key");
    }
  }

  /// Plain HTTP.
  public static final TlsSettings NONE = ofFiles("", "");

  /// A certificate from files, and defaults.
  public static TlsSettings ofFiles(String certificate, String key) {
    return new TlsSettings(
        certificate, key, ClientCertificates.NONE, "", NO_PORT, HSTS_SECONDS, AcmeSettings.NONE);
  }

  /// A certificate from an authority, and defaults.
  public static TlsSettings of(AcmeSettings acme) {
    return new TlsSettings("", "", ClientCertificates.NONE, "", NO_PORT, HSTS_SECONDS, acme);
  }

  /// Whether HTTPS is served.
  public boolean enabled() {
    return !certificate.isEmpty() || acme.enabled();
  }

  /// Whether clients are asked for certificates on a port of their own.
  public boolean asksElsewhere() {
    return clientCertificatePort != NO_PORT;
  }

  /// The same, without that port.
  public TlsSettings onOnePort() {
    return new TlsSettings(
        certificate, key, clientCertificates, clientAuthorities, NO_PORT, hstsSeconds, acme);
  }

  /// The same, with files beside `varve.yaml` where they are.
  public TlsSettings in(Path app) {
    UnaryOperator<String> there = file -> file.isEmpty() ? file : app.resolve(file).toString();
    return new TlsSettings(
        there.apply(certificate),
        there.apply(key),
        clientCertificates,
        there.apply(clientAuthorities),
        clientCertificatePort,
        hstsSeconds,
        acme);
  }
}
