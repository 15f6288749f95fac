package dev.varve.store.log;

import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.util.List;

/// Notes the end of the log beside it, so that a log that was cut is known from one that ends. Used by the writer alone.
final class HeadNote {
  private long everyNanos;
  private long triedNanos;
  // whether units were committed behind the end that was noted last
  private boolean open;
  private boolean written;

  /// Notes the end in the session's transaction, if it is time to.
  ///
  /// @return whether it is noted when the transaction is committed
  boolean writeWhenDue(Session session, Head head) throws SQLException {
    everyNanos = session.dialect().headNotedEvery().toNanos();
    if (written && System.nanoTime() - triedNanos < everyNanos) {
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
  void committed(boolean noted) {
    written = true;
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
}
