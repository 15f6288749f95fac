package dev.varve.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/// A PostgreSQL of its own on the file system that is measured, which has on disk what it says it has.
final class PostgresServer implements AutoCloseable {
  private static final String USER = "postgres";

  private final EmbeddedPostgres server;

  private PostgresServer(EmbeddedPostgres server) {
    this.server = server;
  }

  static PostgresServer start(Path folder) {
    File own = folder.resolve("postgresql").toAbsolutePath().toFile();
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(own)
            .setDataDirectory(new File(own, "data"))
            .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
            .setErrorRedirector(ProcessBuilder.Redirect.DISCARD);
    // the library's own settings are for tests that may lose everything
    Map.of(
            "fsync", "on",
            "synchronous_commit", "on",
            "full_page_writes", "on",
            "shared_buffers", "256MB",
            "max_wal_size", "4GB",
            "max_connections", "100")
        .forEach(builder::setServerConfig);
    try {
      return new PostgresServer(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes an empty database.
  void create(String database) {
    execute("CREATE DATABASE %s ENCODING 'UTF8' TEMPLATE template0".formatted(database));
  }

  /// Brings to disk what was written before, so that no side of a comparison pays for the one before it.
  void settle() {
    execute("CHECKPOINT");
  }

  private void execute(String sql) {
    try (Connection connection = connect(USER);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database, port()) + "&reWriteBatchedInserts=true");
  }

  int port() {
    return server.getPort();
  }

  private static String url(String database, int port) {
    return "jdbc:postgresql://127.0.0.1:%d/%s?user=%s".formatted(port, database, USER);
  }

  /// What a node is told of a database, by its environment.
  ///
  /// @param port where the way there begins
  static Map<String, String> environment(String database, int port) {
    return Map.of(
        "VARVE_DATABASE_URL",
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database),
        "VARVE_DATABASE_USER",
        USER,
        "VARVE_AUTH_SECRET",
        "a secret that the nodes of a benchmark have in common");
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
