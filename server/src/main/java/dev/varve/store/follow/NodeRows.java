package dev.varve.store.follow;

import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The nodes that serve a shared database, each by what it told of itself last.
public final class NodeRows {
  /// How often a node tells of itself.
  public static final Duration TOLD_EVERY = Duration.ofSeconds(2);

  // one that was silent for so long is gone
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

  private NodeRows() {}

  /// A node.
  ///
  /// @param name that its settings give it; nothing for none
  /// @param address where it can be reached, as far as it knows
  /// @param program the version of Varve
  /// @param schemaVersion that it serves
  /// @param fileVersion the version that its own schema file is; 0 where it does not say
  /// @param format the newest of the data that it knows; 0 where it does not say
  /// @param position up to which it has followed the log
  /// @param seenAt when it told that
  /// @param server on which it has found the end of the log that it knows, or has told that it is lost
  public record Node(
      String id,
      String name,
      String address,
      String program,
      int schemaVersion,
      int fileVersion,
      int format,
      long position,
      Instant startedAt,
      Instant seenAt,
      String server) {
    /// Whether it has told of itself as often as one does that is well.
    public boolean isWell(Instant now) {
      return seenAt.isAfter(now.minus(TOLD_EVERY.multipliedBy(3)));
    }

    /// Whether its schema file is one that was left behind.
    public boolean isBehind() {
      return fileVersion != 0 && fileVersion < schemaVersion;
    }
  }

  /// Tells of a node.
  public static void tell(Session session, Node node) throws SQLException {
    session.update(
        "INSERT INTO varve_node (id, name, address, program, schema_version, file_version, format, position, started_at, seen_at, server)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET address = excluded.address,"
            + " schema_version = excluded.schema_version, file_version = excluded.file_version, position = excluded.position, seen_at = excluded.seen_at,"
            + " server = excluded.server",
        List.of(
            node.id(),
            node.name(),
            node.address(),
            node.program(),
            node.schemaVersion(),
            node.fileVersion(),
            node.format(),
            node.position(),
            SqlValues.micros(node.startedAt()),
            SqlValues.micros(node.seenAt()),
            node.server()));
    session.update(
        "DELETE FROM varve_node WHERE seen_at < ?",
        List.of(SqlValues.micros(node.seenAt().minus(FORGOTTEN_AFTER))));
  }

  /// Takes a node away that ends.
  public static void remove(Session session, String id) throws SQLException {
    session.update("DELETE FROM varve_node WHERE id = ?", List.of(id));
  }

  /// All that told of themselves in the last minutes, the oldest first.
  public static List<Node> all(Session session) throws SQLException {
    return session.list(
        "SELECT id, name, address, program, schema_version, file_version, format, position, started_at, seen_at, server"
            + " FROM varve_node ORDER BY started_at, id",
        List.of(),
        row ->
            new Node(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getInt(5),
                row.getInt(6),
                row.getInt(7),
                row.getLong(8),
                SqlValues.instant(row.getLong(9)),
                SqlValues.instant(row.getLong(10)),
                row.getString(11)));
  }

  /// Whether all nodes have looked at a server for the end of the log that they know.
  static boolean haveLookedAt(Session session, String server) throws SQLException {
    return session
        .first("SELECT 1 FROM varve_node WHERE server <> ? LIMIT 1", List.of(server), row -> true)
        .isEmpty();
  }
}
