package dev.varve.node;

import dev.varve.identity.token.Secrets;
import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.DatabaseSettings;
import dev.varve.store.sql.postgresql.PostgresDatabase;
import dev.varve.store.sql.sqlite.SqliteDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The database that the settings name: a file in the data folder, or one of PostgreSQL.
///
/// @param password of the user at PostgreSQL; empty for none
public record Storage(DatabaseSettings settings, String password, Path folder) {
  /// @param environment where the password comes from
  public static Storage of(
      DatabaseSettings settings, Map<String, String> environment, Path folder) {
    return new Storage(settings, environment.getOrDefault(Secrets.DATABASE, ""), folder);
  }

  /// Opens it to write: a file, whose folder is held by this process, or a database that others may write to, too.
  ///
  /// @param options for a file
  public Database open(DatabaseOptions options) {
    return open(options, PostgresDatabase.Use.WRITE);
  }

  /// The same while nobody else writes to it, wherever it is.
  public Database openAlone(DatabaseOptions options) {
    return open(options, PostgresDatabase.Use.WRITE_ALONE);
  }

  private Database open(DatabaseOptions options, PostgresDatabase.Use use) {
    return settings.isFile()
        ? SqliteDatabase.open(DataFolder.database(folder), options)
        : PostgresDatabase.open(settings, password, use);
  }

  /// Opens it to look at it alone, beside a server that may be running.
  public Database openToRead() {
    return settings.isFile()
        ? SqliteDatabase.openToRead(DataFolder.database(folder), DatabaseOptions.DEFAULT)
        : PostgresDatabase.open(settings, password, PostgresDatabase.Use.READ);
  }

  /// Whether there is one to open, as far as can be told without doing so.
  public boolean isThere() {
    return !settings.isFile() || Files.exists(DataFolder.database(folder));
  }

  /// The secret never shows.
  @Override
  public String toString() {
    return settings.isFile() ? folder.toString() : settings.url();
  }
}
