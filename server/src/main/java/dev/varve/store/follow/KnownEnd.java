package dev.varve.store.follow;

import dev.varve.store.log.EventLog;
import dev.varve.store.log.Head;
import dev.varve.store.log.LogEpochs;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StorageException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether a shared database still has the end of the log that this node knows. A database may lose it: by a failover to a standby
/// that was behind, or because a backup was restored.
///
/// ```
/// HELD --- the unit is not in the log any more ---> LOST, which all nodes are told: nobody writes
/// LOST --- the log has it again ------------------> HELD
/// LOST --- an operator has accepted it -----------> GIVEN_UP, and HELD again at the end that the log has by then
/// ```
public final class KnownEnd {
  private static final Logger LOG = LoggerFactory.getLogger(KnownEnd.class);

  private final LogEpochs epochs;
  private final EndNote note;
  private final Supplier<String> address;
  private final Clock clock;
  private volatile boolean lost;

  /// @param address where this node can be reached, for those who are told that it misses something
  public KnownEnd(LogEpochs epochs, EndNote note, Supplier<String> address, Clock clock) {
    this.epochs = epochs;
    this.note = note;
    this.address = address;
    this.clock = clock;
  }

  /// One of a process that has its data to itself.
  public static KnownEnd alone(EventLog log) {
    return new KnownEnd(log.epochs(), EndNote.inMemory(), () -> "", Clock.systemUTC());
  }

  /// What the database has of what a node knows.
  enum Verdict {
    HELD,
    /// It is lost, and that was accepted.
    GIVEN_UP,
    LOST
  }

  /// @param voidsMemory whether what is in memory is of a log that is no more, or was in another epoch
  record Finding(Verdict verdict, boolean voidsMemory) {}

  /// Looks for the end that this node knew when it ran before. Called once, before anything is written or altered.
  public void open(Database database) {
    if (!database.isShared()) {
      database.<Boolean>read(session -> {
        epochs.read(session);
        return true;
      });
      return;
    }
    Session session = database.writer();
    try {
      String server = session.server();
      settle(session, examine(session), server);
      tell(session, false);
    } catch (SQLException e) {
      throw new StorageException("The end of the log could not be looked for", e);
    }
  }

  Clock clock() {
    return clock;
  }

  /// Whether what this node knows is lost.
  boolean isLost() {
    return lost;
  }

  /// The log has come to another end, which this node has followed. What is lost stays what it knows.
  void reached(Head end, String server) {
    if (!lost) {
      note.note(new EndNote.Known(epochs.current(), end, server));
    }
  }

  /// Looks whether the log has what this node knows. Nobody knows before [#settle], so that memory is void by then.
  Finding examine(Session session) throws SQLException {
    LogEpochs now = new LogEpochs();
    now.read(session);
    Verdict verdict = verdict(session, now);
    boolean isLost = verdict == Verdict.LOST;
    Finding finding =
        new Finding(
            verdict,
            verdict == Verdict.GIVEN_UP || lost != isLost || now.current() != epochs.current());
    if (isLost && !lost) {
      LOG.error(
          "The database has lost the end of the log, {}. Nothing is written until that is back, or given up with `varve nodes accept`",
          note.known().map(EndNote.Known::end).orElseThrow());
      // from here on it stays what is known
      lost = true;
    }
    return finding;
  }

  private Verdict verdict(Session session, LogEpochs now) throws SQLException {
    if (note.known().isEmpty()) {
      return Verdict.HELD;
    }
    EndNote.Known known = note.known().get();
    boolean kept = known.end().position() <= now.kept(known.epoch());
    if (kept && known.epoch() <= now.current() && EventLog.holds(session, known.end())) {
      return Verdict.HELD;
    }
    return kept ? Verdict.LOST : Verdict.GIVEN_UP;
  }

  /// Acts on a finding, and makes public what the epochs are.
  ///
  /// @param server that the session leads to
  void settle(Session session, Finding finding, String server) throws SQLException {
    Optional<EndNote.Known> known = note.known();
    if (known.isEmpty()) {
      epochs.read(session);
      return;
    }
    switch (finding.verdict()) {
      case HELD -> {
        epochs.read(session);
        note.move(epochs.current(), server);
        lost = false;
      }
      case GIVEN_UP -> {
        LostEnds.extend(session, known.get());
        epochs.read(session);
        giveUp(session, known.get().end(), server);
        lost = false;
      }
      case LOST -> epochs.read(session);
    }
  }

  private void giveUp(Session session, Head lostEnd, String server) throws SQLException {
    Head head = EventLog.head(session);
    note.note(new EndNote.Known(epochs.current(), head, server));
    LOG.warn(
        "It was accepted that the log has lost its end, {}. It goes on in epoch {}, from {}",
        lostEnd,
        epochs.current(),
        head);
  }

  /// Tells all nodes what is lost, if they do not know, or takes it back once the log has it again. It may wait for whoever writes.
  ///
  /// @param writing whether the session holds the writer's lock, so that what is told goes with its commit
  void tell(Session session, boolean writing) throws SQLException {
    Optional<EndNote.Known> known = note.known();
    if (known.isEmpty() || LostEnds.isTold(session, known.get().end()) == lost) {
      return;
    }
    EndNote.Known told = known.get();
    if (lost) {
      change(session, writing, () -> tell(session, told));
    } else {
      change(session, writing, () -> LostEnds.takeBack(session, told.end()));
      LOG.info("The log has again what was lost of it, up to {}", told.end());
    }
    epochs.read(session);
  }

  /// Somebody may have accepted it before this had the lock.
  private void tell(Session session, EndNote.Known known) throws SQLException {
    LogEpochs now = new LogEpochs();
    now.read(session);
    if (now.kept(known.epoch()) >= known.end().position()) {
      LostEnds.tell(
          session,
          new LostEnds.LostEnd(
              known.end(),
              known.epoch(),
              LostEnds.kept(session, known, EventLog.head(session)),
              address.get(),
              clock.instant()));
    }
  }

  private static void change(Session session, boolean writing, Session.Part part)
      throws SQLException {
    if (writing) {
      part.run();
      return;
    }
    session.beginWriting();
    try {
      part.run();
      session.commit();
    } catch (SQLException | RuntimeException e) {
      session.rollback(e);
      throw e;
    }
  }
}
