package dev.varve.identity.passkey;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// A passkey: the public half of a key that an authenticator keeps (a credential record of WebAuthn, section 4).
///
/// @param id as Varve names it
/// @param key what verifies its answers
/// @param counter how often it was used, as it says itself; 0 of those that do not count
/// @param backup whether it may be on many devices, and whether it is
/// @param verifies whether it is known to make sure who uses it, by a PIN, a finger or a face: it is a way in by itself then
/// @param second whether it is asked for after a password: it did not make sure of anybody when it was made
public record Passkey(
    String id,
    String account,
    String name,
    Key key,
    long counter,
    Backup backup,
    boolean verifies,
    boolean second,
    Set<String> transports,
    Instant createdAt,
    Optional<Instant> lastUsedAt) {
  public Passkey {
    transports = Set.copyOf(transports);
  }

  /// @param credential as the authenticator names it
  /// @param aaguid the model of the authenticator; zeros where it does not say
  /// @param publicKey a COSE key (RFC 9052, section 7)
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  public record Key(byte[] credential, String aaguid, byte[] publicKey) {}

  /// @param eligible whether it may leave its device; that never changes
  /// @param done whether it has
  public record Backup(boolean eligible, boolean done) {}

  /// The same as one of an account that was made after it.
  public Passkey of(String owner) {
    return new Passkey(
        id, owner, name, key, counter, backup, verifies, second, transports, createdAt, lastUsedAt);
  }

  /// Not the key: this ends up in logs.
  @Override
  public String toString() {
    return "Passkey[" + id + "]";
  }
}
