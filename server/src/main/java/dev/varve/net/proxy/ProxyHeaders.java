package dev.varve.net.proxy;

/// Which headers of trusted proxies are read.
public enum ProxyHeaders {
  /// `X-Forwarded-For`, `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-Port`.
  X_FORWARDED,
  /// `Forwarded` (RFC 7239).
  FORWARDED,
  /// None: the proxies tell by the PROXY protocol alone, or not at all.
  NONE
}
