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
  /// @throws StorageException when the tables are damaged, or of a newer Varve
  public static void run(Database database) {
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
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new StorageException(
          "Varve's own tables cannot be brought to this version",
          new SQLException(e.getMessage(), e));
    }
  }
}
