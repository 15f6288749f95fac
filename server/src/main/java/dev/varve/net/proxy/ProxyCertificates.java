package dev.varve.net.proxy;

/// Whether trusted proxies tell which certificates their clients showed (RFC 9440).
public enum ProxyCertificates {
  /// They do not, and what comes under that name may be a caller's own.
  NONE,
  /// They do, of certificates that they have verified.
  VERIFIED,
  /// They do, of certificates of any kind: each proves that its client has the key, and nothing it says.
  ANY
}
