package dev.varve.store.state;

import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/// The schema files that were applied to a database, by version: 1, 2, 3 …
public final class SchemaVersions {
  private static final String SELECT =
      "SELECT version, position, at, source FROM varve_schema ORDER BY version";
  private static final String INSERT =
      "INSERT INTO varve_schema (version, position, at, source) VALUES (?, ?, ?, ?)";

  private SchemaVersions() {}

  /// One schema file that was applied.
  ///
  /// @param position the last position that was written before it
  /// @param at when it was applied
  public record Applied(int version, long position, Instant at, String source) {}

  /// All of them, oldest first.
  public static List<Applied> all(Session session) throws SQLException {
    return session.list(
        SELECT,
        List.of(),
        row ->
            new Applied(
                row.getInt(1),
                row.getLong(2),
                SqlValues.instant(row.getLong(3)),
                row.getString(4)));
  }

  /// The number of the newest; 0 before the first.
  public static int newest(Session session) throws SQLException {
    return session
        .first(
            "SELECT COALESCE(MAX(version), 0) FROM varve_schema", List.of(), row -> row.getInt(1))
        .orElse(0);
  }

  static void add(Session session, Applied applied) throws SQLException {
    session.update(
        INSERT,
        List.of(
            applied.version(),
            applied.position(),
            SqlValues.micros(applied.at()),
            applied.source()));
  }
}
