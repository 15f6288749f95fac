package dev.varve.identity.client;

import dev.varve.identity.token.ForeignCertificate;
import dev.varve.identity.token.ForeignKey;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/// What a client does beyond what most do.
///
/// @param said of it
/// @param keys with which it signs assertions, where they are told with the client
/// @param certificates by which it is known, where they are told with the client
/// @param keysAt where either are otherwise
/// @param logoutNotices where it is told that a session has ended (OpenID Connect Back-Channel Logout 1.0)
public record ClientProfile(
    ClientFeatures said,
    List<ForeignKey> keys,
    List<ForeignCertificate> certificates,
    Optional<URI> keysAt,
    Optional<URI> logoutNotices) {
  public ClientProfile {
    keys = List.copyOf(keys);
    certificates = List.copyOf(certificates);
  }

  /// Whether it signs assertions.
  public boolean signs() {
    return said.signs();
  }

  /// The certificate by which it is known, if it is by one.
  public ClientCertificate certificate() {
    return said.certificate();
  }

  /// Whether its access tokens are bound to the certificate that it shows (RFC 8705, section 3).
  public boolean bindsToCertificate() {
    return said.certificateBoundTokens();
  }

  /// Whether it must push its requests (RFC 9126).
  public boolean pushes() {
    return said.pushedRequests();
  }

  /// Whether its access tokens must be bound to a key (RFC 9449).
  public boolean binds() {
    return said.boundTokens();
  }

  /// Whether what it is told of who has signed in is signed.
  public boolean signedUserInfo() {
    return said.signedUserInfo();
  }
}
