package dev.varve.store.sql;

import dev.varve.kernel.UserMistake;
import java.sql.SQLException;
import java.util.List;

/// The number of the form in which a program keeps its data: the log, the tables of models, and Varve's own.
///
/// Programs of two releases may serve the same database for a while. So a release adds to what is kept and takes nothing away that the
/// one before needs; a later release takes it away, and raises the least number of a program that may write. One that is
/// below it says so and leaves the data alone.
public final class DataFormat {
  /// Of this program. Raised by a release that keeps something which older ones do not understand.
  public static final int CURRENT = 1;

  /// Of the oldest program that may write beside this one. Raised by a release that takes something away.
  private static final int OLDEST = 1;

  private static final String TABLE = "varve_head";
  private static final String MINIMUM = "format_min";
  private static final String SELECT_MINIMUM = "SELECT format_min FROM varve_head WHERE id = 1";

  private DataFormat() {}

  /// @return true
  /// @throws UserMistake when the data are for newer programs alone
  public static boolean require(Session session) throws SQLException {
    // without the column they are new, or of a release that had one format
    if (session.dialect().columns(session, TABLE).contains(MINIMUM)) {
      int minimum = session.first(SELECT_MINIMUM, List.of(), row -> row.getInt(1)).orElse(CURRENT);
      if (!isKnown(minimum)) {
        throw new UserMistake(
            List.of(
                "The data have format %d, and this Varve knows those up to %d: a newer one has served them. Nothing was written."
                    .formatted(minimum, CURRENT),
                "Start the newer Varve in place of this one. `varve nodes` shows which programs serve the data."));
      }
    }
    return true;
  }

  /// Whether a program may write that knows what this one does.
  ///
  /// @param minimum as the data have it
  public static boolean isKnown(int minimum) {
    return minimum <= CURRENT;
  }

  /// Notes that a program of this format has served the data.
  static void note(Database database) {
    if (!database.<Boolean>read(DataFormat::isOlder)) {
      return;
    }
    Session session = database.writer();
    try {
      session.beginWriting();
      try {
        session.update(
            "UPDATE varve_head SET format = ? WHERE id = 1 AND format < ?",
            List.of(CURRENT, CURRENT));
        session.update(
            "UPDATE varve_head SET format_min = ? WHERE id = 1 AND format_min < ?",
            List.of(OLDEST, OLDEST));
        session.commit();
      } catch (SQLException | RuntimeException e) {
        session.rollback(e);
        throw e;
      }
    } catch (SQLException e) {
      throw new StorageException("The format of the data could not be noted", e);
    }
  }

  private static boolean isOlder(Session session) throws SQLException {
    return session
        .first(
            "SELECT 1 FROM varve_head WHERE id = 1 AND (format < ? OR format_min < ?)",
            List.of(CURRENT, OLDEST),
            row -> true)
        .isPresent();
  }
}
