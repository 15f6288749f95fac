package dev.varve.face.oauth;

import dev.varve.identity.client.Client;
import dev.varve.identity.client.ClientCertificate;
import dev.varve.identity.client.ClientKeySets;
import dev.varve.identity.client.Clients;
import dev.varve.identity.token.ForeignCertificate;
import dev.varve.net.http.Request;
import dev.varve.net.http.ShownCertificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Date;
import java.util.List;

/// Finds out whether the certificate that came with a request is that of a client (RFC 8705, section 2): it names the client and somebody
/// vouches for it, or it is one that the client has told of.
final class CertificateProof {
  private final ClientKeySets<ForeignCertificate> certificates;
  private final Clock clock;

  CertificateProof(Clients clients, Clock clock) {
    this.certificates = ClientKeySets.certificates(clients, clock);
    this.clock = clock;
  }

  /// @param client that is known by a certificate
  /// @throws OAuthError invalid_client
  void require(Client client, Request request) {
    ShownCertificate shown =
        request
            .certificate()
            .orElseThrow(() ->
                refused("The client must show its certificate, and none came with the connection"));
    ClientCertificate wanted = client.profile().certificate();
    if (wanted.selfSigned()) {
      requireOwn(client, shown);
    } else if (!shown.vouched()) {
      throw refused("No authority that is trusted here vouches for the certificate of the client");
    } else if (!wanted.isNamedBy(shown.certificate())) {
      throw refused("The certificate names somebody else than the client");
    }
    // a connection may outlive it
    requireInTime(shown.certificate());
  }

  private void requireOwn(Client client, ShownCertificate shown) {
    try {
      if (!isOneOf(certificates.of(client), shown)
          && !isOneOf(certificates.newestOf(client), shown)) {
        throw refused("The certificate is none of the client");
      }
    } catch (ClientKeySets.Bad e) {
      throw refused("The certificates of the client cannot be told: " + e.getMessage());
    }
  }

  private static boolean isOneOf(List<ForeignCertificate> known, ShownCertificate shown) {
    return known.stream().anyMatch(one -> one.is(shown));
  }

  private void requireInTime(X509Certificate certificate) {
    try {
      certificate.checkValidity(Date.from(clock.instant()));
    } catch (CertificateExpiredException e) {
      throw refused("The certificate of the client has expired");
    } catch (CertificateNotYetValidException e) {
      throw refused("The certificate of the client is not good yet");
    }
  }

  private static OAuthError refused(String description) {
    return new OAuthError(OAuthError.INVALID_CLIENT, description);
  }
}
