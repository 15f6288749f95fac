package dev.varve.store.log;

import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Notes the end of the log beside it, so that a log that was cut is known from one that ends. Used by the writer alone.
final class HeadNote {
  private long everyNanos;
  private long triedNanos;
  // whether units were committed behind the end that was noted last
  private boolean open;
  private @Nullable Head last;

  /// Notes the end in the session's transaction, if it is time to.
  ///
  /// @return whether it is noted when the transaction is committed
  boolean writeWhenDue(Session session, Head head) throws SQLException {
    everyNanos = session.dialect().headNotedEvery().toNanos();
    if (last != null && System.nanoTime() - triedNanos < everyNanos) {
      return false;
    }
    write(session, head);
    return true;
  }

  /// Notes the end in the session's transaction.
  ///
  /// @throws DamagedLogException when an end behind it was noted before
  void write(Session session, Head head) throws SQLException {
    session.dialect().makeRoom(session, head.position());
    int noted =
        session.update(
            session.dialect().noteHead(),
            List.of(head.position(), SqlValues.micros(head.at()), head.hash(), head.position()));
    if (noted == 0) {
      throw new DamagedLogException(
          "The log ends at %s, but its end is recorded as %s"
              .formatted(head, EventLog.notedHead(session)));
    }
  }

  /// A group is in the log.
  ///
  /// @param noted whether the note went with it
  void committed(Head head, boolean noted) {
    last = head;
    if (noted) {
      noted();
    } else {
      open = true;
    }
  }

  void noted() {
    open = false;
    tried();
  }

  /// It was to be noted, whether that went well or not.
  void tried() {
    triedNanos = System.nanoTime();
  }

  boolean isOpen() {
    return open;
  }

  boolean isDue() {
    return open && System.nanoTime() - triedNanos >= everyNanos;
  }

  /// Nobody takes units back that this process has committed.
  ///
  /// @param head of the log as it is now
  /// @throws DamagedLogException when it ends before, or with another unit at that position
  void requireNoneLost(Head head) {
    if (last == null || head.position() > last.position()) {
      return;
    }
    if (head.position() < last.position() || !Arrays.equals(head.hash(), last.hash())) {
      throw new DamagedLogException(
          "The log ends at %s, and this process has committed %s: what was there is lost"
              .formatted(head, last));
    }
  }
}
