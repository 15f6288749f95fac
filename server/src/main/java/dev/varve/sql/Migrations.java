package dev.varve.sql;

import org.flywaydb.core.Flyway;

/// Varve's own tables, brought to the newest version.
public final class Migrations {
  private Migrations() {}

  /// Runs what has not run yet. Safe to call at every start.
  public static void run(Database database) {
    Flyway.configure()
        .dataSource(database.source())
        .locations("classpath:dev/varve/sql/migration")
        .table("varve_migrations")
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate();
  }
}
