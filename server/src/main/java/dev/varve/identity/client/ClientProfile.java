package dev.varve.identity.client;

import dev.varve.identity.token.ForeignKey;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/// What a client does beyond what most do.
///
/// @param keys with which it signs assertions
/// @param pushes whether it must push its requests (RFC 9126)
/// @param binds whether its access tokens must be bound to a key (RFC 9449)
/// @param signedUserInfo whether what it is told of who has signed in is signed
/// @param logoutNotices where it is told that a session has ended (OpenID Connect Back-Channel Logout 1.0)
public record ClientProfile(
    List<ForeignKey> keys,
    boolean pushes,
    boolean binds,
    boolean signedUserInfo,
    Optional<URI> logoutNotices) {
  static final ClientProfile PLAIN =
      new ClientProfile(List.of(), false, false, false, Optional.empty());

  /// That of one that signs assertions with these keys.
  static ClientProfile signing(List<ForeignKey> keys) {
    return new ClientProfile(keys, false, false, false, Optional.empty());
  }

  public ClientProfile {
    keys = List.copyOf(keys);
  }
}
