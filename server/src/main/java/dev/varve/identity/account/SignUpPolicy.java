package dev.varve.identity.account;

/// Who may sign up.
public enum SignUpPolicy {
  /// Everybody.
  OPEN,
  /// Who has an invitation of an administrator.
  INVITED,
  /// Nobody.
  CLOSED
}
