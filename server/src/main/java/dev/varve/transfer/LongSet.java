package dev.varve.transfer;

/// A set of numbers without a box for each: open addressing, at most half full.
final class LongSet {
  private static final int CAPACITY_FIRST = 1 << 10;
  // stands for an empty slot, so it is kept apart
  private static final long EMPTY = 0;

  private long[] slots = new long[CAPACITY_FIRST];
  private int size;
  private boolean hasEmpty;

  /// Whether it was not there yet.
  boolean add(long number) {
    if (number == EMPTY) {
      boolean added = !hasEmpty;
      hasEmpty = true;
      return added;
    }
    if (size * 2L >= slots.length) {
      grow();
    }
    boolean added = put(slots, number);
    size += added ? 1 : 0;
    return added;
  }

  private void grow() {
    long[] larger = new long[Math.multiplyExact(slots.length, 2)];
    for (long number : slots) {
      if (number != EMPTY) {
        put(larger, number);
      }
    }
    slots = larger;
  }

  private static boolean put(long[] slots, long number) {
    int mask = slots.length - 1;
    int at = Long.hashCode(number * 0x9e3779b97f4a7c15L) & mask;
    while (slots[at] != EMPTY) {
      if (slots[at] == number) {
        return false;
      }
      at = (at + 1) & mask;
    }
    slots[at] = number;
    return true;
  }
}
