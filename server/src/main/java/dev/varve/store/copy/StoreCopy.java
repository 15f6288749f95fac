package dev.varve.store.copy;

import dev.varve.kernel.UserMistake;
import dev.varve.store.log.DamagedLogException;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Head;
import dev.varve.store.log.LogCopy;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StorageException;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.Rebuild;
import dev.varve.store.state.Verification;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Copies all data of an application from one database into another, which is empty, or has a part of this copy.
///
/// ```
/// Varve's own rows ──> log, byte for byte ──> tables of models, from the log ──> all of it compared ──> source marked as moved
/// ```
///
/// Each step is made of transactions that leave a copy which goes on where it was broken off, however it was. Until the last one
/// the source is as it was. Then it is marked first, and the target is let go after that: at no moment are there two that a
/// server writes to.
public final class StoreCopy {
  private final End source;
  private final End target;
  private final LogCopy log;
  private final OwnRows rows;
  private final Clock clock;

  /// A database that this process holds, so that nobody else writes.
  ///
  /// @param name for people
  /// @param elsewhere how to name another in its place, for people
  public record End(Database database, String name, String elsewhere) {}

  /// What is being done.
  public enum Step {
    ROWS("rows copied"),
    LOG("units copied"),
    TABLES("units replayed"),
    CHECK("units checked");

    private final String counts;

    Step(String counts) {
      this.counts = counts;
    }

    /// What is counted, for people.
    public String counts() {
      return counts;
    }
  }

  /// Is told how far a copy has come.
  @FunctionalInterface
  public interface Progress {
    /// @param done of what the step counts
    /// @param all at which the step is done
    void at(Step step, long done, long all);
  }

  /// What became of a copy.
  public sealed interface Outcome {
    /// It is whole, and the source is marked as moved.
    ///
    /// @param head the end of the log
    /// @param rows of Varve's own tables
    record Whole(Head head, long rows) implements Outcome {}

    /// It is not what the source has; the source is as it was.
    record Different(List<String> findings) implements Outcome {
      public Different {
        findings = List.copyOf(findings);
      }
    }

    /// It was told to stop, and goes on later; the source is as it was.
    record Interrupted() implements Outcome {}
  }

  public StoreCopy(End source, End target, Clock clock) {
    this.source = source;
    this.target = target;
    this.clock = clock;
    this.log = new LogCopy(source.database(), target.database());
    this.rows = new OwnRows(source.database(), target.database());
  }

  /// @param scratch a file that does not exist; the caller removes it afterwards
  /// @param interrupted asked between transactions; when it says yes, the copy stops and can go on later
  /// @throws UserMistake when the source must not be copied, or the target has something else
  public Outcome run(Path scratch, Progress progress, BooleanSupplier interrupted) {
    try {
      CopyMark part = new CopyStart(source, target, log, clock).begin();
      List<String> findings = new ArrayList<>();
      long copied = copyRows(findings, progress, interrupted);
      if (!copyLog(progress, interrupted) || !makeTables(part, progress, interrupted)) {
        return new Outcome.Interrupted();
      }
      Verification.Report report = verify(scratch, progress);
      findings.addAll(report.findings());
      if (!findings.isEmpty()) {
        return new Outcome.Different(findings);
      }
      if (interrupted.getAsBoolean()) {
        return new Outcome.Interrupted();
      }
      finish(part, report.head());
      return new Outcome.Whole(report.head(), copied);
    } catch (SQLException e) {
      throw new StorageException(
          "The copy failed. Once that is mended, run it again: it goes on where it stopped", e);
    }
  }

  /// Copies Varve's own tables; how many rows they have.
  private long copyRows(List<String> findings, Progress progress, BooleanSupplier interrupted) {
    long all = 0;
    for (String table : OwnTables.COPIED) {
      all += OwnRows.count(source.database(), table);
    }
    long[] done = {0, all};
    for (String table : OwnTables.COPIED) {
      if (interrupted.getAsBoolean()) {
        break;
      }
      OwnRows.Copied copied =
          rows.copy(
              table,
              more -> {
                done[0] += more;
                progress.at(Step.ROWS, done[0], done[1]);
              });
      if (!copied.same()) {
        findings.add(
            "Table %s: its %,d rows are not the same in both databases"
                .formatted(table, copied.rows()));
      }
    }
    return done[0];
  }

  private boolean copyLog(Progress progress, BooleanSupplier interrupted) throws SQLException {
    Head head = source.database().read(EventLog::head);
    requireNothingLost(new EventLog(source.database()));
    EventLog.Cursor cursor = log.reached();
    while (cursor.position() < head.position()) {
      if (interrupted.getAsBoolean()) {
        return false;
      }
      cursor = log.next(cursor);
      progress.at(Step.LOG, cursor.position(), head.position());
    }
    if (!cursor.isAt(head)) {
      throw new DamagedLogException("The log ends with another unit than the one its end names");
    }
    return true;
  }

  private void requireNothingLost(EventLog from) {
    from.requireNotedEnd();
    source
        .database()
        .read(session -> {
          from.epochs().read(session);
          return true;
        });
    if (from.epochs().gap().isPresent()) {
      throw refused(
          "%s has lost the end of its log, which nobody has accepted yet: see `varve nodes`"
              .formatted(source.name()));
    }
  }

  private boolean makeTables(CopyMark part, Progress progress, BooleanSupplier interrupted)
      throws SQLException {
    if (interrupted.getAsBoolean()) {
      return false;
    }
    Database database = target.database();
    AppliedSchema applied = AppliedSchema.stored(database);
    long head = log.reached().position();
    if (part.replayed() == head && part.schemaVersion() == applied.version()) {
      return true;
    }
    boolean whole =
        new Rebuild(database, new EventLog(database), applied)
            .run((done, all) -> progress.at(Step.TABLES, done, all), interrupted);
    if (whole) {
      CopyMark replayed = part.replayed(head, applied.version());
      transaction(database.writer(), replayed::write);
      lookOver(database.writer());
    }
    return whole;
  }

  private static void lookOver(Session writer) throws SQLException {
    writer.unhurried(session -> {
      session.dialect().lookOver(session);
      return true;
    });
  }

  private Verification.Report verify(Path scratch, Progress progress) {
    Database database = target.database();
    return new Verification(database, new EventLog(database), AppliedSchema.stored(database))
        .run(scratch, (done, all) -> progress.at(Step.CHECK, done, all));
  }

  private void finish(CopyMark part, Head copied) throws SQLException {
    CopyMark moved = CopyMark.moved(part.copy(), target.name(), clock.instant());
    transaction(
        source.database().writer(),
        session -> {
          if (!EventLog.head(session).equals(copied)) {
            throw refused(
                "Somebody has written to %s meanwhile. Stop that, and run the copy again: it goes on from there"
                    .formatted(source.name()));
          }
          moved.write(session);
        });
    transaction(target.database().writer(), CopyMark::remove);
  }

  static UserMistake refused(String line) {
    return new UserMistake(List.of(line));
  }

  /// Statements of one transaction.
  @FunctionalInterface
  interface Statements {
    void run(Session session) throws SQLException;
  }

  static void transaction(Session session, Statements statements) throws SQLException {
    session.beginWriting();
    try {
      statements.run(session);
      session.commit();
    } catch (SQLException | RuntimeException e) {
      session.rollback(e);
      throw e;
    }
  }
}
