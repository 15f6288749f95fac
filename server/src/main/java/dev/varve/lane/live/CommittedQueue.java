package dev.varve.lane.live;

import dev.varve.store.log.Change;
import dev.varve.store.log.Committed;
import dev.varve.store.log.Follower;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Where the writer leaves what it has committed. When nobody takes it in time the oldest is dropped: the log has it.
public final class CommittedQueue implements Follower {
  // a feed that lags this far behind reads the log instead
  private static final int CHANGES_MAX = 10_000;
  private static final long BYTES_MAX = 16 * 1024 * 1024;
  // a batch is told when all of it has been judged
  private static final int BATCH_CHANGES = 256;
  private static final long BATCH_BYTES = 1024 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Deque<Committed> units = new ArrayDeque<>();
  private int changes;
  private long bytes;
  // up to which others have written what is not here
  private OptionalLong reached = OptionalLong.empty();
  // the log has lost what was behind that position
  private OptionalLong fork = OptionalLong.empty();

  /// What was taken.
  ///
  /// @param fork where the log has lost what was behind it, before these units came
  /// @param reached up to which others have written, before, between and behind them
  record Taken(OptionalLong fork, List<Committed> units, OptionalLong reached) {}

  @Override
  public void reached(long position) {
    lock.lock();
    try {
      reached = OptionalLong.of(position);
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void forked(long position) {
    lock.lock();
    try {
      units.clear();
      changes = 0;
      bytes = 0;
      reached = OptionalLong.empty();
      fork = OptionalLong.of(position);
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void committed(List<Committed> more) {
    lock.lock();
    try {
      for (Committed unit : more) {
        units.addLast(unit);
        changes += unit.changes().size();
        bytes += bytes(unit);
      }
      while (changes > CHANGES_MAX || bytes > BYTES_MAX) {
        removeFirst();
      }
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Committed removeFirst() {
    Committed unit = units.removeFirst();
    changes -= unit.changes().size();
    bytes -= bytes(unit);
    return unit;
  }

  private static long bytes(Committed unit) {
    return unit.changes().stream().mapToLong(Change::bytes).sum();
  }

  /// The next units, in order and without a gap between them; none when none came in time, or others have written. There is a gap
  /// before them when some were dropped, or others have written in between.
  Taken take(long waitMillis) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
      while (units.isEmpty() && reached.isEmpty() && fork.isEmpty() && left > 0) {
        left = arrived.awaitNanos(left);
      }
      OptionalLong others = reached;
      reached = OptionalLong.empty();
      OptionalLong forked = fork;
      fork = OptionalLong.empty();
      List<Committed> taken = new ArrayList<>();
      int count = 0;
      long size = 0;
      while (!units.isEmpty()
          && follows(taken, units.getFirst())
          && count < BATCH_CHANGES
          && size < BATCH_BYTES) {
        Committed unit = removeFirst();
        count += unit.changes().size();
        size += bytes(unit);
        taken.add(unit);
      }
      return new Taken(forked, taken, others);
    } finally {
      lock.unlock();
    }
  }

  private static boolean follows(List<Committed> taken, Committed next) {
    return taken.isEmpty() || next.position() == taken.getLast().position() + 1;
  }
}
