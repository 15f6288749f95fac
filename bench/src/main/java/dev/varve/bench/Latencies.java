package dev.varve.bench;

import java.util.Arrays;

/// How long requests took, counted in classes that are at most 3 % wide.
final class Latencies {
  private static final int BITS = 5;
  private static final int STEPS = 1 << BITS;

  private final long[] counts = new long[(Long.SIZE - BITS) * STEPS];
  private long count;

  void add(long nanos) {
    counts[indexOf(Math.max(0, nanos))]++;
    count++;
  }

  void addAll(Latencies others) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += others.counts[i];
    }
    count += others.count;
  }

  long count() {
    return count;
  }

  void clear() {
    Arrays.fill(counts, 0);
    count = 0;
  }

  /// The time that the given part of the requests stayed below, in nanoseconds.
  ///
  /// @param part such as 0.5 for the median
  long nanos(double part) {
    long wanted = Math.max(1, Math.round(count * part));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return middleOf(i);
      }
    }
    return 0;
  }

  private static int indexOf(long nanos) {
    if (nanos < STEPS) {
      return (int) nanos;
    }
    int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
    int step = (int) (nanos >>> (exponent - BITS)) & (STEPS - 1);
    return (exponent - BITS + 1) * STEPS + step;
  }

  private static long middleOf(int index) {
    int row = index / STEPS;
    long step = index % STEPS;
    if (row == 0) {
      return step;
    }
    long width = 1L << (row - 1);
    return (STEPS + step) * width + width / 2;
  }
}
