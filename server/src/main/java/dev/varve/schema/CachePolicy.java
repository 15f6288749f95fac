package dev.varve.schema;

import java.time.Duration;

/// How records of a model are kept in memory.
///
/// @param recordsMax how many records are kept at most
public record CachePolicy(Strategy strategy, Duration ttl, long recordsMax) {
  public static final CachePolicy DEFAULT =
      new CachePolicy(Strategy.WRITE_THROUGH, Duration.ofHours(1), 10_000);

  /// When a record enters the cache.
  public enum Strategy {
    /// When it is written, and when it is read and was not there.
    WRITE_THROUGH,
    /// When it is read and was not there; a write removes it.
    CACHE_ASIDE,
    /// Never.
    NONE
  }
}
