package dev.varve.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestStorage;
import dev.varve.store.sql.sqlite.SqliteDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Scripts that make Varve's own tables run while nodes of the release before read and write them, so they only add.
class MigrationScriptsTest {
  private static final Path FOLDER = Path.of("src/main/resources/dev/varve/store/sql");
  private static final Pattern NUMBER = Pattern.compile("V(\\d+)__\\w+\\.sql");
  // the first that can run beside nodes: it makes the table of them
  private static final int NODES = 15;

  private static final Pattern ADDS =
      Pattern.compile(
          "create table .*|create (unique )?index .*|insert into .*|alter table \\w+ add column .*",
          Pattern.DOTALL);
  // rows that an older program writes have no value there
  private static final Pattern WANTS_A_VALUE = Pattern.compile("not null(?!.*default)");

  static Stream<Path> scripts() throws IOException {
    List<Path> scripts;
    try (Stream<Path> files = Files.walk(FOLDER)) {
      scripts = files.filter(file -> number(file) >= NODES).sorted().toList();
    }
    return scripts.stream();
  }

  private static int number(Path file) {
    Matcher matcher = NUMBER.matcher(file.getFileName().toString());
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scripts")
  void aScriptOnlyAdds(Path script) throws IOException {
    assertThat(takenAway(Files.readString(script))).as(script.toString()).isEmpty();
  }

  @Test
  void thereAreScriptsToLookAt() throws IOException {
    assertThat(scripts().map(MigrationScriptsTest::number)).contains(15, 16, 20);
  }

  /// A database that says so is not looked at by Flyway: whatever has changed in the scripts must have changed this too.
  @Test
  void theWholeHistoryIsThatOfAllScripts(@TempDir Path folder) {
    try (Database database =
        SqliteDatabase.open(folder.resolve("varve.db"), DatabaseOptions.DEFAULT)) {
      Migrations.run(database);
      assertThat(database.read(MigrationHistory::of)).isEqualTo(database.wholeHistory());
    }
  }

  @Test
  void theWholeHistoryIsThatOfAllScriptsOnPostgresToo(@TempDir Path folder) {
    TestStorage.inPostgres(folder);
    try (Database database = TestStorage.of(folder).open(DatabaseOptions.DEFAULT)) {
      assertThat(database.read(MigrationHistory::of)).isEqualTo(database.wholeHistory());
    }
  }

  /// A start may be broken off between the scripts and what follows all of them.
  @Test
  void aColumnThatIsNotFinishedIsFinishedByTheNextStart(@TempDir Path folder) throws SQLException {
    TestStorage.inPostgres(folder);
    try (Database database = TestStorage.of(folder).open(DatabaseOptions.DEFAULT)) {
      database
          .writer()
          .execute("ALTER TABLE varve_node ALTER COLUMN program TYPE TEXT COLLATE \"default\"");
      assertThat(database.read(MigrationHistory::of).unfinished()).isEqualTo(1);

      Migrations.run(database);

      assertThat(database.read(MigrationHistory::of)).isEqualTo(database.wholeHistory());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "ALTER TABLE varve_node DROP COLUMN program",
        "ALTER TABLE varve_node RENAME COLUMN program TO release",
        "ALTER TABLE varve_node ADD COLUMN format INTEGER NOT NULL",
        "ALTER TABLE varve_node ALTER COLUMN program TYPE BIGINT",
        "DROP TABLE varve_node",
        "DROP INDEX varve_device_client",
        "UPDATE varve_node SET program = ''",
        "DELETE FROM varve_node"
      })
  void whatAnOlderProgramStumblesOverIsFound(String statement) {
    assertThat(takenAway("-- why\n" + statement + ";\n")).hasSize(1);
  }

  /// The statements that do more than to add.
  private static List<String> takenAway(String script) {
    List<String> found = new ArrayList<>();
    for (String statement :
        Arrays.stream(script.replaceAll("--[^\n]*", "").split(";", -1))
            .map(text -> text.strip().toLowerCase(Locale.ROOT))
            .filter(text -> !text.isEmpty())
            .toList()) {
      boolean demands =
          statement.startsWith("alter table") && WANTS_A_VALUE.matcher(statement).find();
      if (!ADDS.matcher(statement).matches() || demands) {
        found.add(statement);
      }
    }
    return found;
  }
}
