package dev.varve.face.gateway.upstream;

/// Which host of a service gets a request.
public enum Balance {
  /// The one with the fewest requests under way.
  LEAST_REQUESTS,
  /// One after the other.
  ROUND_ROBIN,
  /// Always the same for the same value of what `hash` names.
  HASH
}
