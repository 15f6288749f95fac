package dev.varve.net.certificate;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Whom certificates of clients must come from, and whether one does.
final class ClientTrust {
  private final ClientCertificates clients;
  private final List<X509ExtendedTrustManager> authorities;

  /// @param authorities none where there is nobody to vouch for a certificate
  ClientTrust(ClientCertificates clients, List<X509Certificate> authorities) {
    this.clients = clients;
    this.authorities = authorities.isEmpty() ? List.of() : trusting(authorities);
  }

  private static List<X509ExtendedTrustManager> trusting(List<X509Certificate> authorities) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry("authority " + i, authorities.get(i));
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return Stream.of(factory.getTrustManagers())
          .map(X509ExtendedTrustManager.class::cast)
          .toList();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("An empty key store is not read from anywhere", e);
    }
  }

  /// What a handshake asks.
  TrustManager[] managers() {
    return clients == ClientCertificates.ANY
        ? new TrustManager[] {new Anybody()}
        : authorities.toArray(TrustManager[]::new);
  }

  /// Whether an authority vouches for the certificate that a client showed, the first of them. Of those that are taken whoever made them
  /// that is not known yet; another would have ended the handshake.
  boolean vouchesFor(List<X509Certificate> chain) {
    if (clients != ClientCertificates.ANY) {
      return true;
    }
    X509Certificate[] shown = chain.toArray(X509Certificate[]::new);
    return authorities.stream().anyMatch(authority -> vouches(authority, shown));
  }

  private static boolean vouches(X509ExtendedTrustManager authority, X509Certificate[] shown) {
    try {
      authority.checkClientTrusted(shown, shown[0].getPublicKey().getAlgorithm());
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  /// Lets every client in that has the key of what it shows, whoever made that.
  private static final class Anybody extends X509ExtendedTrustManager {
    // whoever shows a key decides how long it takes to verify with it
    private static final int RSA_BITS_MIN = 2_048;
    private static final int RSA_BITS_MAX = 4_096;
    private static final int RSA_EXPONENT_BITS_MAX = 32;

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      PublicKey key = chain[0].getPublicKey();
      boolean usable =
          switch (key) {
            case RSAPublicKey rsa ->
                rsa.getModulus().bitLength() >= RSA_BITS_MIN
                    && rsa.getModulus().bitLength() <= RSA_BITS_MAX
                    && rsa.getPublicExponent().bitLength() <= RSA_EXPONENT_BITS_MAX;
            case ECPublicKey _, EdECPublicKey _ -> true;
            default -> false;
          };
      if (!usable) {
        throw new CertificateException(
            "The key of a client is one of an elliptic curve, or of RSA with %,d to %,d bits"
                .formatted(RSA_BITS_MIN, RSA_BITS_MAX));
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      checkClientTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("Nobody is asked to be a server here");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    /// None: a client that was told some would keep to itself what another has made.
    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
