package dev.varve.cache;

/// Whether records are kept in memory at all; how, each model says.
public record CacheSettings(boolean enabled) {
  public static final CacheSettings DEFAULT = new CacheSettings(true);
}
