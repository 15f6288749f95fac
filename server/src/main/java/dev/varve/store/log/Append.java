package dev.varve.store.log;

import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A group of units on its way into the log, in one database transaction.
///
/// The caller adds units, writes what it derives from them through the same session, and commits all of
/// it at once, durably, or rolls all of it back.
public final class Append {
  private final Session session;
  private final int schemaVersion;
  private final UnitHash unitHash = new UnitHash();
  private final List<Row> rows = new ArrayList<>();
  private final HeadNote note;
  private final Instant floor;
  private final Standing standing;
  // what others have written, where that was asked for
  private final List<LogRow> behind;
  private Head head;

  /// What else is so while the writer's lock is held.
  ///
  /// @param epoch that the log is in
  /// @param halted whether the end of the log was lost, and nobody has accepted that
  /// @param server the last one on which the log was written; nothing where that was never told
  public record Standing(long epoch, boolean halted, Optional<String> server) {}

  private record Row(Committed unit, LogRow stored) {}

  /// @param floor no unit may be written at that instant or before
  Append(
      Session session,
      int schemaVersion,
      Head head,
      Instant floor,
      Standing standing,
      HeadNote note,
      List<LogRow> behind) {
    this.session = session;
    this.schemaVersion = schemaVersion;
    this.head = head;
    this.floor = floor;
    this.standing = standing;
    this.note = note;
    this.behind = behind;
  }

  public Session session() {
    return session;
  }

  public Standing standing() {
    return standing;
  }

  /// What others have written behind a cursor, as far as it was asked for with the lock: maybe not all, and maybe nothing.
  ///
  /// @throws DamagedLogException when a unit is missing or not what was written
  public EventLog.Stretch<Footprint> footprints(EventLog.Cursor cursor) {
    List<LogRow> rows = behind.stream().filter(row -> row.position() > cursor.position()).toList();
    // the cursor may have gone back since they were asked for; what is between is read by others
    // then
    boolean follow = !rows.isEmpty() && rows.getFirst().position() == cursor.position() + 1;
    return EventLog.stretch(follow ? rows : List.of(), cursor, LogRow::footprint);
  }

  /// The end of the log, including the units added so far.
  public Head head() {
    return head;
  }

  /// Whether no unit was added.
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /// The instant of the next unit: `clock`, or that of the unit before when the clock has gone back, or behind what somebody has
  /// read about already.
  public Instant instant(Instant clock) {
    Instant now = clock.truncatedTo(ChronoUnit.MICROS);
    Instant at = now.isBefore(head.at()) ? head.at() : now;
    return at.isAfter(floor) ? at : floor.plus(1, ChronoUnit.MICROS);
  }

  /// Adds a unit at the next position.
  ///
  /// @param at from [#instant]
  public long add(Instant at, String actor, String requestId, List<Change> changes) {
    long position = head.position() + 1;
    long micros = SqlValues.micros(at);
    byte[] writer = UnitHash.utf8(actor);
    byte[] request = UnitHash.utf8(requestId);
    byte[] events = Event.write(changes);
    byte[] hash =
        unitHash.of(head.hash(), position, micros, schemaVersion, writer, request, events);
    rows.add(
        new Row(
            new Committed(position, at, actor, requestId, changes),
            new LogRow(position, micros, writer, request, schemaVersion, events, hash)));
    head = new Head(position, at, hash);
    return position;
  }

  /// Writes the units and commits the transaction. When this returns, they are durable.
  ///
  /// @return the units, in order
  /// @throws CommitInDoubt when the commit failed, so that they may be durable or not
  public List<Committed> commit() throws SQLException {
    session.insert(LogRow.INSERT, rows.stream().map(row -> row.stored().columns()).toList());
    boolean noted = note.writeWhenDue(session, head);
    if (rows.isEmpty()) {
      // the log could not tell what became of them
      session.sendRows();
    }
    List<Committed> units = rows.stream().map(Row::unit).toList();
    try {
      session.commit();
    } catch (SQLException e) {
      throw new CommitInDoubt(units, head, e);
    }
    note.committed(noted);
    return units;
  }

  /// Gives up the group: nothing of it is kept.
  public void rollback() throws SQLException {
    session.rollback();
  }
}
