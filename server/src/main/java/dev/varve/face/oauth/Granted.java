package dev.varve.face.oauth;

import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.token.AccessTokens.Given;
import dev.varve.identity.token.OpaqueToken;
import java.util.Optional;

/// What came of a request for tokens. A refusal comes as a result, since what was written for it stays: a code that was used is used.
sealed interface Granted {
  /// The client acts for an account.
  ///
  /// @param refresh nothing when the client gets none
  /// @param nonce of the request that led here
  record ForAccount(
      Given access, OneSession session, Optional<OpaqueToken> refresh, Optional<String> nonce)
      implements Granted {}

  /// The client acts for itself.
  record ForItself(Given access) implements Granted {}

  record Refused(OAuthError error) implements Granted {}

  static Granted wider() {
    return new Refused(
        new OAuthError(
            OAuthError.INVALID_TARGET,
            "resource may be a part of what was asked for first, and nothing else"));
  }

  static Granted refused(String description) {
    return new Refused(new OAuthError(OAuthError.INVALID_GRANT, description));
  }
}
