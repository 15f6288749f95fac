package dev.varve.net.limit;

/// Where is kept what callers have left of their limits: in this process ([LocalBuckets]), or in a store that many
/// processes share.
public interface BucketStore {
  /// Takes some units at once, or none when fewer are left.
  ///
  /// @param caller who counts as one under this limit
  /// @param units from 1 to [RateLimit#burst]
  Taken take(RateLimit limit, String caller, long units);

  /// What came of it.
  ///
  /// @param taken whether there were enough
  /// @param left what is left after it
  /// @param waitNanos until there are enough; 0 when there were
  /// @param resetNanos until all of them are there again
  record Taken(boolean taken, long left, long waitNanos, long resetNanos) {}
}
