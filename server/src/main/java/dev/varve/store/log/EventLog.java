package dev.varve.store.log;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.store.sql.DataFormat;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import dev.varve.store.sql.StorageException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log of all units of work: positions 1, 2, 3 … without gaps, each chained to the one before by hash.
public final class EventLog {
  static final String SELECT_HASH = "SELECT hash FROM varve_log WHERE position = ?";
  private static final String SELECT_AT = "SELECT at FROM varve_log WHERE position = ?";

  // of units that are read to see what they were about
  private static final long FOOTPRINT_BYTES = 4 * 1024 * 1024;
  // of what the writer asks for, before rows of the log
  private static final int STATE_COLUMNS = 9;

  private static final String HEAD_GONE = "The row that names the end of the log is gone";

  private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

  private final Database database;
  // of the writer's thread: when the end was noted last
  private final HeadNote note = new HeadNote();
  private final LogEpochs epochs = new LogEpochs();

  public EventLog(Database database) {
    this.database = database;
  }

  /// As they were read last, for positions that are told and taken.
  public LogEpochs epochs() {
    return epochs;
  }

  /// The name of this log, given to it by the first that asks.
  ///
  /// @param fresh makes one
  public String name(Supplier<String> fresh) {
    Session session = database.writer();
    try {
      session.update("UPDATE varve_head SET log = ? WHERE log IS NULL", List.of(fresh.get()));
      return session
          .first("SELECT log FROM varve_head WHERE id = 1", List.of(), row -> row.getString(1))
          .orElseThrow(() -> new DamagedLogException(HEAD_GONE));
    } catch (SQLException e) {
      throw new StorageException("The log could not be named", e);
    }
  }

  /// Opens the one transaction that may write. Nobody else writes until it is committed or rolled back.
  ///
  /// @param schemaVersion by which the units are written
  /// @throws Problem STORAGE_UNAVAILABLE when another node has brought the tables to a newer one, or is of a newer Varve beside which
  ///     this one may not write
  public Append begin(int schemaVersion) throws SQLException {
    return begin(schemaVersion, Long.MAX_VALUE);
  }

  /// The same, with the first units that others have written behind a position: to ask for them later would keep everybody waiting.
  public Append begin(int schemaVersion, long position) throws SQLException {
    return begun(session -> append(session, schemaVersion, position));
  }

  private Append append(Session session, int schemaVersion, long position) throws SQLException {
    boolean shared = session.dialect().isShared();
    Begun begun = new Begun(session, schemaVersion, shared);
    session.beginWriting(
        session.dialect().selectWriterState(), shared ? List.of(position) : List.of(), begun::take);
    Append append = begun.append;
    if (append == null) {
      session.rollback();
      throw new DamagedLogException(HEAD_GONE);
    }
    return append;
  }

  /// What comes back with the lock: in its first row what the writer has to know, and in each a row of the log, if there is one.
  private final class Begun {
    private final Session session;
    private final int schemaVersion;
    private final boolean shared;
    private final List<LogRow> behind = new ArrayList<>();
    private @Nullable Append append;

    Begun(Session session, int schemaVersion, boolean shared) {
      this.session = session;
      this.schemaVersion = schemaVersion;
      this.shared = shared;
    }

    boolean take(ResultSet row) throws SQLException {
      if (append == null) {
        requireNewest(row.getInt(4), schemaVersion);
        requireKnown(row.getInt(6));
        Instant floor = SqlValues.instant(row.getLong(5));
        append =
            new Append(
                session, schemaVersion, readHead(row), floor, readStanding(row), note, behind);
      }
      // positions begin with 1
      if (shared && row.getLong(STATE_COLUMNS + 1) > 0) {
        behind.add(LogRow.read(row, STATE_COLUMNS + 1));
      }
      return true;
    }
  }

  private static Append.Standing readStanding(ResultSet row) throws SQLException {
    return new Append.Standing(
        row.getLong(7), row.getLong(8) > 0, Optional.ofNullable(row.getString(9)));
  }

  private static void requireNewest(int newest, int schemaVersion) {
    if (newest != schemaVersion) {
      throw new Problem(
          ErrorCode.STORAGE_UNAVAILABLE,
          "The data have a newer schema than this server: try again in a moment");
    }
  }

