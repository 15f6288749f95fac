package dev.varve.identity.client;

/// Whether clients may register themselves (RFC 7591).
public enum RegistrationPolicy {
  /// No.
  OFF,
  /// With the token that whoever runs this server gives them.
  TOKEN,
  /// Whoever asks, within narrow bounds.
  OPEN
}
