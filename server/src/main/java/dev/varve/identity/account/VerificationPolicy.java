package dev.varve.identity.account;

/// Whether an account waits for its e-mail address to be confirmed.
public enum VerificationPolicy {
  /// The account is made when the address is confirmed.
  REQUIRED,
  /// The account is made at once, and is unverified until the address is confirmed.
  OPTIONAL
}
