package dev.varve.live;

import dev.varve.log.Committed;
import dev.varve.log.Follower;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Where the writer leaves what it has committed. When nobody takes it in time the oldest is dropped: the log has it.
public final class Arrivals implements Follower {
  // a feed that lags this far behind reads the log instead
  private static final int CHANGES_MAX = 10_000;
  // a batch is told when all of it has been judged
  private static final int BATCH_CHANGES = 256;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Deque<Committed> units = new ArrayDeque<>();
  private int changes;

  @Override
  public void committed(List<Committed> more) {
    lock.lock();
    try {
      for (Committed unit : more) {
        units.addLast(unit);
        changes += unit.changes().size();
      }
      while (changes > CHANGES_MAX) {
        changes -= units.removeFirst().changes().size();
      }
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The next units, in order; none when none came in time. There is a gap before them when some were dropped.
  List<Committed> take(long waitMillis) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
      while (units.isEmpty() && left > 0) {
        left = arrived.awaitNanos(left);
      }
      List<Committed> taken = new ArrayList<>();
      for (int count = 0; !units.isEmpty() && count < BATCH_CHANGES; ) {
        Committed unit = units.removeFirst();
        count += unit.changes().size();
        changes -= unit.changes().size();
        taken.add(unit);
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }
}