  private static void requireKnown(int formatMinimum) {
    if (!DataFormat.isKnown(formatMinimum)) {
      throw new Problem(
          ErrorCode.STORAGE_UNAVAILABLE,
          "The data are served by a newer Varve, beside which this one does not write: try again in a moment, at another node");
    }
  }

  private static Head readHead(ResultSet row) throws SQLException {
    return new Head(row.getLong(1), SqlValues.instant(row.getLong(2)), row.getBytes(3));
  }

  /// Whether a unit is in the log for good. It is looked for as a writer: by then, whoever was about to write it has done so or never
  /// will. And what is found is told once that commit is done as it should be, for which all before it had to be.
  ///
  /// @param unit its position and hash
  public boolean holds(Head unit) throws SQLException {
    Session session = begun(EventLog::beginWriting);
    try {
      boolean held = holds(session, unit);
      if (held) {
        note.write(session, head(session));
        session.commit();
      } else {
        session.rollback();
      }
      return held;
    } catch (SQLException | RuntimeException e) {
      session.rollback(e);
      throw e;
    }
  }

  /// A connection that was lost since the last write costs the next one nothing: nothing of it was sent yet.
  private <T> T begun(Database.Work<T> begin) throws SQLException {
    Session session = database.writer();
    try {
      return begin(session, begin);
    } catch (SQLException e) {
      renewWriter(e);
      if (!session.dialect().isLost(e)) {
        throw e;
      }
    }
    return begin(database.writer(), begin);
  }

  private static <T> T begin(Session session, Database.Work<T> begin) throws SQLException {
    // asked for once, and not in a transaction, which it may spoil
    session.server();
    return begin.run(session);
  }

  private static Session beginWriting(Session session) throws SQLException {
    session.beginWriting();
    return session;
  }

  /// As long as a connection over which nothing could be begun is kept, every write might fail.
  private void renewWriter(SQLException cause) {
    try {
      database.renewWriter();
    } catch (SQLException e) {
      LOG.warn("The writer has no connection; the next write tries to get one", e);
      cause.addSuppressed(e);
    }
  }

  /// Whether a unit is in the log as the session sees it.
  ///
  /// @param unit its position and hash
  public static boolean holds(Session session, Head unit) throws SQLException {
    return unit.position() == 0
        || session
            .first(SELECT_HASH, List.of(unit.position()), row -> row.getBytes(1))
            .filter(hash -> Arrays.equals(hash, unit.hash()))
            .isPresent();
  }

  /// Sees to it that the log has the unit that was noted as its end.
  ///
  /// @throws DamagedLogException when it has lost it, or has another in its place
  public void requireNotedEnd() {
    database.read(session -> {
      requireNotedEnd(session);
      return true;
    });
  }

  /// The same, as the session sees it.
  public static void requireNotedEnd(Session session) throws SQLException {
    Head noted = notedHead(session);
    if (!holds(session, noted)) {
      throw new DamagedLogException(
          "The log has not the unit that is recorded as its end, %s: it is lost, or is not what was written"
              .formatted(noted));
    }
  }

  /// Notes the end of the log where that has waited for the next group long enough. For the writer, when nobody writes.
  public void noteEndWhenDue() {
    if (note.isDue()) {
      noteEnd();
    }
  }

  /// Notes the end of the log where that has waited for the next group. Called when there is none to come.
  public void noteEnd() {
    if (!note.isOpen()) {
      return;
    }
    note.tried();
    try {
      Session session = begun(EventLog::beginWriting);
      try {
        note.write(session, head(session));
        session.commit();
        note.noted();
      } catch (SQLException | RuntimeException e) {
        session.rollback(e);
        throw e;
      }
    } catch (SQLException e) {
      // it is tried again, and whoever opens the log next finds its end
      LOG.warn("The end of the log could not be noted", e);
    }
  }

  /// The end of the log.
  public Head head() {
    return database.read(EventLog::head);
  }

  /// The end of the log as the session sees it.
  public static Head head(Session session) throws SQLException {
    return head(session, session.dialect().selectHead());
  }

