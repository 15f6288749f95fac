package dev.varve.store.sql.sqlite;

import dev.varve.kernel.TestFolders;
import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.Migrations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A database with Varve's own tables and nothing in them, made once for all tests: a copy of a file takes less than all
/// migrations. Those run over the copy as they do over the database of anybody who starts Varve again.
public final class EmptyDatabase {
  private EmptyDatabase() {}

  /// Puts it into a data folder that has none.
  public static void into(Path data) {
    try (DataFolder folder = DataFolder.hold(data)) {
      if (Files.notExists(folder.database())) {
        Files.write(folder.database(), Made.BYTES);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Made {
    private static final byte[] BYTES = make();

    private static byte[] make() {
      try {
        Path data = Files.createTempDirectory("varve-empty-");
        try (DataFolder folder = DataFolder.hold(data)) {
          try (SqliteDatabase database =
              SqliteDatabase.open(folder.database(), DatabaseOptions.DEFAULT)) {
            Migrations.run(database);
          }
          return Files.readAllBytes(folder.database());
        } finally {
          TestFolders.delete(data);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
