package dev.varve.net.certificate;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Which certificate a client is shown: that of the server, when it can use its kind of key; an authority that looks whose
/// a name is, one that is made for it alone (RFC 8737, section 3).
final class ShownKey extends X509ExtendedKeyManager {
  private static final String SERVER = "server";
  private static final String CHALLENGE = "challenge ";

  private final Optional<ServerCertificate> server;
  private final AcmeChallenges challenges;

  ShownKey(Optional<ServerCertificate> server, AcmeChallenges challenges) {
    this.server = server;
    this.challenges = challenges;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    String alias = engine != null && isChallenge(engine) ? CHALLENGE + name(engine) : SERVER;
    return shown(alias)
        .filter(known -> known.certificate().getPublicKey().getAlgorithm().equals(keyType))
        .map(_ -> alias)
        .orElse(null);
  }

  private static boolean isChallenge(SSLEngine engine) {
    return AcmeChallenges.PROTOCOL.equals(engine.getHandshakeApplicationProtocol());
  }

  /// The name that the client wants to reach (RFC 6066, section 3); empty when it does not say.
  private static String name(SSLEngine engine) {
    if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
      for (SNIServerName name : session.getRequestedServerNames()) {
        if (name instanceof SNIHostName host) {
          return host.getAsciiName();
        }
      }
    }
    return "";
  }

  private Optional<ServerCertificate> shown(String alias) {
    return alias.startsWith(CHALLENGE)
        ? challenges.tls(alias.substring(CHALLENGE.length()))
        : server;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return shown(alias).map(known -> known.chain().toArray(X509Certificate[]::new)).orElse(null);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return shown(alias).map(ServerCertificate::key).orElse(null);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return chooseEngineServerAlias(keyType, issuers, null);
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {SERVER};
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
