package dev.varve.identity.account;

/// Which accounts must have a second factor.
public enum FactorPolicy {
  /// None: who has one is asked for it.
  OPTIONAL,
  /// All: who has none enrols one before the first session.
  REQUIRED,
  /// Those with certain roles.
  REQUIRED_FOR
}
