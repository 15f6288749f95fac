package dev.varve.lane.live;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// All readers with the same rights and wishes: what is for them is judged and rendered once, and kept for a while for
/// the slower of them. Who is slower still has to read the log.
final class ReaderGroup {
  // one write of a reader; large enough that few writes empty a full buffer
  private static final int BATCH_BYTES = 64 * 1024;

  private final ChangeVisibility visibility;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<ReaderSignal> readers = new LinkedHashSet<>();
  private final Deque<Entry> entries = new ArrayDeque<>();
  private long bytes;
  // everything behind this position and up to `position` is in the entries
  private long from;
  private long position;
  // most readers have come equally far; they share what they take
  private @Nullable Taken lastTaken;

  /// What is told of one unit; a unit of which nothing is told has no entry.
  private record Entry(long position, List<Frame> frames, long bytes) {}

  /// What was taken by a reader who had come to a position.
  private record Taken(long reader, FrameBatch batch) {}

  ReaderGroup(ChangeVisibility visibility, long position) {
    this.visibility = visibility;
    this.from = position;
    this.position = position;
  }

  ChangeVisibility visibility() {
    return visibility;
  }

  void join(ReaderSignal reader) {
    lock.lock();
    try {
      readers.add(reader);
    } finally {
      lock.unlock();
    }
  }

  /// @return whether nobody is left
  boolean leave(ReaderSignal reader) {
    lock.lock();
    try {
      readers.remove(reader);
      return readers.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  List<ReaderSignal> readers() {
    lock.lock();
    try {
      return List.copyOf(readers);
    } finally {
      lock.unlock();
    }
  }

  /// The frames of one unit.
  record Told(long position, List<Frame> frames) {}

  /// Adds the units behind `after`. Only the feed's own thread adds.
  ///
  /// @return whether there is something to be heard
  boolean add(long after, List<Told> units, long bytesMax) {
    lock.lock();
    try {
      boolean heard = position != after;
      if (heard) {
        skipTo(after);
      }
      lastTaken = null;
      for (Told unit : units) {
        heard |= add(unit);
      }
      while (bytes > bytesMax && !entries.isEmpty()) {
        Entry oldest = entries.removeFirst();
        bytes -= oldest.bytes();
        from = oldest.position();
      }
      return heard;
    } finally {
      lock.unlock();
    }
  }

  private boolean add(Told unit) {
    position = unit.position();
    if (unit.frames().isEmpty()) {
      return false;
    }
    long size = unit.frames().stream().mapToLong(frame -> frame.bytes().length).sum();
    entries.addLast(new Entry(unit.position(), unit.frames(), size));
    bytes += size;
    return true;
  }

  /// Keeps nothing up to a position that it was not told of: whoever needs it reads the log.
  ///
  /// @return whether there was such a thing
  boolean miss(long upTo) {
    lock.lock();
    try {
      boolean missed = position < upTo;
      if (missed) {
        skipTo(upTo);
      }
      return missed;
    } finally {
      lock.unlock();
    }
  }

  private void skipTo(long upTo) {
    entries.clear();
    lastTaken = null;
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

  /// What comes behind a position, without frames when there is nothing yet; absent when that is not kept any longer,
  /// because the reader is too slow.
  Optional<FrameBatch> after(long reader) {
    lock.lock();
    try {
      if (reader < from) {
        return Optional.empty();
      }
      if (lastTaken == null || lastTaken.reader() != reader) {
        lastTaken = new Taken(reader, batch(reader));
      }
      return Optional.of(lastTaken.batch());
    } finally {
      lock.unlock();
    }
  }

  private FrameBatch batch(long reader) {
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
        return new FrameBatch(frames, entry.position() - 1);
      }
      frames.addAll(entry.frames());
      size += entry.bytes();
    }
    return new FrameBatch(frames, Math.max(reader, position));
  }

  private static @Nullable Entry next(Iterator<Entry> entries) {
    return entries.hasNext() ? entries.next() : null;
  }
}
