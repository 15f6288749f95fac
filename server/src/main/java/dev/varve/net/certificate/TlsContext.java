package dev.varve.net.certificate;

import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
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
  private final AcmeChallenges challenges;
  private final ClientCertificates clients;

  /// @param certificate nobody but an authority can connect without one
  /// @param challenges what authorities are shown
  /// @param clients what is asked of them
  /// @param trust whom their certificates must come from
  TlsContext(
      Optional<ServerCertificate> certificate,
      AcmeChallenges challenges,
      ClientCertificates clients,
      ClientTrust trust) {
    this.challenges = challenges;
    this.clients = clients;
    try {
      this.context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new ShownKey(certificate, challenges)}, trust.managers(), null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK does not speak TLS", e);
    }
  }

  /// Speaks TLS on one connection, as the server.
  SSLEngine engine(List<String> protocols) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setHandshakeApplicationProtocolSelector((_, offered) -> chosen(offered, protocols));
    SSLParameters parameters = new SSLParameters(SUITES, PROTOCOLS);
    // every suite is good: who has no AES in its processor takes the one that is fast for it
    parameters.setUseCipherSuitesOrder(false);
    switch (clients) {
      case NONE -> parameters.setNeedClientAuth(false);
      case OPTIONAL, ANY -> parameters.setWantClientAuth(true);
      case REQUIRED -> parameters.setNeedClientAuth(true);
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  /// The client's choice among what is spoken here, whichever it likes best (RFC 7301, section 3.2). None ends the
  /// handshake.
  private @Nullable String chosen(List<String> offered, List<String> protocols) {
    if (challenges.tls() && offered.contains(AcmeChallenges.PROTOCOL)) {
      return AcmeChallenges.PROTOCOL;
    }
    return offered.stream().filter(protocols::contains).findFirst().orElse(null);
  }
}
