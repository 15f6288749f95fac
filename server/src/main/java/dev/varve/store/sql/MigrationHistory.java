package dev.varve.store.sql;

import java.sql.SQLException;
import java.util.List;

/// What a database notes of the scripts that made Varve's own tables in it.
///
/// @param scripts how many have run
/// @param checksums of them, added up
/// @param unfinished how many have begun and not come to their end, and how many columns wait for what follows all of them
public record MigrationHistory(int scripts, long checksums, int unfinished) {
  static final String TABLE = "varve_migrations";

  private static final MigrationHistory NONE = new MigrationHistory(0, 0, 0);
  private static final String SELECT =
      "SELECT count(*), coalesce(sum(checksum), 0), count(*) FILTER (WHERE NOT success)"
          + " FROM varve_migrations WHERE type = 'SQL'";

  static MigrationHistory of(Session session) throws SQLException {
    if (session.dialect().columns(session, TABLE).isEmpty()) {
      return NONE;
    }
    MigrationHistory scripts =
        session
            .first(
                SELECT,
                List.of(),
                row -> new MigrationHistory(row.getInt(1), row.getLong(2), row.getInt(3)))
            .orElse(NONE);
    // afterwards: of all scripts that are counted
    return scripts.withUnfinished(session.dialect().unfinishedColumns(session));
  }

  private MigrationHistory withUnfinished(int columns) {
    return new MigrationHistory(scripts, checksums, unfinished + columns);
  }
}
