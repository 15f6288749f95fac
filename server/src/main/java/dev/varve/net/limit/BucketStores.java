package dev.varve.net.limit;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/// Where a server counts: makes a store for each set of limits, which begins with what is left of them all.
public interface BucketStores {
  /// In this process alone.
  BucketStores LOCAL = local(System::nanoTime);

  /// In this process alone.
  ///
  /// @param nanoTime a clock that never goes back
  static BucketStores local(LongSupplier nanoTime) {
    return () -> new LocalBuckets(nanoTime, ThreadLocalRandom.current().nextLong());
  }

  BucketStore open();
}
