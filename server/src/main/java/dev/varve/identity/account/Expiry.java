package dev.varve.identity.account;

import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.util.List;

/// Removes rows that are of no more use, a few with each write that adds some: more than are added, so that none are
/// left in the long run, and few enough that no write is slow.
final class Expiry {
  private static final long ROWS_MAX = 20;

  private Expiry() {}

  static void pruneSessions(WriteContext write) throws SQLException {
    prune(write, "varve_session", "id", "expires_at");
    prune(write, "varve_refresh_token", "hash", "expires_at");
  }

  static void pruneMailTokens(WriteContext write) throws SQLException {
    prune(write, "varve_mail_token", "hash", "expires_at");
  }

  static void pruneAttempts(WriteContext write, long forgottenMicros) throws SQLException {
    prune(write, "varve_attempt", "subject", "last_at", forgottenMicros);
  }

  private static void prune(WriteContext write, String table, String key, String column)
      throws SQLException {
    prune(write, table, key, column, SqlValues.micros(write.at()));
  }

  private static void prune(
      WriteContext write, String table, String key, String column, long beforeMicros)
      throws SQLException {
    write
        .session()
        .update(
            "DELETE FROM %1$s WHERE %2$s IN (SELECT %2$s FROM %1$s WHERE %3$s < ? LIMIT ?)"
                .formatted(table, key, column),
            List.of(beforeMicros, ROWS_MAX));
  }
}
