package dev.varve.store.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.OwnColumn;
import dev.varve.store.sql.postgresql.LocalPostgres;
import dev.varve.store.sql.postgresql.PostgresDatabase;
import dev.varve.store.sql.sqlite.EmptyDatabase;
import dev.varve.store.sql.sqlite.SqliteDatabase;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whoever adds a table of Varve's own says what becomes of it in a copy.
class OwnTablesTest {
  // each is in one of the two databases alone
  private static final Set<String> OF_ONE_DATABASE = Set.of("varve_checkpoint");

  @TempDir Path folder;
  private Database file;

  @BeforeEach
  void open() {
    EmptyDatabase.into(folder);
    file = SqliteDatabase.open(folder.resolve("varve.db"), DatabaseOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    file.close();
  }

  private static Database server() {
    LocalPostgres server = LocalPostgres.require();
    return PostgresDatabase.open(
        server.settings(server.newDatabase()), "", PostgresDatabase.Use.WRITE);
  }

  private static List<String> tables(Database database) {
    return database.read(session -> session.dialect().tables(session)).stream()
        .filter(OwnTables::isOwn)
        .toList();
  }

  @Test
  void itIsDecidedWhatBecomesOfEachTableOfAFile() {
    assertThat(tables(file))
        .isNotEmpty()
        .allSatisfy(table ->
            assertThat(OwnTables.isDecided(table))
                .as("%s is in OwnTables: copied row by row, or made anew", table)
                .isTrue());
  }

  @Test
  void itIsDecidedWhatBecomesOfEachTableOfPostgres() {
    try (Database server = server()) {
      assertThat(tables(server)).isNotEmpty().allMatch(OwnTables::isDecided);
    }
  }

  @Test
  void noTableIsListedThatIsGone() {
    Set<String> listed = new HashSet<>(OwnTables.COPIED);
    listed.addAll(OwnTables.MADE_ANEW);
    listed.removeAll(OF_ONE_DATABASE);

    assertThat(tables(file)).containsAll(listed);
    assertThat(OwnTables.COPIED)
        .doesNotHaveDuplicates()
        .doesNotContainAnyElementsOf(OwnTables.MADE_ANEW);
  }

  @Test
  void bothDatabasesHaveTheSameColumnsAndKeys() {
    try (Database server = server()) {
      assertThat(columns(server)).isEqualTo(columns(file));
      assertThat(columns(server).values())
          .allSatisfy(columns -> assertThat(columns).anyMatch(column -> column.keyPlace() > 0));
    }
  }

  private static Map<String, List<OwnColumn>> columns(Database database) {
    return OwnTables.COPIED.stream()
        .collect(
            Collectors.toMap(
                Function.identity(),
                table -> database.read(session -> session.dialect().ownColumns(session, table))));
  }

  /// A copied row would be followed by one of the same number.
  @Test
  void nothingIsCountedByASequence() {
    try (Database server = server()) {
      List<String> sequences =
          server.read(session ->
              session.list(
                  "SELECT sequence_name FROM information_schema.sequences",
                  List.of(),
                  row -> row.getString(1)));
      assertThat(sequences).isEmpty();
    }
    List<String> tables = file.read(session -> session.dialect().tables(session));
    assertThat(tables).doesNotContain("sqlite_sequence");
  }

  @Test
  void partsOfTheLogAreNoTablesOfTheirOwn() {
    assertThat(Stream.of("varve_log_0", "varve_log_12")).allMatch(OwnTables::isDecided);
    assertThat(Stream.of("varve_log_", "varve_log_x", "varve_future"))
        .noneMatch(OwnTables::isDecided);
  }
}
