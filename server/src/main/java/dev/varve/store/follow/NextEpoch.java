package dev.varve.store.follow;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.store.log.Append;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.LogEpochs;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/// Begins the next epoch of a log that has lost its end: a unit without changes says so in the log itself, for good, and from then on
/// all nodes write again.
public final class NextEpoch {
  private static final String ACTOR = "varve";

  private NextEpoch() {}

  /// @param schemaVersion the newest one
  /// @param kept the position behind which the log goes on, as it was shown to whoever accepts it
  /// @throws Problem CONFLICT when by now there is nothing to accept, or something else
  public static LogEpochs.Epoch begin(EventLog log, int schemaVersion, long kept, Clock clock)
      throws SQLException {
    Append append = log.begin(schemaVersion);
    try {
      LogEpochs.Epoch next = next(append, kept);
      Session session = append.session();
      Instant at = append.instant(clock.instant());
      append.add(at, ACTOR, said(next), List.of());
      session.update(
          "INSERT INTO varve_epoch (epoch, kept, lost, at) VALUES (?, ?, ?, ?)",
          List.of(next.number(), next.kept(), next.lost(), SqlValues.micros(at)));
      session.update("DELETE FROM varve_lost", List.of());
      noteServer(append, kept, clock);
      append.commit();
      return next;
    } catch (SQLException | RuntimeException e) {
      append.session().rollback(e);
      throw e;
    }
  }

  /// In the place of a request that nobody sent.
  private static String said(LogEpochs.Epoch next) {
    return "epoch %d behind position %d, lost up to %d"
        .formatted(next.number(), next.kept(), next.lost());
  }

  private static LogEpochs.Epoch next(Append append, long kept) throws SQLException {
    List<LostEnds.LostEnd> lost = LostEnds.all(append.session());
    if (lost.isEmpty()) {
      throw new Problem(
          ErrorCode.CONFLICT, "Nothing of the log is lost: there is nothing to accept");
    }
    long shared = lost.stream().mapToLong(LostEnds.LostEnd::kept).min().orElseThrow();
    if (shared != kept) {
      throw new Problem(
          ErrorCode.CONFLICT,
          "The log goes on behind position %d, not %d: look again what is lost"
              .formatted(shared, kept));
    }
    long before =
        lost.stream()
            .mapToLong(LostEnds.LostEnd::epoch)
            .reduce(append.standing().epoch(), Math::max);
    // the furthest is the first
    return new LogEpochs.Epoch(before + 1, shared, lost.getFirst().end().position());
  }

  /// Nodes that have not looked at this server yet are not waited for any more.
  private static void noteServer(Append append, long kept, Clock clock) throws SQLException {
    String server = append.session().server();
    if (!server.isEmpty() && !append.standing().server().filter(server::equals).isPresent()) {
      RollCall.note(append.session(), server, kept, clock);
    }
  }
}
