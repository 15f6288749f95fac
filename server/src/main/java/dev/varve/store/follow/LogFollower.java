package dev.varve.store.follow;

import dev.varve.store.cache.RecordCache;
import dev.varve.store.log.Append;
import dev.varve.store.log.Committed;
import dev.varve.store.log.DamagedLogException;
import dev.varve.store.log.Event;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Follower;
import dev.varve.store.log.Head;
import dev.varve.store.log.Unit;
import dev.varve.store.sql.DataFormat;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.SchemaVersions;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the log on this node: what its own writer commits, and what others have committed, in the one order that the log has.
/// Each unit of others is found right by its hash, which builds on that of the unit before.
///
/// ```
/// writer:  commit(append) ----------------+
/// watcher: look(session), many a second --+--> cache, feed, listeners of notices
/// readers: reach(position) ---------------+
/// ```
///
/// One of them at a time. What follows a commit follows before anybody else looks, so nothing is told twice or out of order.
public final class LogFollower implements RecordCache.Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(LogFollower.class);
  private static final int STRETCH_UNITS = 256;
  // more than that is not read to forget what it changed: everything is forgotten
  private static final int LAG_UNITS_MAX = 4_096;
  // whoever waits for longer goes on with what the database says
  private static final long REACH_MILLIS = 1_000;
  private static final String SELECT_ENDS =
      "SELECT (SELECT position FROM varve_log ORDER BY position DESC LIMIT 1),"
          + " (SELECT MAX(seq) FROM varve_notice), (SELECT MAX(version) FROM varve_schema),"
          + " (SELECT format_min FROM varve_head WHERE id = 1)";

  private final Database database;
  private final EventLog log;
  private final AppliedSchema schema;
  private final RecordCache cache;
  private final Follower feed;
  private final Notices notices;
  private final LogFreshness freshness;
  private final ReentrantLock turn = new ReentrantLock();
  // changed by whose turn it is
  private volatile EventLog.Cursor cursor;
  private volatile boolean outdated;
  // the end of the log when somebody looked last
  private volatile long end;
  // when the last look began that readers asked for; of whose turn it is
  private long reachedNanos = System.nanoTime();

  /// @param cache as of `start`
  /// @param feed hears of every unit
  /// @param start the end of the log
  public LogFollower(
      Database database,
      EventLog log,
      AppliedSchema schema,
      RecordCache cache,
      Follower feed,
      Notices notices,
      LogFreshness freshness,
      Head start) {
    this.database = database;
    this.log = log;
    this.schema = schema;
    this.cache = cache;
    this.feed = feed;
    this.notices = notices;
    this.freshness = freshness;
    this.cursor = start.cursor();
    this.end = start.position();
  }

  /// The position up to which everything has been followed.
  public long position() {
    return cursor.position();
  }

  /// How many positions are known to be in the log and are not followed yet.
  public long lag() {
    return Math.max(0, end - cursor.position());
  }

  /// Whether the data have a newer schema by now than this follows, or a newer format than it knows.
  public boolean isOutdated() {
    return outdated;
  }

  @Override
  public boolean isCurrent() {
    return freshness.isCurrent();
  }

  /// Commits units of the own writer. When this returns they are durable, and everybody on this node knows of them.
  public List<Committed> commit(Append append) throws SQLException {
    turn.lock();
    try {
      List<Committed> units = append.commit();
      own(units, append.head());
      return units;
    } finally {
      turn.unlock();
    }
  }

  private void own(List<Committed> units, Head head) {
    try {
      cache.apply(units);
    } catch (RuntimeException e) {
      LOG.error("The cache could not follow the log and starts anew", e);
      cache.clear(head.position());
    }
    cursor = head.cursor();
    feed.committed(units);
  }

  /// Follows what others have committed before the own writer got its turn.
  ///
  /// @throws DamagedLogException when the log is not the one that was followed
  public void follow(Append append) throws SQLException {
    EventLog.Cursor known = cursor;
    Head head = append.head();
    if (head.position() == known.position() && Arrays.equals(head.hash(), known.hash())) {
      return;
    }
    turn.lock();
    try {
      follow(append.session(), head);
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void reach(long position) {
    boolean _ = looksUpTo(position);
  }

  /// The same.
  ///
  /// @return whether all is followed by now that was committed before this was asked, whether that comes to the position or not
  public boolean looksUpTo(long position) {
    long asked = System.nanoTime();
    try {
      if (cursor.position() >= position) {
        return true;
      }
      if (!turn.tryLock(REACH_MILLIS, TimeUnit.MILLISECONDS)) {
        return false;
      }
      try {
        return cursor.position() >= position || looked(asked);
      } finally {
        turn.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Of all who ask at a time, one looks for the others.
  private boolean looked(long askedNanos) {
    if (reachedNanos - askedNanos >= 0) {
      return true;
    }
    long start = System.nanoTime();
    boolean all = database.<Boolean>lookup(this::followAll);
    if (all) {
      reachedNanos = start;
    }
    return all;
  }

  private boolean followAll(Session session) throws SQLException {
    if (SchemaVersions.newest(session) != schema.version()) {
      outdated = true;
      return false;
    }
    follow(session, EventLog.head(session));
    return true;
  }

  /// Looks for what others have committed, and follows it.
  ///
  /// @param session of whoever watches a shared database
  void look(Session session) throws SQLException {
    long start = System.nanoTime();
    turn.lock();
    try {
      Ends ends = ends(session);
      end = ends.position();
      if (ends.schema() != schema.version() || !DataFormat.isKnown(ends.formatMinimum())) {
        // what comes next is written in terms that are not known here
        outdated = true;
        return;
      }
      if (ends.position() != cursor.position()) {
        follow(session, EventLog.head(session));
      }
      notices.hear(session, ends.notice());
    } finally {
      turn.unlock();
    }
    freshness.looked(start);
  }

  /// Takes note of what was announced before this began, of which nothing is in memory. Called once, before anything is, where the
  /// database is shared.
  public void begin() {
    notices.startAt(database.<Long>read(session -> ends(session).notice()));
  }

  private record Ends(long position, long notice, int schema, int formatMinimum) {}

  private static Ends ends(Session session) throws SQLException {
    return session
        .first(
            SELECT_ENDS,
            List.of(),
            row -> new Ends(row.getLong(1), row.getLong(2), row.getInt(3), row.getInt(4)))
        .orElseThrow();
  }

  private void follow(Session session, Head head) throws SQLException {
    end = head.position();
    if (head.position() - cursor.position() > LAG_UNITS_MAX) {
      LOG.info(
          "{} units were written elsewhere: everything in memory is forgotten",
          head.position() - cursor.position());
      cache.clear(head.position());
      cursor = head.cursor();
    }
    while (cursor.position() < head.position()) {
      int units = (int) Math.min(STRETCH_UNITS, head.position() - cursor.position());
      EventLog.Stretch stretch = log.read(session, cursor, units);
      if (stretch.units().isEmpty()) {
        throw new DamagedLogException("The log has no position " + (cursor.position() + 1));
      }
      for (Unit unit : stretch.units()) {
        forget(unit);
        cache.reached(unit.position());
      }
      cursor = stretch.next();
    }
    requireSame(head);
    feed.reached(cursor.position());
  }

  /// A log that ends where this has come to has to end with the same unit.
  private void requireSame(Head head) {
    if (!cursor.isAt(head) && cursor.position() >= head.position()) {
      throw new DamagedLogException(
          "The log ends at position %d with another unit than the one that was followed, at position %d"
              .formatted(head.position(), cursor.position()));
    }
  }

  private void forget(Unit unit) {
    for (Event event : unit.events()) {
      schema
          .history()
          .model(unit.schemaVersion(), event.model())
          .ifPresent(mapping -> cache.forget(mapping.now(), event.id(), unit.position()));
    }
  }
}
