package dev.varve.identity.client;

import dev.varve.identity.token.OpaqueToken;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;

/// A secret of a client, of which the SHA-256 is kept.
///
/// @param until when it is good no more; nothing of the newest one
public record ClientSecret(byte[] hash, Instant createdAt, Optional<Instant> until) {
  static ClientSecret of(String text, Instant createdAt) {
    return new ClientSecret(OpaqueToken.sha256(text), createdAt, Optional.empty());
  }

  boolean goodAt(Instant at) {
    return until.isEmpty() || at.isBefore(until.get());
  }

  boolean is(byte[] other) {
    return MessageDigest.isEqual(hash, other);
  }

  /// Not the hash: this ends up in logs.
  @Override
  public String toString() {
    return "ClientSecret[...]";
  }
}
