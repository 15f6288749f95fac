package dev.varve.lane.write;

import dev.varve.store.log.CommitInDoubt;
import dev.varve.store.log.Committed;
import dev.varve.store.log.EventLog;
import dev.varve.store.sql.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What became of commits that were sent and not answered: the log says it, by the hash at their position, as soon as there is a
/// connection to ask it over. Until then nothing else is written. Used by the writer thread alone.
///
/// ```
/// commit fails -> units in the log: durable, as if it had been answered
///              -> not in it: not kept, and never will be
///              -> no log to ask, or no units to look for: open
/// ```
final class CommitDoubt {
  private static final Logger LOG = LoggerFactory.getLogger(CommitDoubt.class);
  // a server that starts anew is back by then, and whoever waits for the answer still does
  private static final Duration WAIT_MAX = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Database database;
  private final EventLog log;
  private @Nullable CommitInDoubt open;

  CommitDoubt(Database database, EventLog log) {
    this.database = database;
    this.log = log;
  }

  /// Whether it is not known yet what became of units.
  boolean isOpen() {
    return open != null;
  }

  /// The units of a commit in doubt, which turn out to be durable.
  ///
  /// @throws CommitInDoubt when that cannot be found out; it is open then, if it has units
  /// @throws SQLException when they were not kept
  List<Committed> settled(CommitInDoubt commit) throws SQLException {
    if (commit.units().isEmpty()) {
      throw commit;
    }
    LOG.warn("A commit of {} units is in doubt, and looked for", commit.units().size(), commit);
    open = commit;
    List<Committed> found = awaited(commit);
    if (found.isEmpty()) {
      throw new SQLException("The commit was not kept", commit);
    }
    return found;
  }

  private List<Committed> awaited(CommitInDoubt commit) throws CommitInDoubt {
    long start = System.nanoTime();
    while (true) {
      try {
        return found(commit);
      } catch (SQLException e) {
        if (System.nanoTime() - start > WAIT_MAX.toNanos()) {
          commit.addSuppressed(e);
          throw commit;
        }
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /// The units of what was open, which turn out to be durable; none when they are not, or nothing was open.
  ///
  /// @throws SQLException when it is still open
  List<Committed> settled() throws SQLException {
    return open == null ? List.of() : found(open);
  }

  private List<Committed> found(CommitInDoubt commit) throws SQLException {
    database.renewWriter();
    boolean kept = log.holds(commit.head());
    open = null;
    LOG.info("The commit in doubt {}", kept ? "is in the log" : "was not kept");
    return kept ? commit.units() : List.of();
  }
}
