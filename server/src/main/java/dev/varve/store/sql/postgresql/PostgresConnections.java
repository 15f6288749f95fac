package dev.varve.store.sql.postgresql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.varve.store.sql.DatabaseSettings;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/// Connections to a PostgreSQL database.
final class PostgresConnections {
  // a connection that nobody has used for so long is closed, but for a few
  private static final Duration IDLE = Duration.ofMinutes(2);
  private static final int IDLE_KEPT = 2;

  private PostgresConnections() {}

  /// Where they come from. What the address says itself is kept.
  static PGSimpleDataSource source(DatabaseSettings settings, String password) throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    String url = settings.url();
    // it leaves alone what has been set before
    source.setUrl(url);
    if (!says(url, "connectTimeout")) {
      source.setConnectTimeout((int) settings.connectTime().toSeconds());
    }
    if (!says(url, "ApplicationName")) {
      source.setApplicationName("varve");
    }
    if (!says(url, "tcpKeepAlive")) {
      // a server that is gone without a word is noticed
      source.setTcpKeepAlive(true);
    }
    // of several hosts, never a standby
    source.setTargetServerType("primary");
    source.setReWriteBatchedInserts(true);
    // it holds the values of a statement, which do not belong in a log
    source.setLogServerErrorDetail(false);
    if (!settings.user().isEmpty()) {
      source.setUser(settings.user());
    }
    if (!password.isEmpty()) {
      source.setPassword(password);
    }
    return source;
  }

  private static boolean says(String url, String parameter) {
    return url.contains("?" + parameter + "=") || url.contains("&" + parameter + "=");
  }

  /// Those of readers: within a transaction all statements see one state, and change nothing.
  static HikariDataSource pool(PGSimpleDataSource source, DatabaseSettings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("varve-readers");
    config.setDataSource(source);
    config.setMaximumPoolSize(settings.readersMax());
    config.setMinimumIdle(Math.min(IDLE_KEPT, settings.readersMax()));
    config.setIdleTimeout(IDLE.toMillis());
    config.setConnectionTimeout(settings.connectTime().toMillis());
    config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
    config.setReadOnly(true);
    config.setConnectionInitSql(
        "SET statement_timeout = %d".formatted(settings.queryTime().toMillis()));
    // the writer's connection has shown by now whether there is a server
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }
}
