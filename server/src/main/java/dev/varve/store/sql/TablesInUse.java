package dev.varve.store.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Alters tables that others use, or reads what others alter: each attempt gives way to them soon, so that nobody waits behind it for
/// long, and another one follows.
public final class TablesInUse {
  private static final Logger LOG = LoggerFactory.getLogger(TablesInUse.class);

  // while another node alters tables of any size, or somebody reads one from end to end
  private static final Duration WAIT_MAX = Duration.ofMinutes(10);
  // those who waited behind an attempt get their turn
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private TablesInUse() {}

  /// One attempt, of which nothing is kept when it fails.
  @FunctionalInterface
  public interface Attempt<T> {
    /// @param again whether one before has failed
    T run(boolean again) throws SQLException;
  }

  /// What the first attempt gives for which there is a way.
  ///
  /// @param what is to be done, for the log: `The schema is applied`
  /// @throws SQLException of the last attempt
  public static <T> T use(Database database, String what, Attempt<T> attempt) throws SQLException {
    long end = System.nanoTime() + WAIT_MAX.toNanos();
    for (boolean again = false; ; again = true) {
      try {
        return attempt.run(again);
      } catch (SQLException e) {
        if (!mayDoLater(database, e) || System.nanoTime() - end > 0) {
          throw e;
        }
        // what follows the first line tells more than is of use while it may still do
        String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        LOG.info("{} as soon as others let it: {}", what, why);
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  private static boolean mayDoLater(Database database, SQLException failure) {
    StoreDialect words = StoreDialect.of(database.dialect().configuration());
    if (!words.isLost(failure)) {
      return words.isBusy(failure);
    }
    try {
      database.renewWriter();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
    return true;
  }
}
