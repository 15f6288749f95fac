package dev.varve.store.state;

import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/// The schema files that were applied to a database, by version: 1, 2, 3 …
public final class SchemaVersions {
  private static final String SELECT =
      "SELECT version, position, source FROM varve_schema ORDER BY version";
  private static final String INSERT =
      "INSERT INTO varve_schema (version, position, at, source) VALUES (?, ?, ?, ?)";

  private SchemaVersions() {}

  /// One schema file that was applied.
  ///
  /// @param position the last position that was written before it
  public record Applied(int version, long position, String source) {}

  /// All of them, oldest first.
  public static List<Applied> all(Session session) throws SQLException {
    return session.list(
        SELECT, List.of(), row -> new Applied(row.getInt(1), row.getLong(2), row.getString(3)));
  }

  static void add(Session session, Applied applied, Instant at) throws SQLException {
    session.update(
        INSERT,
        List.of(applied.version(), applied.position(), SqlValues.micros(at), applied.source()));
  }
}
