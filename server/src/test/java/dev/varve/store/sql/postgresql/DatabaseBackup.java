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
    server.restartAfter(() -> backup.execute("CREATE DATABASE %2$s TEMPLATE %1$s"));
    return backup;
  }

  /// Whatever was written since is gone, and whoever had a connection.
  public void restore() {
    execute("DROP DATABASE %1$s WITH (FORCE)");
    execute("ALTER DATABASE %2$s RENAME TO %1$s");
  }

  private void execute(String sql) {
    try (Connection connection = LocalPostgres.require().connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute(sql.formatted(database, "backup_of_" + database));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
