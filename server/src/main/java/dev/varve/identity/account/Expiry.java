package dev.varve.identity.account;

import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/// Removes rows that are of no more use, a few with each write that adds some: more than are added, so that none are
/// left in the long run, and few enough that no write is slow.
public final class Expiry {
  private static final long ROWS_MAX = 20;

  private Expiry() {}

  static void pruneSessions(WriteContext write) throws SQLException {
    prune(write, "varve_session", "id", "expires_at", write.at());
    prune(write, "varve_refresh_token", "hash", "expires_at", write.at());
  }

  /// Removes some of the rows of a table.
  ///
  /// @param key a column, or more with commas between them, by which a row is found
  /// @param column the instant of a row, which has an index
  /// @param before rows with an earlier one are of no more use
  public static void prune(
      WriteContext write, String table, String key, String column, Instant before)
      throws SQLException {
    write
        .session()
        .update(
            "DELETE FROM %1$s WHERE (%2$s) IN (SELECT %2$s FROM %1$s WHERE %3$s < ? LIMIT ?)"
                .formatted(table, key, column),
            List.of(SqlValues.micros(before), ROWS_MAX));
  }
}
