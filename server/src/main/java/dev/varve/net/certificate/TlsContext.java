package dev.varve.net.certificate;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// What TLS is spoken with one certificate: TLS 1.3 and 1.2, and of their suites those whose keys are made for each
/// connection, so that who learns the private key later reads nothing of what was said before (the suites of RFC 9325,
/// section 4.2).
final class TlsContext {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final String[] SUITES = {
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
  };

  private final SSLContext context;
  private final ClientCertificates clients;

  /// @param authorities those that vouch for certificates of clients
  TlsContext(
      ServerCertificate certificate,
      ClientCertificates clients,
      List<X509Certificate> authorities) {
    this.clients = clients;
    try {
      this.context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new OneKey(certificate)}, trust(authorities), null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK does not speak TLS", e);
    }
  }

  private static TrustManager[] trust(List<X509Certificate> authorities)
      throws GeneralSecurityException {
    if (authorities.isEmpty()) {
      // nobody is asked for a certificate
      return new TrustManager[0];
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry("authority " + i, authorities.get(i));
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (java.io.IOException e) {
      throw new IllegalStateException("An empty key store is not read from anywhere", e);
    }
  }

  /// Speaks TLS on one connection, as the server.
  SSLEngine engine() {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = new SSLParameters(SUITES, PROTOCOLS);
    // every suite is good: who has no AES in its processor takes the one that is fast for it
    parameters.setUseCipherSuitesOrder(false);
    switch (clients) {
      case NONE -> parameters.setNeedClientAuth(false);
      case OPTIONAL -> parameters.setWantClientAuth(true);
      case REQUIRED -> parameters.setNeedClientAuth(true);
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  /// Offers one certificate to those who can use its kind of key.
  private static final class OneKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "server";

    private final ServerCertificate certificate;

    OneKey(ServerCertificate certificate) {
      this.certificate = certificate;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return keyType.equals(certificate.certificate().getPublicKey().getAlgorithm()) ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return certificate.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return certificate.key();
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[0];
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }
}
