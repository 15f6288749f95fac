package dev.varve.identity.client;

/// Whether people are asked before a client is let in.
public enum ConsentPolicy {
  /// Once for each scope, and again when it is asked for.
  ASK,
  /// Never: for applications of whoever runs this server.
  NEVER
}
