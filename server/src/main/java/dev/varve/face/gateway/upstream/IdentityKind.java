package dev.varve.face.gateway.upstream;

/// How a service is told who sends a request.
public enum IdentityKind {
  /// Not at all.
  NONE,
  /// In signed headers.
  HEADERS,
  /// As a short-lived token of its own.
  JWT
}
