package dev.varve.identity.token;

/// A secret that the server cannot start with. The message says why, names the way out, and never the secret.
public final class UnusableSecret extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnusableSecret(String message) {
    super(message);
  }
}
