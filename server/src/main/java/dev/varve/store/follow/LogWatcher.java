package dev.varve.store.follow;

import dev.varve.kernel.Pauses;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseWatch;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that looks for what other nodes have committed to a shared database: at once when it hears of it, and several
/// times a second in any case. What it hears only shortens the wait; looking is what counts.
public final class LogWatcher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogWatcher.class);
  // under a flood of commits one look is for several of them
  private static final Duration PAUSE = Duration.ofMillis(10);
  // beside an own writer that follows by itself with each of its groups
  private static final Duration PAUSE_BESIDE_WRITER = Duration.ofMillis(50);
  private static final Duration RETRY = Duration.ofMillis(200);

  private final Database database;
  private final LogFollower follower;
  private final Duration idle;
  private final Sign sign;
  private final Runnable whenOutdated;
  private final Pauses pauses = new Pauses();
  private final Thread thread;
  private volatile @Nullable DatabaseWatch watch;
  // of the thread: whether it is known that the data have a newer schema
  private boolean told;

  /// What this node tells of itself on the way.
  @FunctionalInterface
  public interface Sign {
    /// Called after each look.
    void give(Session session) throws SQLException;
  }

  /// @param idle how long it waits to hear of something: several times less than what is in memory is believed
  /// @param whenOutdated called once, when the data have a newer schema than is followed, and not waited for
  public LogWatcher(
      Database database, LogFollower follower, Duration idle, Sign sign, Runnable whenOutdated) {
    this.database = database;
    this.follower = follower;
    this.idle = idle;
    this.sign = sign;
    this.whenOutdated = whenOutdated;
    this.thread = Thread.ofPlatform().daemon().name("varve-watcher").unstarted(this::run);
  }

  public LogWatcher start() {
    thread.start();
    return this;
  }

  private void run() {
    while (pauses.goOn()) {
      try (DatabaseWatch opened = database.watch()) {
        watch = opened;
        lookOn(opened);
      } catch (SQLException | RuntimeException e) {
        if (pauses.goOn()) {
          LOG.warn("What other nodes have written cannot be looked at; it is tried again", e);
          pauses.pause(RETRY);
        }
      } finally {
        watch = null;
      }
    }
  }

  private void lookOn(DatabaseWatch opened) throws SQLException {
    long turns = follower.ownTurns();
    while (pauses.goOn()) {
      follower.look(opened.session());
      // one that cannot follow is still there
      sign.give(opened.session());
      if (follower.isOutdated() && !told) {
        told = true;
        whenOutdated.run();
      }
      boolean writes = follower.ownTurns() != turns;
      turns = follower.ownTurns();
      pauses.pause(writes ? PAUSE_BESIDE_WRITER : PAUSE);
      opened.await(idle);
    }
  }

  /// Looks no more.
  @Override
  public void close() {
    pauses.close();
    DatabaseWatch open = watch;
    if (open != null) {
      // it may wait for something to hear
      open.close();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
