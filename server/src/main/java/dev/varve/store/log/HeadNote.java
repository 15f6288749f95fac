package dev.varve.store.log;

import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.util.List;

/// Notes the end of the log beside it, so that a log that was cut is known from one that ends. Used by the writer alone.
final class HeadNote {
  private long notedNanos;
  private boolean noted;

  /// Notes the end in the session's transaction, if it is time to.
  void write(Session session, Head head) throws SQLException {
    long now = System.nanoTime();
    if (!noted || now - notedNanos >= session.dialect().headNotedEvery().toNanos()) {
      writeNow(session, head);
      notedNanos = now;
      noted = true;
    }
  }

  /// Notes the end in the session's transaction.
  void writeNow(Session session, Head head) throws SQLException {
    session.dialect().makeRoom(session, head.position());
    session.update(
        session.dialect().noteHead(),
        List.of(head.position(), SqlValues.micros(head.at()), head.hash()));
  }
}
