package dev.varve.account;

/// How access tokens are signed (RFC 7518, section 3.1; RFC 8037).
public enum SigningAlgorithm {
  /// RSA of 2048 bits with SHA-256: what OpenID Connect asks of everybody, and the fastest to verify.
  RS256,
  /// ECDSA on the curve P-256 with SHA-256.
  ES256,
  /// Ed25519.
  EdDSA,
  /// HMAC with SHA-256: who can verify can sign as well.
  HS256
}
