package dev.varve.store.sql.postgresql;

import dev.varve.node.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/// A backup of the database of a server, which can take its place again.
public final class DatabaseBackup {
  private final String database;

  private DatabaseBackup(String database) {
    this.database = database;
  }

  /// Made while the server is down for a moment.
  public static DatabaseBackup of(TestServer server) {
    DatabaseBackup backup =
        new DatabaseBackup(server.column("SELECT current_database()").getFirst());
    server.restartAfter(() -> backup.execute("CREATE DATABASE backup_of_%1$s TEMPLATE %1$s"));
    return backup;
  }

  /// Whatever was written since is gone, and whoever had a connection.
  public void restore() {
    replace("lost_of_" + database, "backup_of_" + database);
  }

  /// What was gone is there again.
  void takeBack() {
    replace("backup_of_" + database, "lost_of_" + database);
  }

  private void replace(String away, String back) {
    execute(
        "ALTER DATABASE %1$s ALLOW_CONNECTIONS false",
        "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '%1$s'",
        "ALTER DATABASE %1$s RENAME TO " + away,
        "ALTER DATABASE %s RENAME TO %%1$s".formatted(back),
        "ALTER DATABASE %1$s ALLOW_CONNECTIONS true");
  }

  private void execute(String... statements) {
    try (Connection connection = LocalPostgres.require().connect("postgres");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql.formatted(database));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
