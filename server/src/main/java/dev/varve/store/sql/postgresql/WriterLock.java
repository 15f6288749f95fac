package dev.varve.store.sql.postgresql;

import java.util.List;

/// Takes the row that whoever writes takes first. The bounds hold for the transaction alone, so that connections which a pooler
/// hands on keep none of them.
///
/// No bound lies on the time of a statement: the commit is one too, and one that is broken off is in doubt.
final class WriterLock {
  // who waits for longer waits for somebody who has stopped
  static final int LOCK_SECONDS = 10;
  // whoever alters a table; all who read it wait behind that, so it gives way and tries again
  static final int TABLE_SECONDS = 2;
  // a writer that has stopped holds up whoever follows it; between two statements one decides in
  // memory, and makes tables anew
  private static final int IDLE_SECONDS = 30;

  // what is notified goes out with the commit, if there is one
  private static final List<String> STATEMENTS =
      List.of(
          "SET LOCAL lock_timeout = '%ds'".formatted(LOCK_SECONDS),
          "SET LOCAL idle_in_transaction_session_timeout = '%ds'".formatted(IDLE_SECONDS),
          "SELECT id FROM varve_head WHERE id = 1 FOR UPDATE",
          "NOTIFY " + PostgresWatch.CHANNEL);

  /// One round trip, with the BEGIN before it.
  static final String SQL = String.join("; ", STATEMENTS);

  /// How many results it has.
  static final int RESULTS = STATEMENTS.size();

  private WriterLock() {}
}
