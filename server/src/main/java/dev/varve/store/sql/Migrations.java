package dev.varve.store.sql;

import java.sql.SQLException;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/// Varve's own tables, brought to the newest version.
public final class Migrations {
  private static final String SHARED = "dev/varve/store/sql/shared/migration";

  private Migrations() {}

  /// Runs what has not run yet. Safe to call at every start.
  ///
  /// Scripts of a newer Varve that ran here are none of its business: whether it may write beside them is what [DataFormat] says.
  ///
  /// @throws StorageException when the tables are damaged
  /// @throws dev.varve.kernel.UserMistake when the data are in a format that this Varve does not know; nothing was written then
  public static void run(Database database) {
    database.<Boolean>read(DataFormat::require);
    if (!haveRun(database)) {
      try {
        TablesInUse.use(
            database, "Varve's own tables are brought to this version", _ -> migrate(database));
      } catch (SQLException e) {
        throw new StorageException("Varve's own tables cannot be brought to this version", e);
      }
    }
    DataFormat.note(database);
  }

  /// To find that out takes Flyway longer than all else at a start.
  private static boolean haveRun(Database database) {
    return database.wholeHistory().equals(database.read(MigrationHistory::of));
  }

  private static boolean migrate(Database database) throws SQLException {
    try {
      return Flyway.configure()
          .dataSource(database.source())
          .locations(
              Stream.concat(Stream.of(SHARED), database.migrations().stream())
                  .map(folder -> "classpath:" + folder)
                  .toArray(String[]::new))
          .table(MigrationHistory.TABLE)
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .ignoreMigrationPatterns("*:future")
          .load()
          .migrate()
          .success;
    } catch (FlywayException e) {
      throw new SQLException(e.getMessage(), state(e), e);
    }
  }

  /// What the database said of it, by which it is known whether another attempt is of use.
  private static @Nullable String state(FlywayException failure) {
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException told) {
        return told.getSQLState();
      }
    }
    return null;
  }
}
