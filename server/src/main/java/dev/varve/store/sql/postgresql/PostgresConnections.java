package dev.varve.store.sql.postgresql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.varve.store.sql.DatabaseSettings;
import java.net.InetAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/// Connections to a PostgreSQL database.
final class PostgresConnections {
  // a connection that nobody has used for so long is closed, but for a few
  private static final Duration IDLE = Duration.ofMinutes(2);
  private static final int IDLE_KEPT = 2;
  private static final String SOCKET_TIMEOUT = "socketTimeout";

  // the bound of a query ends it at the server; that the server is silent beyond is for the client
  // to see
  private static final int BEYOND_QUERY_SECONDS = 5;
  private static final int WRITER_SECONDS_MIN = WriterLock.LOCK_SECONDS + BEYOND_QUERY_SECONDS;
  // all writes wait behind the one that the server does not answer
  private static final int WRITER_SECONDS_MAX = 30;

  /// Has the server notice within half a minute that a client is gone without a word, and let go of what its session holds.
  static final String NOTICES_LOSS =
      "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 25000";

  private static final String CHECKED = "verify-full";

  private PostgresConnections() {}

  /// Where they come from. What the address says itself is kept, but for where to write and how. Beyond this machine, where it says
  /// nothing else, the way is encrypted, and the server has to show that it is the one of the address.
  static PGSimpleDataSource source(DatabaseSettings settings, String password) throws SQLException {
    return set(new PGSimpleDataSource(), settings, password);
  }

  private static PGSimpleDataSource set(
      PGSimpleDataSource source, DatabaseSettings settings, String password) throws SQLException {
    String url = settings.url();
    // it leaves alone what has been set before
    source.setUrl(url);
    if (!says(url, "connectTimeout")) {
      source.setConnectTimeout((int) settings.connectTime().toSeconds());
    }
    if (!says(url, "loginTimeout")) {
      // one that takes a connection and says nothing on it
      source.setLoginTimeout(
          (int) settings.connectTime().toSeconds() * source.getServerNames().length);
    }
    if (!says(url, "ApplicationName")) {
      source.setApplicationName("varve");
    }
    if (!says(url, "tcpKeepAlive")) {
      // a server that is gone without a word is noticed
      source.setTcpKeepAlive(true);
    }
    if (isCheckedUnasked(url, source)) {
      source.setSslMode(CHECKED);
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

  private static boolean isCheckedUnasked(String url, PGSimpleDataSource source) {
    return !says(url, "sslmode")
        && !says(url, "ssl")
        && !Stream.of(source.getServerNames()).allMatch(PostgresConnections::isThisMachine);
  }

  private static boolean isThisMachine(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException aName) {
      return false;
    }
  }

  /// What to say of a database that cannot be opened.
  static String refusal(DatabaseSettings settings) {
    String cannot = "Cannot open the database of database.url";
    PGSimpleDataSource named = new PGSimpleDataSource();
    named.setUrl(settings.url());
    return isCheckedUnasked(settings.url(), named)
        ? cannot
            + " (it says no sslmode, so the way is encrypted and the certificate of the server checked: name the authority that vouches for it with sslrootcert, or say sslmode=disable where the way is your own)"
        : cannot;
  }

  /// Whether several statements reach the server as one: by the extended protocol, and without a description of each that is asked
  /// for in between. An address may say otherwise.
  static boolean sendsAsOne(PGSimpleDataSource source) {
    boolean extended =
        source.getPreferQueryMode() == PreferQueryMode.EXTENDED
            || source.getPreferQueryMode() == PreferQueryMode.EXTENDED_CACHE_EVERYTHING;
    String texts = source.getStringType();
    return extended
        && source.getPrepareThreshold() >= 0
        && (texts == null || texts.equals("varchar"));
  }

  private static boolean says(String url, String parameter) {
    return url.contains("?" + parameter + "=") || url.contains("&" + parameter + "=");
  }

  /// The one of the writer. Whatever it asks for has an answer in time, or the connection is given up.
  static Connection writer(PGSimpleDataSource source, DatabaseSettings settings)
      throws SQLException {
    Connection connection = source.getConnection();
    try (Statement statement = connection.createStatement()) {
      if (!says(settings.url(), SOCKET_TIMEOUT)) {
        int seconds = Math.clamp(silentSeconds(settings), WRITER_SECONDS_MIN, WRITER_SECONDS_MAX);
        connection.setNetworkTimeout(Runnable::run, (int) TimeUnit.SECONDS.toMillis(seconds));
      }
      statement.execute(NOTICES_LOSS);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /// One that listens and looks, whose answers are worth nothing a moment later.
  static Connection watching(PGSimpleDataSource source) throws SQLException {
    Connection connection = source.getConnection();
    try (Statement statement = connection.createStatement()) {
      connection.setNetworkTimeout(
          Runnable::run, (int) TimeUnit.SECONDS.toMillis(BEYOND_QUERY_SECONDS));
      statement.execute(NOTICES_LOSS);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static int silentSeconds(DatabaseSettings settings) {
    return (int) settings.queryTime().toSeconds() + BEYOND_QUERY_SECONDS;
  }

  /// Those of readers: within a transaction all statements see one state, and change nothing. What is written over them outside of
  /// one waits for no disk.
  static HikariDataSource pool(DatabaseSettings settings, String password) throws SQLException {
    PGSimpleDataSource source = set(new PersistentSource(), settings, password);
    if (!says(settings.url(), SOCKET_TIMEOUT)) {
      source.setSocketTimeout(silentSeconds(settings));
    }
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
        "SET statement_timeout = %d; SET synchronous_commit = off; %s"
            .formatted(settings.queryTime().toMillis(), NOTICES_LOSS));
    // the writer's connection has shown by now whether there is a server
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }
}
