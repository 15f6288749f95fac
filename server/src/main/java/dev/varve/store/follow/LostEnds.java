package dev.varve.store.follow;

import dev.varve.store.log.Head;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/// Ends of the log that nodes have known and that the database does not have any more, as all nodes are told of them.
public final class LostEnds {
  // as many as are told of: nodes that are told of the same end are one
  private static final int LISTED_MAX = 100;

  private LostEnds() {}

  /// An end that is lost.
  ///
  /// @param epoch that the log was in
  /// @param kept the last position that the log still has from before
  /// @param address of the node that told first
  public record LostEnd(Head end, long epoch, long kept, String address, Instant noticedAt) {}

  /// All that are told of and not accepted, the furthest first.
  public static List<LostEnd> all(Session session) throws SQLException {
    return session.list(
        "SELECT position, at, hash, epoch, kept, address, noticed_at FROM varve_lost"
            + " ORDER BY position DESC, hash LIMIT ?",
        List.of(LISTED_MAX),
        row ->
            new LostEnd(
                new Head(row.getLong(1), SqlValues.instant(row.getLong(2)), row.getBytes(3)),
                row.getLong(4),
                row.getLong(5),
                row.getString(6),
                SqlValues.instant(row.getLong(7))));
  }

  static boolean isTold(Session session, Head end) throws SQLException {
    return session
        .first("SELECT 1 FROM varve_lost WHERE hash = ?", List.of(end.hash()), row -> true)
        .isPresent();
  }

  /// Tells of one. For whoever holds the writer's lock.
  static void tell(Session session, LostEnd lost) throws SQLException {
    session.update(
        "INSERT INTO varve_lost (hash, epoch, position, at, kept, address, noticed_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
        List.of(
            lost.end().hash(),
            lost.epoch(),
            lost.end().position(),
            SqlValues.micros(lost.end().at()),
            lost.kept(),
            lost.address(),
            SqlValues.micros(lost.noticedAt())));
  }

  /// Takes one back that the log has again. For whoever holds the writer's lock.
  static void takeBack(Session session, Head end) throws SQLException {
    session.update("DELETE FROM varve_lost WHERE hash = ?", List.of(end.hash()));
  }

  /// The last position that the log has in common with what a node knew, when it had found its end on a server.
  ///
  /// @param head the end of the log by now
  static long kept(Session session, EndNote.Known known, Head head) throws SQLException {
    long takenOver =
        session
            .first(
                "SELECT MIN(position) FROM varve_server"
                    + " WHERE seq > (SELECT MAX(seq) FROM varve_server WHERE server = ?)",
                List.of(known.server()),
                row -> {
                  long position = row.getLong(1);
                  return row.wasNull() ? Long.MAX_VALUE : position;
                })
            .orElse(Long.MAX_VALUE);
    return Math.max(0, Math.min(Math.min(takenOver, head.position()), known.end().position() - 1));
  }

  /// An end that a node knew turns out to be further than what was accepted as lost: positions up to it mean something else, too.
  static void extend(Session session, EndNote.Known known) throws SQLException {
    session.update(
        "UPDATE varve_epoch SET lost = ? WHERE lost < ?"
            + " AND epoch = (SELECT MIN(epoch) FROM varve_epoch WHERE epoch > ? AND kept < ?)",
        List.of(
            known.end().position(), known.end().position(), known.epoch(), known.end().position()));
  }
}
