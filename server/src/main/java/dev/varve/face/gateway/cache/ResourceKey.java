package dev.varve.face.gateway.cache;

/// What answers are about: whatever route leads there, an unsafe request makes them all void.
///
/// @param service its name
/// @param origin scheme, host and port that the client used, of which the service is told
/// @param target path and query as the service gets them
public record ResourceKey(String service, String origin, String target) {
  int bytes() {
    return 2 * (service.length() + origin.length() + target.length());
  }
}
