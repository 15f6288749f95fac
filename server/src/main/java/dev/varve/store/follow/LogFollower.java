package dev.varve.store.follow;

import dev.varve.kernel.Problem;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.log.Append;
import dev.varve.store.log.Committed;
import dev.varve.store.log.DamagedLogException;
import dev.varve.store.log.Event;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Follower;
import dev.varve.store.log.Footprint;
import dev.varve.store.log.Head;
import dev.varve.store.log.LogEpochs;
import dev.varve.store.sql.DataFormat;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StorageException;
import dev.varve.store.sql.TablesInUse;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.SchemaVersions;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
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
          + " (SELECT hash FROM varve_log WHERE position = ?),"
          + " (SELECT COALESCE(MAX(epoch), 1) FROM varve_epoch), (SELECT COUNT(*) FROM varve_lost),"
          + " (SELECT format_min FROM varve_head WHERE id = 1)";

  private final Database database;
  private final EventLog log;
  private final AppliedSchema schema;
  private final RecordCache cache;
  private final Follower feed;
  private final Notices notices;
  private final LogFreshness freshness;
  private final KnownEnd known;
  private final RollCall rollCall;
  private final List<Runnable> forgetters = new CopyOnWriteArrayList<>();
  private final ReentrantLock turn = new ReentrantLock();
  // changed by whose turn it is
  private volatile Head end;
  private volatile boolean outdated;
  // whether the feed is still to hear that what it told is void; of whose turn it is
  private boolean isForked;
  // on which the end was looked for last
  private volatile String server = "";
  // of whoever watches, to tell another connection from the one before
  private @Nullable Session watched;
  // the end of the log when somebody looked last
  private volatile long seen;
  // how many turns the own writer has had, in each of which it knew of all that was committed
  private final AtomicLong ownTurns = new AtomicLong();
  // when the last look began that readers asked for; of whose turn it is
  private long reachedNanos = System.nanoTime();

  /// @param cache as of `start`
  /// @param feed hears of every unit
  /// @param known what this node has answered and shown
  /// @param start the end of the log
  public LogFollower(
      Database database,
      EventLog log,
      AppliedSchema schema,
      RecordCache cache,
      Follower feed,
      Notices notices,
      LogFreshness freshness,
      KnownEnd known,
      Head start) {
    this.database = database;
    this.log = log;
    this.schema = schema;
    this.cache = cache;
    this.feed = feed;
    this.notices = notices;
    this.freshness = freshness;
    this.known = known;
    this.rollCall = new RollCall(known.clock());
    this.end = start;
    this.seen = start.position();
  }

  /// Also forgets what somebody keeps in memory, as soon as it may be of a log that is no more.
  public void alsoForget(Runnable forgetter) {
    forgetters.add(forgetter);
  }

  /// The position up to which everything has been followed.
  public long position() {
    return end.position();
  }

  /// The epochs of the log that is followed.
  public LogEpochs epochs() {
    return log.epochs();
  }

  /// The server on which this node has looked for the end that it knows; empty where servers have no names.
  public String server() {
    return server;
  }

  /// How many positions are known to be in the log and are not followed yet.
  public long lag() {
    return Math.max(0, seen - end.position());
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
    reached(head);
    feed.committed(units);
  }

  private void reached(Head head) {
    end = head;
    if (database.isShared()) {
      known.reached(head, server);
    }
  }

  /// Follows what others have committed before the own writer got its turn.
  ///
  /// @throws Problem STORAGE_UNAVAILABLE while the end of the log is lost, or another server has just taken over
  /// @throws DamagedLogException when the log is not the one that was followed
  public void follow(Append append) throws SQLException {
    if (append.standing().halted()) {
      throw epochs().halted();
    }
    boolean other =
        database.isShared()
            && (known.isLost()
                || epochs().gap().isPresent()
                || append.standing().epoch() != epochs().current());
    Head head = append.head();
    if (other || head.position() != end.position() || !Arrays.equals(head.hash(), end.hash())) {
      turn.lock();
      try {
        followAs(append, other);
      } finally {
        turn.unlock();
      }
    }
    if (!database.isShared() && freshness.isDoubted()) {
      // nothing else is committed while this has its turn
      freshness.looked(System.nanoTime());
    }
    rollCall.require(append);
    ownTurns.incrementAndGet();
  }

  /// How often the own writer has followed what others have committed.
  long ownTurns() {
    return ownTurns.get();
  }

  private void followAs(Append append, boolean other) throws SQLException {
    Session session = append.session();
    if (other) {
      examine(session);
    }
    try {
      long before = end.position();
      EventLog.Stretch<Footprint> read = append.footprints(end.cursor());
      if (!read.units().isEmpty()) {
        follow(read);
      }
      follow(session, append.head(), before);
    } catch (DamagedLogException e) {
      if (!database.isShared() || EventLog.holds(session, end)) {
        throw e;
      }
      examine(session);
    }
    if (known.isLost()) {
      known.tell(session, true);
      // the others are told with it; nothing else is in the transaction yet
      session.commit();
      throw epochs().halted();
    }
  }

  /// Looks whether what is known is in the log, and starts anew when what is in memory is not.
  private void examine(Session session) throws SQLException {
    KnownEnd.Finding finding = known.examine(session);
    if (finding.voidsMemory() || !EventLog.holds(session, end)) {
      forgetAll(session);
    }
    known.settle(session, finding, session.server());
    if (isForked) {
      // who comes back is told of the epoch that there is now
      feed.forked(end.position());
      isForked = false;
    }
  }

  private void forgetAll(Session session) throws SQLException {
    // all that is asked of the database comes first: it may fail, and is tried again then
    Head head = EventLog.head(session);
    long announced = ends(session).notice();
    isForked = true;
    cache.clear(head.position());
    end = head;
    forgetters.forEach(Runnable::run);
    notices.startOver(announced);
  }

  @Override
  public void reach(long position) {
    if (!looksUpTo(position)) {
      doubt();
    }
  }

  /// From now on nothing in memory is believed, until somebody has looked for what has been committed.
  public void doubt() {
    freshness.doubt();
  }

  /// Looks for it where nobody else does, if there was a doubt.
  public void lookAgain() {
    if (database.isShared() || !freshness.isDoubted()) {
      return;
    }
    turn.lock();
    try {
      long start = System.nanoTime();
      if (database.<Boolean>lookup(this::followAll)) {
        freshness.looked(start);
      }
    } finally {
      turn.unlock();
    }
  }

  /// The same.
  ///
  /// @return whether all is followed by now that was committed before this was asked, whether that comes to the position or not
  public boolean looksUpTo(long position) {
    long asked = System.nanoTime();
    try {
      if (end.position() >= position) {
        return true;
      }
      if (!turn.tryLock(REACH_MILLIS, TimeUnit.MILLISECONDS)) {
        return false;
      }
      try {
        return end.position() >= position || looked(asked);
      } finally {
        turn.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (DamagedLogException e) {
      // whoever watches looks into it next
      LOG.debug("The log is not the one that was followed", e);
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
    boolean complete = lookedAtSame(session);
    if (!complete) {
      // not in turn: it may wait for the own writer, which may wait for its turn
      known.tell(session, false);
      complete = lookedOn(session);
    }
    if (complete) {
      freshness.looked(start);
    }
  }

  /// Follows the log where it is the one that was followed; else it is examined.
  private boolean lookedAtSame(Session session) throws SQLException {
    // asked before it is in turn, so that the own writer, for whom all others wait, does not wait
    // for the answer
    Ends ends = ends(session);
    turn.lock();
    try {
      seen = ends.position();
      if (isOther(session, ends)) {
        examine(session);
        attend(session, ends);
        return false;
      }
      return follow(session, ends);
    } finally {
      turn.unlock();
    }
  }

  private boolean lookedOn(Session session) throws SQLException {
    turn.lock();
    try {
      return follow(session, ends(session));
    } finally {
      turn.unlock();
    }
  }

  /// @return whether it could be followed
  private boolean follow(Session session, Ends ends) throws SQLException {
    if (ends.schema() != schema.version() || !DataFormat.isKnown(ends.formatMinimum())) {
      // what comes next is written in terms that are not known here
      outdated = true;
      return false;
    }
    if (!ends.holdsEnd()) {
      // it was lost just now: the next look examines it
      return false;
    }
    // less is what was so before the own writer went on
    if (ends.position() > end.position()) {
      follow(session, EventLog.head(session));
    }
    notices.hear(session, ends.notice());
    return true;
  }

  /// Whether the log may not be the one that was followed.
  private boolean isOther(Session session, Ends ends) {
    return session != watched
        || known.isLost()
        || !ends.holdsEnd()
        || ends.epoch() != epochs().current()
        || ends.lost() != epochs().gap().map(LogEpochs.Gap::ends).orElse(0L);
  }

  /// The connection is another one than before: what was announced meanwhile was not heard, and it may lead to another server.
  private void attend(Session session, Ends ends) throws SQLException {
    if (session == watched) {
      return;
    }
    String now = session.server();
    if (watched != null) {
      notices.startOver(ends.notice());
      forgetters.forEach(Runnable::run);
    }
    if (!now.equals(server)) {
      // records may have been read of a later state than what was followed
      cache.clear(end.position());
      server = now;
      known.reached(end, now);
    }
    watched = session;
  }

  /// Takes note of where this begins, and of what was announced before, of which nothing is in memory. Called once, before anything
  /// is, where the database is shared.
  public void begin() {
    turn.lock();
    try {
      // a node that starts beside this one may be altering what is read; a connection that is made
      // anew may lead to another server
      notices.startAt(TablesInUse.use(database, "The log is followed", _ -> begun()).notice());
      known.reached(end, server);
    } catch (SQLException e) {
      throw new StorageException("The log could not be followed", e);
    } finally {
      turn.unlock();
    }
  }

  private Ends begun() throws SQLException {
    Session session = database.writer();
    server = session.server();
    return ends(session);
  }

  /// @param holdsEnd whether the log has the end that was followed
  /// @param lost how many ends of it are told of as lost
  private record Ends(
      long position,
      long notice,
      int schema,
      boolean holdsEnd,
      long epoch,
      long lost,
      int formatMinimum) {}

  private Ends ends(Session session) throws SQLException {
    Head followed = end;
    return session
        .first(
            SELECT_ENDS,
            List.of(followed.position()),
            row ->
                new Ends(
                    row.getLong(1),
                    row.getLong(2),
                    row.getInt(3),
                    followed.position() == 0 || Arrays.equals(row.getBytes(4), followed.hash()),
                    row.getLong(5),
                    row.getLong(6),
                    row.getInt(7)))
        .orElseThrow();
  }

  private void follow(Session session, Head head) throws SQLException {
    follow(session, head, end.position());
  }

  /// @param before where the feed has been told of
  private void follow(Session session, Head head, long before) throws SQLException {
    seen = head.position();
    if (head.position() - end.position() > LAG_UNITS_MAX) {
      requireHeld(session);
      LOG.info(
          "{} units were written elsewhere: everything in memory is forgotten",
          head.position() - end.position());
      cache.clear(head.position());
      reached(head);
    }
    while (end.position() < head.position()) {
      int units = (int) Math.min(STRETCH_UNITS, head.position() - end.position());
      follow(log.footprints(session, end.cursor(), units));
    }
    requireSame(head);
    if (end.position() > before) {
      feed.reached(end.position());
    }
  }

  private void follow(EventLog.Stretch<Footprint> stretch) {
    if (stretch.units().isEmpty()) {
      throw new DamagedLogException("The log has no position " + (end.position() + 1));
    }
    for (Footprint unit : stretch.units()) {
      forget(unit);
      cache.reached(unit.position());
    }
    reached(
        new Head(stretch.next().position(), stretch.units().getLast().at(), stretch.next().hash()));
  }

  private void requireHeld(Session session) throws SQLException {
    if (!EventLog.holds(session, end)) {
      throw new DamagedLogException("The log has not the unit that was followed, " + end);
    }
  }

  /// A log that ends where this has come to has to end with the same unit.
  private void requireSame(Head head) {
    if (!end.cursor().isAt(head) && end.position() >= head.position()) {
      throw new DamagedLogException(
          "The log ends at position %d with another unit than the one that was followed, at position %d"
              .formatted(head.position(), end.position()));
    }
  }

  private void forget(Footprint unit) {
    for (Event.Target target : unit.targets()) {
      schema
          .history()
          .model(unit.schemaVersion(), target.model())
          .ifPresent(mapping -> cache.forget(mapping.now(), target.id(), unit.position()));
    }
  }
}
