package dev.varve.interop;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.Base64;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/// A certificate that somebody made with the tool of the JDK, and for which nobody vouches.
final class OwnCertificate {
  static final String PASSWORD = "correct horse battery";
  private static final String ALIAS = "own";

  private final Path file;
  private final KeyStore store;

  private OwnCertificate(Path file, KeyStore store) {
    this.file = file;
    this.store = store;
  }

  static OwnCertificate make(Path folder, String name)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path file = folder.resolve(name + ".p12");
    Process tool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:localhost",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start();
    if (tool.waitFor() != 0) {
      throw new IllegalStateException("keytool made no certificate");
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return new OwnCertificate(file, store);
  }

  /// PKCS#12, with [#PASSWORD].
  Path file() {
    return file;
  }

  X509Certificate certificate() throws GeneralSecurityException {
    return (X509Certificate) store.getCertificate(ALIAS);
  }

  /// As a client tells it (`jwks`).
  String jwks() throws GeneralSecurityException {
    return new JWKSet(
            new ECKey.Builder(Curve.P_256, (ECPublicKey) certificate().getPublicKey())
                .x509CertChain(List.of(Base64.encode(certificate().getEncoded())))
                .build())
        .toString();
  }

  /// What speaks TLS with another.
  ///
  /// @param shows whether this is shown
  SSLSocketFactory speakingWith(OwnCertificate other, boolean shows)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("other", other.certificate());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(shows ? keys.getKeyManagers() : new KeyManager[0], trust.getTrustManagers(), null);
    return context.getSocketFactory();
  }
}
