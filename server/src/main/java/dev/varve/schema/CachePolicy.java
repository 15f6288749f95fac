package dev.varve.schema;

import java.time.Duration;
import java.util.OptionalLong;

/// How records of a model are kept in memory.
///
/// @param recordsMax how many records are kept at most; when absent the model shares with others what memory there is
///     for records
public record CachePolicy(Strategy strategy, Duration ttl, OptionalLong recordsMax) {
  public static final CachePolicy DEFAULT =
      new CachePolicy(Strategy.WRITE_THROUGH, Duration.ofHours(1), OptionalLong.empty());

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
