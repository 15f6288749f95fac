package dev.varve.store.sql.postgresql;

import dev.varve.store.sql.Session;
import java.sql.SQLException;

/// The parts of the log's table, each for a range of positions: an old one can be taken away whole.
final class LogPartitions {
  /// How many positions one has: about 10 GB of log.
  static final long POSITIONS = 10_000_000;

  private LogPartitions() {}

  /// Makes the part behind the one that a position lies in, once that is half full: the next units are far from its end then.
  static void makeRoom(Session session, long position) throws SQLException {
    if (position % POSITIONS < POSITIONS / 2) {
      return;
    }
    long next = position / POSITIONS + 1;
    String name = "varve_log_" + next;
    if (session.dialect().tables(session).contains(name)) {
      return;
    }
    // attached, a table keeps nobody from reading meanwhile; made as a part, it would
    session.execute("CREATE TABLE %s (LIKE varve_log INCLUDING ALL)".formatted(name));
    session.execute(
        "ALTER TABLE varve_log ATTACH PARTITION %s FOR VALUES FROM (%d) TO (%d)"
            .formatted(name, next * POSITIONS, (next + 1) * POSITIONS));
  }
}
