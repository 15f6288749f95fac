package dev.varve.identity.token;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// Numbers of 64 bits that nobody chooses, such as parts of hashes, in about 16 bytes each: a few tables with open addressing
/// (Knuth, TAOCP 3, section 6.4, algorithm L), that many threads add to.
final class SeenIds {
  // more than there are threads that add at the same moment
  private static final int PARTS = 64;

  private final Part[] parts = new Part[PARTS];
  private final AtomicInteger size = new AtomicInteger();

  SeenIds() {
    for (int i = 0; i < PARTS; i++) {
      parts[i] = new Part();
    }
  }

  /// @return whether it was not there before
  boolean add(long id) {
    boolean added = part(id).add(id);
    if (added) {
      size.incrementAndGet();
    }
    return added;
  }

  boolean contains(long id) {
    return part(id).contains(id);
  }

  int size() {
    return size.get();
  }

  /// By the bits that its place in a part does not follow from.
  private Part part(long id) {
    return parts[(int) (id >>> 58)];
  }

  private static final class Part {
    private static final int LENGTH_FIRST = 16;

    // held for a few steps in memory
    private final ReentrantLock lock = new ReentrantLock();
    // zero stands for an empty place
    private long[] places = new long[LENGTH_FIRST];
    private int taken;
    private boolean hasZero;

    boolean add(long id) {
      lock.lock();
      try {
        if (id == 0) {
          boolean added = !hasZero;
          hasZero = true;
          return added;
        }
        int place = place(places, id);
        if (places[place] == id) {
          return false;
        }
        places[place] = id;
        taken++;
        if (taken > places.length / 2) {
          grow();
        }
        return true;
      } finally {
        lock.unlock();
      }
    }

    boolean contains(long id) {
      lock.lock();
      try {
        return id == 0 ? hasZero : places[place(places, id)] == id;
      } finally {
        lock.unlock();
      }
    }

    /// Where it is, or would be: half of the places are empty.
    private static int place(long[] places, long id) {
      int last = places.length - 1;
      int place = (int) id & last;
      while (places[place] != 0 && places[place] != id) {
        place = (place + 1) & last;
      }
      return place;
    }

    private void grow() {
      long[] more = new long[places.length * 2];
      for (long id : places) {
        if (id != 0) {
          more[place(more, id)] = id;
        }
      }
      places = more;
    }
  }
}
