package dev.varve.store.sql.sqlite;

import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The data of an application as they are at this moment, to try something on. It lies in the data folder, where
/// there is room for as much again, and is deleted in the end. Another process may be at work on the data.
public final class DataCopy implements AutoCloseable {
  private static final String PREFIX = "varve-dry-run-";

  private final Path folder;

  private DataCopy(Path folder) {
    this.folder = folder;
  }

  /// Copies the data in a folder; where there are none, the copy is empty.
  public static DataCopy of(Path data) {
    try {
      boolean there = Files.exists(DataFolder.database(data));
      DataCopy copy =
          new DataCopy(
              there ? Files.createTempDirectory(data, PREFIX) : Files.createTempDirectory(PREFIX));
      if (there) {
        copy.fill(DataFolder.database(data));
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot copy the data in " + data, e);
    }
  }

  private void fill(Path database) {
    try (Database original = SqliteDatabase.openToRead(database, DatabaseOptions.DEFAULT)) {
      Path to = DataFolder.database(folder).toAbsolutePath();
      original.read(session -> session.update("VACUUM INTO ?", List.of(to.toString())));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /// A data folder like any other.
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete the copy of the data in " + folder, e);
    }
  }
}
