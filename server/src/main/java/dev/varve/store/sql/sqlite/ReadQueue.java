package dev.varve.store.sql.sqlite;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Work that waits for a reader of the database, in the order in which it came. One reader takes lookups alone, so that
/// these never wait until those who go through many rows have done.
///
/// The lock is held for a few steps, never while work is done.
final class ReadQueue {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Condition forAnyReader = lock.newCondition();
  private final Condition forLookupReader = lock.newCondition();
  private final Queue<Waiting> lookups = new ArrayDeque<>();
  private final Queue<Waiting> scans = new ArrayDeque<>();
  private final int waitingMax;
  private long came;
  private boolean lookupReaderWaits;

  private record Waiting(Runnable work, long number) {}

  /// @param waitingMax how many may wait; whoever brings more waits too
  ReadQueue(int waitingMax) {
    this.waitingMax = waitingMax;
  }

  /// Adds work that reads a few rows by key.
  void putLookup(Runnable work) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      add(lookups, work);
      (lookupReaderWaits ? forLookupReader : forAnyReader).signal();
      // it is told of one: the next is for another, though this one has not come up yet
      lookupReaderWaits = false;
    } finally {
      lock.unlock();
    }
  }

  /// Adds work that may go through many rows.
  void putScan(Runnable work) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      add(scans, work);
      forAnyReader.signal();
    } finally {
      lock.unlock();
    }
  }

  private void add(Queue<Waiting> queue, Runnable work) throws InterruptedException {
    while (waiting() >= waitingMax) {
      room.await();
    }
    queue.add(new Waiting(work, came++));
  }

  /// The work that came first, as soon as there is some.
  Runnable takeAny() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting() == 0) {
        forAnyReader.await();
      }
      return taken(first());
    } finally {
      lock.unlock();
    }
  }

  private Queue<Waiting> first() {
    Waiting lookup = lookups.peek();
    Waiting scan = scans.peek();
    if (lookup == null || scan == null) {
      return lookup == null ? scans : lookups;
    }
    return lookup.number() < scan.number() ? lookups : scans;
  }

  /// The lookup that came first, as soon as there is one.
  Runnable takeLookup() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (lookups.isEmpty()) {
        lookupReaderWaits = true;
        forLookupReader.await();
      }
      return taken(lookups);
    } finally {
      lookupReaderWaits = false;
      lock.unlock();
    }
  }

  private Runnable taken(Queue<Waiting> queue) {
    room.signal();
    return queue.remove().work();
  }

  private int waiting() {
    return lookups.size() + scans.size();
  }

  /// How many wait.
  int size() {
    lock.lock();
    try {
      return waiting();
    } finally {
      lock.unlock();
    }
  }
}
