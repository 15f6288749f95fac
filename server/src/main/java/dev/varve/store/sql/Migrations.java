package dev.varve.store.sql;

import java.sql.SQLException;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

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
    try {
      Flyway.configure()
          .dataSource(database.source())
          .locations(
              Stream.concat(Stream.of(SHARED), database.migrations().stream())
                  .map(folder -> "classpath:" + folder)
                  .toArray(String[]::new))
          .table("varve_migrations")
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .ignoreMigrationPatterns("*:future")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new StorageException(
          "Varve's own tables cannot be brought to this version",
          new SQLException(e.getMessage(), e));
    }
    DataFormat.note(database);
  }
}
