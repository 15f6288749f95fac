package dev.varve.lane.live;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Where one reader of the feed waits until it is called.
///
/// Virtual threads take turns in the order in which they wake, so a thousand readers that wake together would stand in
/// front of every request. Therefore whoever calls learns when a reader that was called is awake, and calls the next
/// ones only then.
final class ReaderSignal {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition rung = lock.newCondition();
  private boolean waiting;
  private boolean pending;
  // whom to tell that the reader is awake; there is one while it was called and still sleeps
  private @Nullable Semaphore awake;

  /// Calls the reader, without asking when it is awake.
  void ring() {
    ring(null);
  }

  /// Calls the reader. One that is not waiting finds out by itself before it waits the next time.
  ///
  /// @param awake gets a permit as soon as the reader is awake
  /// @return whether it was asleep, so that there will be a permit
  boolean ring(@Nullable Semaphore awake) {
    lock.lock();
    try {
      boolean asleep = waiting && !pending;
      pending = true;
      if (asleep) {
        this.awake = awake;
        rung.signal();
      }
      return asleep;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until it is rung, which may have happened since the last time already, or until the time is over.
  void await(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    waiting = true;
    try {
      long left = nanos;
      while (!pending && left > 0) {
        left = rung.awaitNanos(left);
      }
    } finally {
      waiting = false;
      pending = false;
      if (awake != null) {
        awake.release();
        awake = null;
      }
      lock.unlock();
    }
  }
}
