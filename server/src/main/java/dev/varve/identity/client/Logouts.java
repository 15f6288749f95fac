package dev.varve.identity.client;

import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Sessions of applications that have ended, until the applications have been told. Whatever ends one writes it down in the unit in
/// which it ends ([dev.varve.identity.account.Sessions]).
public final class Logouts {
  // one that is gone for a day finds out when its tokens are refused
  private static final List<Duration> PAUSES =
      List.of(
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(4),
          Duration.ofHours(18));
  // longer than a client is waited for
  private static final Duration TELLING = Duration.ofSeconds(30);
  // told at the same time, each over a connection of its own
  private static final int DUE_MAX = 20;

  private Logouts() {}

  /// One that is to be told now.
  ///
  /// @param tries how often that has failed
  public record Due(String session, String account, String client, int tries) {}

  public static List<Due> due(Session rows, Instant at) throws SQLException {
    return rows.list(
        "SELECT session, account, client, tries FROM varve_logout WHERE next_at <= ? ORDER BY next_at LIMIT ?",
        List.of(SqlValues.micros(at), DUE_MAX),
        row -> new Due(row.getString(1), row.getString(2), row.getString(3), row.getInt(4)));
  }

  /// Those that are to be told now, for whoever takes them: others do not tell them as well, unless nobody says what came of it.
  public static List<Due> take(WriteContext write) throws SQLException {
    List<Due> due = due(write.session(), write.at());
    for (Due one : due) {
      write
          .session()
          .update(
              "UPDATE varve_logout SET next_at = ? WHERE session = ?",
              List.of(SqlValues.micros(write.at().plus(TELLING)), one.session()));
    }
    return due;
  }

  /// Forgets one: its client was told, or need not be.
  public static void done(WriteContext write, Due due) throws SQLException {
    write.session().update("DELETE FROM varve_logout WHERE session = ?", List.of(due.session()));
  }

  /// Notes that a client could not be told.
  ///
  /// @return when it is told again; nothing when it is given up
  public static Optional<Instant> failed(WriteContext write, Due due) throws SQLException {
    if (due.tries() >= PAUSES.size()) {
      done(write, due);
      return Optional.empty();
    }
    Instant next = write.at().plus(PAUSES.get(due.tries()));
    write
        .session()
        .update(
            "UPDATE varve_logout SET tries = ?, next_at = ? WHERE session = ?",
            List.of(due.tries() + 1, SqlValues.micros(next), due.session()));
    return Optional.of(next);
  }
}
