package dev.varve.node;

import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.DatabaseSettings;
import dev.varve.store.sql.postgresql.LocalPostgres;
import dev.varve.store.sql.sqlite.EmptyDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/// Where tests have their data: in a file of their folder, or with `-Dvarve.test.database=postgresql` in a database of
/// PostgreSQL, one for each folder.
public final class TestStorage {
  private static final Map<Path, String> DATABASES = new ConcurrentHashMap<>();
  // where a test has settings of its own
  private static final Map<Path, UnaryOperator<DatabaseSettings>> CHANGES =
      new ConcurrentHashMap<>();

  // of data that are in no database of this class
  private static final Map<Path, DatabaseSettings> ELSEWHERE = new ConcurrentHashMap<>();

  private TestStorage() {}

  /// What the settings of a server on the data of a folder say.
  public static DatabaseSettings settings(Path folder) {
    DatabaseSettings elsewhere = ELSEWHERE.get(folder.toAbsolutePath());
    if (elsewhere != null) {
      return elsewhere;
    }
    return server(folder)
        .map(server -> server.settings(database(server, folder)))
        .map(CHANGES.getOrDefault(folder.toAbsolutePath(), UnaryOperator.identity()))
        .orElse(DatabaseSettings.DEFAULT);
  }

  private static Optional<LocalPostgres> server(Path folder) {
    return DATABASES.containsKey(folder.toAbsolutePath())
        ? Optional.of(LocalPostgres.require())
        : LocalPostgres.chosen();
  }

  /// Has the data of a folder in a database that a test has made itself.
  static void at(Path folder, DatabaseSettings settings) {
    ELSEWHERE.put(folder.toAbsolutePath(), settings);
  }

  /// Spares a folder without data the migrations of Varve's own tables.
  static void prepare(Path folder) {
    if (server(folder).isEmpty()) {
      EmptyDatabase.into(folder);
    }
  }

  /// Gives a folder a database of PostgreSQL, whatever the tests run on.
  public static void inPostgres(Path folder) {
    database(LocalPostgres.require(), folder);
  }

  /// Gives folders one database of PostgreSQL in which there is nothing yet, not even Varve's own tables.
  static void inEmptyPostgres(List<Path> folders) {
    String name = LocalPostgres.require().newEmptyDatabase("ENCODING 'UTF8' TEMPLATE template0");
    folders.forEach(folder -> DATABASES.put(folder.toAbsolutePath(), name));
  }

  /// Gives a folder the database of PostgreSQL that another one has.
  static void beside(Path folder, Path other) {
    DATABASES.put(
        folder.toAbsolutePath(), Objects.requireNonNull(DATABASES.get(other.toAbsolutePath())));
  }

  /// The same, reached by other settings.
  public static void inPostgres(Path folder, UnaryOperator<DatabaseSettings> change) {
    CHANGES.put(folder.toAbsolutePath(), change);
    inPostgres(folder);
  }

  private static String database(LocalPostgres server, Path folder) {
    return DATABASES.computeIfAbsent(folder.toAbsolutePath(), _ -> server.newDatabase());
  }

  public static Storage of(Path folder) {
    return new Storage(settings(folder), "", folder);
  }

  /// A connection of its own to the data of a folder.
  public static Connection connect(Path folder) throws SQLException {
    Optional<LocalPostgres> server = server(folder);
    return server.isEmpty()
        ? DriverManager.getConnection("jdbc:sqlite:" + DataFolder.database(folder))
        : server.get().connect(database(server.get(), folder));
  }

  /// The name that traces have for it.
  public static String system() {
    return LocalPostgres.chosen().isPresent() ? "postgresql" : "sqlite";
  }

  /// All that is stored in a folder or its database, to be searched for what must not be there.
  public static String everything(Path folder) throws IOException, SQLException {
    if (server(folder).isEmpty()) {
      return new String(
          Files.readAllBytes(DataFolder.database(folder)), StandardCharsets.ISO_8859_1);
    }
    StringBuilder rows = new StringBuilder();
    try (Connection connection = connect(folder);
        Statement statement = connection.createStatement()) {
      for (String table :
          texts(statement, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")) {
        texts(statement, "SELECT t::text FROM \"%s\" AS t".formatted(table)).forEach(rows::append);
      }
    }
    return rows.toString();
  }

  private static List<String> texts(Statement statement, String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }

  /// Keeps everybody else from writing until the transaction ends.
  public static void beginWriting(Statement statement) throws SQLException {
    if (LocalPostgres.chosen().isPresent()) {
      statement.execute("BEGIN");
      statement.execute("SELECT id FROM varve_head WHERE id = 1 FOR UPDATE");
    } else {
      statement.execute("BEGIN IMMEDIATE");
    }
  }

  /// Lets a connection wait for the server to have written, as it does anyway at PostgreSQL.
  public static void waitForWriters(Statement statement) throws SQLException {
    if (LocalPostgres.chosen().isEmpty()) {
      statement.execute("PRAGMA busy_timeout=60000");
    }
  }

  /// Forgets the data of a folder that is deleted.
  static void delete(Path folder) {
    CHANGES.remove(folder.toAbsolutePath());
    ELSEWHERE.remove(folder.toAbsolutePath());
    String database = DATABASES.remove(folder.toAbsolutePath());
    if (database != null && !DATABASES.containsValue(database)) {
      LocalPostgres.require().drop(database);
    }
  }
}
