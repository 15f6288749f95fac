package dev.varve.net.certificate;

/// Whether clients show a certificate of their own.
public enum ClientCertificates {
  /// They are not asked for one.
  NONE,
  /// They are asked, and may come without; one that they show must be good.
  OPTIONAL,
  /// Who shows none that is good is not let in.
  REQUIRED,
  /// They are asked, and may come without. One that nobody vouches for is taken too: it proves that its client has the key, and nothing else.
  ANY
}
