package dev.varve.face.gateway.discovery;

/// A host among the others of its service (RFC 2782).
///
/// @param priority those with a greater one are asked only when none with a smaller one may be
/// @param weight its share of the requests, against the others of the same priority
public record HostEntry(HostPlace place, int priority, int weight) {
  /// One like all others.
  public static HostEntry of(HostPlace place) {
    return new HostEntry(place, 0, 1);
  }
}
