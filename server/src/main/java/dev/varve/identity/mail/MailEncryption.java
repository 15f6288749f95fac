package dev.varve.identity.mail;

/// How the connection to the mail server is encrypted.
public enum MailEncryption {
  /// Begins in the clear, and must be encrypted before anything is said (RFC 3207).
  STARTTLS,
  /// From the start (RFC 8314).
  TLS,
  /// Not at all.
  NONE
}
