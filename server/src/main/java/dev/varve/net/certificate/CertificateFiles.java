package dev.varve.net.certificate;

import static dev.varve.net.certificate.TlsSettings.CERTIFICATE;
import static dev.varve.net.certificate.TlsSettings.KEY;

import dev.varve.settings.WrongSetting;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// A certificate in files: PEM with the key in a file of its own, or PKCS#12 with both.
///
/// @param key nowhere for PKCS#12
/// @param password of PKCS#12, from the environment; empty for none
record CertificateFiles(String certificate, String key, String password) {
  /// The environment variable that holds the password of a PKCS#12 file.
  static final String PASSWORD = "VARVE_HTTP_TLS_PASSWORD";

  // the longest chains have a few kilobytes
  private static final int BYTES_MAX = 1024 * 1024;

  /// @throws WrongSetting when there is no certificate in them that can be served
  ServerCertificate read(Clock clock) {
    ServerCertificate read = isPkcs12() ? pkcs12() : pem();
    Instant now = clock.instant();
    if (!read.keyFits()) {
      throw keyDoesNotFit();
    }
    if (now.isAfter(read.notAfter())) {
      throw new WrongSetting(
          CERTIFICATE,
          "names %s, a certificate that expired at %s: renew it"
              .formatted(certificate, read.notAfter()));
    }
    if (now.isBefore(read.notBefore())) {
      throw new WrongSetting(
          CERTIFICATE,
          "names %s, a certificate that is good from %s on, and it is %s now: look at the clock of this machine"
              .formatted(certificate, read.notBefore(), now));
    }
    return read;
  }

  /// Tells whether the files have changed: the same as long as they hold the same.
  String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(content(CERTIFICATE, certificate));
      if (!isPkcs12()) {
        digest.update(content(KEY, key));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean isPkcs12() {
    return isPkcs12(certificate);
  }

  static boolean isPkcs12(String certificate) {
    String name = certificate.toLowerCase(Locale.ROOT);
    return name.endsWith(".p12") || name.endsWith(".pfx");
  }

  private ServerCertificate pem() {
    List<X509Certificate> chain = certificates(CERTIFICATE, certificate);
    try {
      PrivateKey read = PemKey.read(KEY, key, content(KEY, key), chain.getFirst().getPublicKey());
      return new ServerCertificate(chain, read);
    } catch (GeneralSecurityException e) {
      throw keyDoesNotFit();
    }
  }

  /// Every certificate in a PEM file, in its order; one at least.
  static List<X509Certificate> certificates(String setting, String file) {
    List<X509Certificate> found = new ArrayList<>();
    try {
      for (Certificate each :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(content(setting, file)))) {
        found.add((X509Certificate) each);
      }
    } catch (CertificateException e) {
      throw new WrongSetting(
          setting,
          "names %s, which holds no certificate that can be read: %s"
              .formatted(file, e.getMessage()));
    }
    if (found.isEmpty()) {
      throw new WrongSetting(
          setting,
          "names %s, which holds no certificate: it must be a PEM file with -----BEGIN CERTIFICATE-----"
              .formatted(file));
    }
    return found;
  }

  private ServerCertificate pkcs12() {
    char[] secret = password.toCharArray();
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(content(CERTIFICATE, certificate)), secret);
      for (String alias : Collections.list(store.aliases())) {
        if (store.getKey(alias, secret) instanceof PrivateKey found) {
          return new ServerCertificate(chain(store, alias), found);
        }
      }
      throw new WrongSetting(
          CERTIFICATE,
          "names %s, which holds no private key: make it with `openssl pkcs12 -export -inkey KEY -in CERTIFICATE`"
              .formatted(certificate));
    } catch (IOException | GeneralSecurityException e) {
      throw unreadable(e);
    }
  }

  private static List<X509Certificate> chain(KeyStore store, String alias)
      throws GeneralSecurityException {
    List<X509Certificate> chain = new ArrayList<>();
    for (Certificate each : store.getCertificateChain(alias)) {
      chain.add((X509Certificate) each);
    }
    return chain;
  }

  private WrongSetting unreadable(Exception e) {
    boolean wrongPassword =
        e instanceof UnrecoverableKeyException || e.getCause() instanceof UnrecoverableKeyException;
    if (!wrongPassword) {
      return new WrongSetting(
          CERTIFICATE,
          "names %s, which is no PKCS#12 file that can be read: %s"
              .formatted(certificate, e.getMessage()));
    }
    return new WrongSetting(
        CERTIFICATE,
        password.isEmpty()
            ? "names %s, which has a password: set the environment variable %s"
                .formatted(certificate, PASSWORD)
            : "names %s, which the password in the environment variable %s does not open"
                .formatted(certificate, PASSWORD));
  }

  private WrongSetting keyDoesNotFit() {
    return new WrongSetting(
        isPkcs12() ? CERTIFICATE : KEY,
        isPkcs12()
            ? "names %s, in which the key does not fit the certificate".formatted(certificate)
            : "names %s, a key that does not fit the certificate in %s: name the two that were made together, and the file with the server's certificate first in its chain"
                .formatted(key, certificate));
  }

  static byte[] content(String setting, String file) {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw new WrongSetting(
            setting,
            "names %s, which is larger than 1 MiB: it holds something else".formatted(file));
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new WrongSetting(setting, "names %s, and there is no such file".formatted(file));
    } catch (IOException e) {
      throw new WrongSetting(
          setting,
          "names %s, which cannot be read (%s): see who may with `ls -l`"
              .formatted(file, e.getClass().getSimpleName()));
    }
  }
}
