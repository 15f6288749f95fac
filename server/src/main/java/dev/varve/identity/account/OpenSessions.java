package dev.varve.identity.account;

/// Which sessions are open. Asked with every request, so it answers from memory.
@FunctionalInterface
public interface OpenSessions {
  /// Whether tokens of the session are still good: it is known, not ended and not revoked.
  boolean isOpen(String sessionId);
}
