package dev.varve.net.certificate;

import dev.varve.settings.WrongSetting;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// TLS to other servers: whose certificates are believed, and what they are shown.
public final class OutgoingTls {
  private static final char[] NO_PASSWORD = {};

  private OutgoingTls() {}

  /// @param setting the key of the settings that name the files, such as `gateway.services[shipping].tls`
  /// @param ca a PEM file with authorities; empty for those that the JDK knows
  /// @param certificate a PEM file with what the other end is shown; empty for nothing
  /// @param key the PEM file with its key
  /// @throws WrongSetting when a file cannot be used
  public static SSLContext context(String setting, String ca, String certificate, String key) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          certificate.isEmpty() ? null : shown(setting, certificate, key),
          ca.isEmpty() ? null : believed(setting + ".ca", ca),
          null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new WrongSetting(setting, "cannot be used: %s".formatted(e.getMessage()));
    }
  }

  private static TrustManager[] believed(String setting, String ca)
      throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    List<X509Certificate> authorities = CertificateFiles.certificates(setting, ca);
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("ca" + i, authorities.get(i));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust.getTrustManagers();
  }

  private static KeyManager[] shown(String setting, String certificate, String key)
      throws GeneralSecurityException, IOException {
    List<X509Certificate> chain =
        CertificateFiles.certificates(setting + ".certificate", certificate);
    String keySetting = setting + ".key";
    PrivateKey read =
        PemKey.read(
            keySetting,
            key,
            CertificateFiles.content(keySetting, key),
            chain.getFirst().getPublicKey());
    KeyStore store = emptyStore();
    store.setKeyEntry("key", read, NO_PASSWORD, chain.toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, NO_PASSWORD);
    return keys.getKeyManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }
}
