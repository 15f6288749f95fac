package dev.varve.live;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// All readers with the same rights and wishes: what is for them is judged and rendered once, and kept for a while for
/// the slower of them. Who is slower still has to read the log.
final class Audience {
  // one write of a reader; large enough that few writes empty a full buffer
  private static final int BATCH_BYTES = 64 * 1024;

  private final Judge judge;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition told = lock.newCondition();
  private final Deque<Entry> entries = new ArrayDeque<>();
  private long bytes;
  // everything behind this position and up to `position` is in the entries
  private long from;
  private long position;

  /// What is told of one unit; a unit of which nothing is told has no entry.
  private record Entry(long position, List<Frame> frames, long bytes) {}

  /// What a reader takes at once.
  ///
  /// @param position that it has read up to then
  record Batch(List<Frame> frames, long position) {}

  Audience(Judge judge, long position) {
    this.judge = judge;
    this.from = position;
    this.position = position;
  }

  Judge judge() {
    return judge;
  }

  /// The frames of one unit. Only the feed's own thread adds.
  record Told(long position, List<Frame> frames) {}

  /// Adds the units behind `after`.
  void add(long after, List<Told> units, long bytesMax) {
    lock.lock();
    try {
      if (position != after) {
        skipTo(after);
      }
      for (Told unit : units) {
        add(unit);
      }
      while (bytes > bytesMax && !entries.isEmpty()) {
        Entry oldest = entries.removeFirst();
        bytes -= oldest.bytes();
        from = oldest.position();
      }
      told.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void add(Told unit) {
    position = unit.position();
    if (!unit.frames().isEmpty()) {
      long size = unit.frames().stream().mapToLong(frame -> frame.bytes().length).sum();
      entries.addLast(new Entry(unit.position(), unit.frames(), size));
      bytes += size;
    }
  }

  /// Keeps nothing up to a position that it was not told of: whoever needs it reads the log.
  void miss(long upTo) {
    lock.lock();
    try {
      if (position < upTo) {
        skipTo(upTo);
        told.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void skipTo(long upTo) {
    entries.clear();
    bytes = 0;
    from = upTo;
    position = upTo;
  }

  long keptBytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /// What is kept begins behind this position: a reader that has not come to it is too slow.
  long from() {
    lock.lock();
    try {
      return from;
    } finally {
      lock.unlock();
    }
  }

  /// What comes behind a position, as soon as there is something; nothing when the time is over, when `woken` says so
  /// or when the reader has become too slow.
  Batch after(long reader, long waitNanos, BooleanSupplier woken) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = waitNanos;
      while (!woken.getAsBoolean() && left > 0 && reader >= from && isLast(reader)) {
        left = told.awaitNanos(left);
      }
      if (woken.getAsBoolean() || reader < from) {
        return new Batch(List.of(), reader);
      }
      return batch(reader);
    } finally {
      lock.unlock();
    }
  }

  private boolean isLast(long reader) {
    return entries.isEmpty() || entries.getLast().position() <= reader;
  }

  private Batch batch(long reader) {
    // most readers miss the last entry alone, so they are looked for from the end
    Deque<Entry> missed = new ArrayDeque<>();
    Iterator<Entry> backwards = entries.descendingIterator();
    for (Entry entry = next(backwards); entry != null && entry.position() > reader; ) {
      missed.addFirst(entry);
      entry = next(backwards);
    }
    List<Frame> frames = new ArrayList<>();
    long size = 0;
    for (Entry entry : missed) {
      if (size >= BATCH_BYTES) {
        return new Batch(frames, entry.position() - 1);
      }
      frames.addAll(entry.frames());
      size += entry.bytes();
    }
    return new Batch(frames, Math.max(reader, position));
  }

  private static @Nullable Entry next(Iterator<Entry> entries) {
    return entries.hasNext() ? entries.next() : null;
  }

  /// Lets all readers look whether they are meant.
  void wake() {
    lock.lock();
    try {
      told.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