  /// The position of the end of the log as the session sees it, which comes with the answer to its next query.
  public static LongSupplier positionAhead(Session session) throws SQLException {
    Session.Ahead<Head> end = session.ahead(session.dialect().selectHead(), EventLog::readHead);
    return () -> {
      try {
        return end.get().orElseThrow(() -> new DamagedLogException(HEAD_GONE)).position();
      } catch (SQLException e) {
        throw new StorageException("The end of the log cannot be read", e);
      }
    };
  }

  /// The end of the log as it was noted last. A log that does not reach it was cut.
  public static Head notedHead(Session session) throws SQLException {
    return head(session, session.dialect().selectNotedHead());
  }

  private static Head head(Session session, String sql) throws SQLException {
    return session
        .first(sql, List.of(), EventLog::readHead)
        .orElseThrow(() -> new DamagedLogException(HEAD_GONE));
  }

  /// Up to `limit` units after a position, in order, each found right by its hash.
  ///
  /// @throws DamagedLogException when a unit is missing or not what was written
  public Stretch<Unit> read(Session session, Cursor cursor, int limit) throws SQLException {
    return read(session, cursor, limit, Long.MAX_VALUE);
  }

  /// The same, and no further once those read have so many bytes together: one unit may have thousands of changes.
  public Stretch<Unit> read(Session session, Cursor cursor, int limit, long bytes)
      throws SQLException {
    return stretch(session, cursor, limit, bytes, LogRow::unit);
  }

  /// Which records the next units were about, each found right by its hash: no more than `limit`, and those of some megabytes.
  public Stretch<Footprint> footprints(Session session, Cursor cursor, int limit)
      throws SQLException {
    return stretch(session, cursor, limit, FOOTPRINT_BYTES, LogRow::footprint);
  }

  private static <U> Stretch<U> stretch(
      Session session, Cursor cursor, int limit, long bytes, Function<LogRow, U> read)
      throws SQLException {
    return stretch(LogRow.list(session, cursor.position(), limit, bytes), cursor, read);
  }

  /// What rows that follow a cursor say, each found right by its hash.
  static <U> Stretch<U> stretch(List<LogRow> rows, Cursor cursor, Function<LogRow, U> read) {
    UnitHash unitHash = new UnitHash();
    List<U> units = new ArrayList<>();
    Cursor reached = cursor;
    for (LogRow row : rows) {
      reached = row.follow(unitHash, reached);
      units.add(read.apply(row));
    }
    return new Stretch<>(units, reached);
  }

  /// Where reading the log has come to.
  ///
  /// @param hash of the unit at that position
  public record Cursor(long position, byte[] hash) {
    /// Before the first unit.
    public static Cursor start() {
      return new Cursor(0, new byte[UnitHash.BYTES]);
    }

    /// Whether this is the end of the log that `head` names.
    public boolean isAt(Head head) {
      return head.position() == position && Arrays.equals(head.hash(), hash);
    }
  }

  /// Units read, and where reading goes on.
  public record Stretch<U>(List<U> units, Cursor next) {}

  /// A cursor that goes on after a position already known to be right.
  public Cursor cursor(Session session, long position) throws SQLException {
    if (position == 0) {
      return Cursor.start();
    }
    return session
        .first(SELECT_HASH, List.of(position), row -> new Cursor(position, row.getBytes(1)))
        .orElseThrow(() -> new DamagedLogException("The log has no position " + position));
  }

  static long atMicros(Session session, long position) throws SQLException {
    return session
        .first(SELECT_AT, List.of(position), row -> row.getLong(1))
        .orElseThrow(() -> new DamagedLogException("The log has no position " + position));
  }

  /// What the unit at a position did to the record `id` when it made this version; absent when it names
  /// no such change.
  public static Optional<Change.Kind> kind(Session session, long position, String id, long version)
      throws SQLException {
    return session
        .first(
            "SELECT events FROM varve_log WHERE position = ?",
            List.of(position),
            row -> LogRow.bytes(row, 1))
        .flatMap(events ->
            Event.read(events).stream()
                .filter(event -> event.id().equals(id) && event.version() == version)
                .map(Event::kind)
                .findFirst());
  }

  /// When a position was written; the epoch for position 0, before the first.
  public static Instant instantAt(Session session, long position) throws SQLException {
    if (position == 0) {
      return Instant.EPOCH;
    }
    return SqlValues.instant(atMicros(session, position));
  }
}
