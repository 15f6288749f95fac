package dev.varve.command;

import dev.varve.kernel.UserMistake;
import dev.varve.lane.access.Access;
import dev.varve.lane.query.AsOf;
import dev.varve.lane.query.Query;
import dev.varve.node.Engine;
import dev.varve.node.Settings;
import dev.varve.node.Storage;
import dev.varve.node.StoredSchema;
import dev.varve.node.WantedSchema;
import dev.varve.schema.Schema;
import dev.varve.store.cache.CacheSettings;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.copy.CopyMark;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Follower;
import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.Migrations;
import dev.varve.store.state.EarlierFile;
import dev.varve.store.state.Records;
import dev.varve.telemetry.Metrics;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The data of an application as commands open them: to read, beside a server that may be running, or held by this
/// process alone, to change them.
final class AppData implements AutoCloseable {
  private final DataFolder folder;
  private final Database database;

  private AppData(DataFolder folder, Database database) {
    this.folder = folder;
    this.database = database;
  }

  /// Refuses a folder without data, instead of making an empty database in it.
  static void require(AppFolder app) {
    if (!storage(app).isThere()) {
      throw new UserMistake(
          List.of(
              "There are no data in %s. Serve or import first, or name the folder with --data"
                  .formatted(app.data())));
    }
  }

  /// Opens data that are there, to read alone.
  static Database toRead(AppFolder app) {
    require(app);
    return storage(app).openToRead();
  }

  /// The database that the settings of an application name.
  static Storage storage(AppFolder app) {
    return Storage.of(Settings.load(app.folder()).database(), System.getenv(), app.data());
  }

  /// The data as they are stored, with the schema and the rules that they were last served with.
  static Stored stored(Database database) {
    StoredSchema stored = StoredSchema.of(database);
    return new Stored(stored.schema(), stored.access(), query(database, stored.schema()));
  }

  /// The read lane alone.
  ///
  /// @param query whatever writes is another process, so only lists are true: they are not cached
  record Stored(Schema schema, Access access, Query query) {}

  private static Query query(Database database, Schema schema) {
    long head = new EventLog(database).head().position();
    return new Query(
        database,
        new Records(database.dialect(), schema.models()),
        new RecordCache(CacheSettings.NONE, schema.models(), head),
        Clock.systemUTC(),
        AsOf.byLog(database));
  }

  /// Opens data to write: a file, whose folder is made where it is missing and held, or a database beside the nodes that serve it.
  ///
  /// @throws DataFolder.InUse when another process has the file
  static AppData hold(AppFolder app) {
    return hold(storage(app), DatabaseOptions.DEFAULT);
  }

  /// The same, with a file that is used in a way of its own.
  static AppData hold(Storage storage, DatabaseOptions options) {
    return open(storage, () -> storage.open(options));
  }

  /// The same while nobody else writes, wherever the data are.
  static AppData holdAlone(AppFolder app) {
    Storage storage = storage(app);
    return open(storage, () -> storage.openAlone(DatabaseOptions.DEFAULT));
  }

  private static AppData open(Storage storage, Supplier<Database> database) {
    DataFolder folder =
        storage.settings().isFile()
            ? DataFolder.hold(storage.folder())
            : DataFolder.beside(storage.folder());
    try {
      return new AppData(folder, database.get());
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /// Makes the tables that every application has as this version of Varve wants them.
  ///
  /// @throws UserMistake when nobody is to write to the data: they are half a copy, or were moved
  AppData migrated() {
    Migrations.run(database);
    CopyMark.requireServable(database);
    return this;
  }

  /// Starts both lanes on the data, which nobody serves, or nodes do. They have the schema of the data, where the file was left
  /// behind. Close it before the data.
  Engine start(AppFolder.LoadedSchema loaded, Settings settings) {
    return Engine.start(
        migrated().database,
        new Engine.Setup(
            new WantedSchema(loaded.schema(), loaded.access(), EarlierFile.at(database)),
            Clock.systemUTC(),
            settings.write(),
            // nobody reads what a command writes before the next start
            CacheSettings.NONE,
            Follower.NONE,
            Optional.empty(),
            Metrics.NONE));
  }

  Path folder() {
    return folder.folder();
  }

  Database database() {
    return database;
  }

  @Override
  public void close() {
    try (folder) {
      database.close();
    }
  }
}
