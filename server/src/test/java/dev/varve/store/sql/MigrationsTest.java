package dev.varve.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Varve's own tables are brought to the newest version, and left alone when they have it.
class MigrationsTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("basedir", "."))
          .resolve("src/main/resources/dev/varve/store/sql/migration");

  @Test
  void theNewestIsTheNewestFile() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .map(name -> name.substring(1, name.indexOf("__")))
                  .max((a, b) -> Integer.compare(Integer.parseInt(a), Integer.parseInt(b))))
          .contains(Migrations.NEWEST);
    }
  }

  @Test
  void whatHasNotRunIsRunAndWhatHasIsNot(@TempDir Path folder) throws SQLException {
    try (Database database = Database.open(folder.resolve("varve.db"), DatabaseOptions.DEFAULT)) {
      Migrations.run(database);
      Migrations.run(database);
      assertThat(versions(database)).startsWith("1", "2").endsWith(Migrations.NEWEST);

      forget(database, Migrations.NEWEST);

      assertThatThrownBy(() -> Migrations.run(database))
          .as("the newest is run once more, on tables that have it")
          .isInstanceOf(StorageException.class);
    }
  }

  private static List<String> versions(Database database) {
    return database.read(session ->
        session.list(
            "SELECT version FROM varve_migrations ORDER BY installed_rank",
            List.of(),
            row -> row.getString(1)));
  }

  private static void forget(Database database, String version) throws SQLException {
    try (Session writer = database.writer()) {
      writer.update("DELETE FROM varve_migrations WHERE version = ?", List.of(version));
    }
  }
}
