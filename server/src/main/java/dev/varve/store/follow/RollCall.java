package dev.varve.store.follow;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.store.log.Append;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/// Sees to it that nobody writes on a server that has taken the place of another before all nodes have looked there for what they
/// know: whoever knows less than the others would else write over what they miss.
///
/// Used by the writer thread alone.
final class RollCall {
  // who is silent for longer has ended, or finds out when it is back
  private static final Duration WAIT_MAX = NodeRows.TOLD_EVERY.multipliedBy(3);
  private static final long RETRY_SECONDS = 1;

  private final Clock clock;
  private String called = "";
  private long calledNanos;

  RollCall(Clock clock) {
    this.clock = clock;
  }

  /// Returns when the group may be written on the server of its session, which is noted with it.
  ///
  /// @throws Problem STORAGE_UNAVAILABLE as long as nodes have not looked there
  void require(Append append) throws SQLException {
    Session session = append.session();
    String server = session.server();
    if (server.isEmpty() || append.standing().server().filter(server::equals).isPresent()) {
      return;
    }
    if (append.standing().server().isPresent() && !isOver(session, server)) {
      throw Problem.unavailable(
          ErrorCode.STORAGE_UNAVAILABLE,
          "Another server has taken the place of the database, and it is looked whether it has everything: try again in a moment",
          RETRY_SECONDS);
    }
    note(session, server, append.head().position(), clock);
  }

  private boolean isOver(Session session, String server) throws SQLException {
    if (!server.equals(called)) {
      called = server;
      calledNanos = System.nanoTime();
    }
    return System.nanoTime() - calledNanos > WAIT_MAX.toNanos()
        || NodeRows.haveLookedAt(session, server);
  }

  /// Notes that the log goes on at a server. For whoever holds the writer's lock.
  ///
  /// @param position the last one that the server before had
  static void note(Session session, String server, long position, Clock clock) throws SQLException {
    session.update(
        "INSERT INTO varve_server (seq, server, position, at)"
            + " SELECT COALESCE(MAX(seq), 0) + 1, ?, ?, ? FROM varve_server",
        List.of(server, position, SqlValues.micros(clock.instant())));
  }
}
