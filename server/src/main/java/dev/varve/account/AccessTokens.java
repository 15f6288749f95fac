package dev.varve.account;

import java.time.Instant;
import java.util.function.Supplier;

/// Signs and verifies access tokens (RFC 9068).
public final class AccessTokens {
  private final SigningKeys keys;
  private final AuthSettings settings;
  private final String issuer;
  private final Supplier<String> ids;

  /// What a token that was verified says.
  public record Claims(String accountId, String sessionId, Instant expiresAt) {}

  /// @param issuer a URL, where the settings name none
  /// @param ids makes the ids of tokens
  public AccessTokens(
      SigningKeys keys, AuthSettings settings, String issuer, Supplier<String> ids) {
    this.keys = keys;
    this.settings = settings;
    this.issuer = issuer;
    this.ids = ids;
  }

  /// A token for an account in one of its sessions, good from `at` for [#lifetimeSeconds].
  public String issue(String accountId, String sessionId, Instant at) {
    throw new UnsupportedOperationException();
  }

  /// @throws dev.varve.kernel.Problem UNAUTHENTICATED when it is no token of this server, TOKEN_EXPIRED when it
  ///     was one
  public Claims verify(String token, Instant at) {
    throw new UnsupportedOperationException();
  }

  public long lifetimeSeconds() {
    return settings.accessToken().lifetime().toSeconds();
  }
}
