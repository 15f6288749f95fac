package dev.varve.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.InputReader;
import dev.varve.schema.sdl.Schemas;
import dev.varve.store.log.EventLog;
import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.sqlite.SqliteDatabase;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.SchemaRefused;
import dev.varve.store.state.Verification;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of stored texts when the schema compares them otherwise, or Varve keeps them otherwise.
class TextDataTest {
  private static final String PLAIN =
      """
      type Guest @model { name: String email: Email @unique mails: [Email!] contact: Contact }
      type Contact { mail: Email }
      """;
  private static final String FOLDED =
      PLAIN
          .replace("@model", "@model @index(fields: [\"name\"], ignoreAccents: true)")
          .replace("@unique", "@unique(ignoreCase: true)");

  @TempDir private Path data;

  private OpenEngine open(String schema) {
    return OpenEngine.at(data, schema, Clock.systemUTC());
  }

  private static void create(OpenEngine engine, String id, Map<String, Object> body) {
    Model model = engine.schema().require("Guest");
    Input input = InputReader.read(model, body, InputReader.Mode.CREATE);
    var authorized =
        engine
            .access()
            .authorize(Caller.operator("test"), new Command.Create(model, id, true, input));
    engine.sequencer().submit(new UnitOfWork(List.of(authorized), "test", Optional.empty()));
  }

  private static void requireSound(OpenEngine engine) {
    assertThat(engine.verify().findings()).isEmpty();
    assertThat(engine.rebuild(() -> false)).isTrue();
    assertThat(engine.verify().findings()).isEmpty();
  }

  private List<String> column(String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + DataFolder.database(data));
  }

  private void change(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private List<String> planned(String schema) {
    try (Database database =
        SqliteDatabase.openToRead(DataFolder.database(data), DatabaseOptions.DEFAULT)) {
      var plan = AppliedSchema.plan(database, Schemas.parse(schema));
      List<String> lines = new ArrayList<>();
      plan.changes().forEach(change -> lines.add(change.sentence()));
      lines.addAll(AppliedSchema.reasons(plan));
      return lines;
    }
  }

  @Test
  void aUniqueIndexThatIgnoresCaseComesToStoredData() throws Exception {
    try (OpenEngine engine = open(PLAIN)) {
      create(engine, "g1", Map.of("name", "Zoë", "email", "Zoe@Example.com"));
      create(engine, "g2", Map.of("name", "Łukasz"));
    }
    String unique =
        "Lets no two records of Guest agree in email, ignoring case; it fails if stored ones do.";
    String index = "Indexes Guest by name, ignoring case and accents.";
    assertThat(planned(FOLDED)).contains(unique, index);
    try (OpenEngine engine = open(FOLDED)) {
      assertThat(engine.applied().changes()).contains(unique, index);
      create(engine, "g3", Map.of("name", "ÉMILE", "email", "E@x.ch"));
      requireSound(engine);
    }
    for (String table : List.of("guests", "guests_history")) {
      assertThat(column("SELECT \"name$accents\" FROM " + table + " ORDER BY id"))
          .containsExactly("zoe", "łukasz", "emile");
      assertThat(column("SELECT \"email$case\" FROM " + table + " ORDER BY id"))
          .containsExactly("zoe@example.com", null, "e@x.ch");
    }
    String renamed =
        FOLDED
            .replace("name: String", "title: String @renamedFrom(name: \"name\")")
            .replace("\"name\"]", "\"title\"]");
    try (OpenEngine engine = open(renamed)) {
      requireSound(engine);
    }
    assertThat(column("SELECT \"title$accents\" FROM guests ORDER BY id"))
        .containsExactly("zoe", "łukasz", "emile");
    try (OpenEngine engine = open(renamed.replace("(ignoreCase: true)", ""))) {
      requireSound(engine);
    }
    assertThat(column("SELECT name FROM pragma_table_info('guests')"))
        .contains("title$accents")
        .doesNotContain("email$case", "name$accents");
  }

  @Test
  void recordsThatAgreeInAnotherCaseAreNamed() throws Exception {
    try (OpenEngine engine = open(PLAIN)) {
      create(engine, "g1", Map.of("email", "Ada@example.com"));
      create(engine, "g2", Map.of("email", "ADA@example.com"));
      create(engine, "g3", Map.of("email", "eve@example.com"));
    }
    String refusal =
        "Guest: the stored records 'g1', 'g2' agree in email, ignoring case, so it cannot be @unique: change those records first";
    assertThat(planned(FOLDED)).anyMatch(line -> line.endsWith(refusal));
    assertThatThrownBy(() -> open(FOLDED))
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining(refusal);
    assertThat(column("SELECT name FROM pragma_table_info('guests')"))
        .as("nothing was altered")
        .doesNotContain("email$case", "name$accents");
  }

  /// Folded, the I with a dot has three bytes in the place of two.
  @Test
  void recordsWhoseTextsAreTooLongForANewIndexAreNamed() throws Exception {
    try (OpenEngine engine = open(PLAIN)) {
      create(engine, "g1", Map.of("name", "x".repeat(Index.TEXT_BYTES_MAX + 1)));
      create(engine, "g2", Map.of("name", "x".repeat(Index.TEXT_BYTES_MAX)));
      create(engine, "g3", Map.of("name", "\u0130".repeat(700)));
    }
    String refusal =
        "Guest: the texts of the stored records %s are too long for an index on name%s, which takes 2,048 bytes together in UTF-8, or were in an earlier version, which stays as it is: index another field";
    Map<String, String> refusals =
        Map.of(
            "@model @index(fields: [\"name\"])",
            refusal.formatted("'g1'", ""),
            "@model @index(fields: [\"name\"], ignoreCase: true)",
            refusal.formatted("'g1', 'g3'", ", ignoring case"));
    refusals.forEach((words, expected) -> {
      String indexed = PLAIN.replace("@model", words);
      assertThat(planned(indexed)).anyMatch(line -> line.endsWith(expected));
      assertThatThrownBy(() -> open(indexed))
          .isInstanceOf(SchemaRefused.class)
          .hasMessageContaining(expected);
      open(PLAIN).close();
    });
  }

  /// Makes the data what a release left that kept addresses as they were given.
  private void keepAsGiven(String... statements) throws Exception {
    change("DROP TABLE varve_text_rules");
    takeBackSince(4);
    change(statements);
  }

  /// Takes back what migrations have made since.
  private void takeBackSince(int version) throws Exception {
    Set<String> made = new TreeSet<>();
    List<String> columns = new ArrayList<>();
    List<String> indexes = new ArrayList<>();
    for (Path migration : migrationsSince(version)) {
      String sql = Files.readString(migration);
      found(sql, "CREATE TABLE (\\w+)").forEach(made::add);
      columns.addAll(found(sql, "ALTER TABLE (\\w+ ADD COLUMN \\w+)"));
      indexes.addAll(found(sql, "INDEX (\\w+ ON \\w+)"));
    }
    List<String> statements = new ArrayList<>();
    for (String index : indexes) {
      statements.add("DROP INDEX IF EXISTS " + index.split(" ", 2)[0]);
    }
    made.forEach(table -> statements.add("DROP TABLE " + table));
    for (String column : columns) {
      if (!made.contains(column.split(" ", 2)[0])) {
        statements.add("ALTER TABLE " + column.replace("ADD COLUMN", "DROP COLUMN"));
      }
    }
    statements.add("DELETE FROM varve_migrations WHERE CAST(version AS INTEGER) >= " + version);
    change(statements.toArray(String[]::new));
  }

  private static List<Path> migrationsSince(int version) throws Exception {
    Path folder =
        Path.of(
            Objects.requireNonNull(
                    TextDataTest.class.getResource("/dev/varve/store/sql/shared/migration"))
                .toURI());
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> version(file) > version).toList();
    }
  }

  private static int version(Path migration) {
    return Integer.parseInt(migration.getFileName().toString().substring(1).split("__", 2)[0]);
  }

  private static List<String> found(String sql, String pattern) {
    return Pattern.compile(pattern).matcher(sql).results().map(found -> found.group(1)).toList();
  }

  @Test
  void addressesOfAnOlderReleaseGetTheirDomainsInLowerCase() throws Exception {
    try (OpenEngine engine = open(FOLDED)) {
      create(
          engine,
          "g1",
          Map.of(
              "email",
              "Ada@Example.COM",
              "mails",
              List.of("a@B.ch", "c@d.ch"),
              "contact",
              Map.of("mail", "X@Y.ch")));
    }
    keepAsGiven(
        "UPDATE guests SET email = 'Ada@Example.COM', mails = '[\"a@B.ch\",\"c@d.ch\"]', contact = '{\"mail\":\"X@Y.ch\"}', \"email$case\" = 'Ada'",
        "UPDATE guests_history SET email = 'Ada@Example.COM', mails = '[\"a@B.ch\",\"c@d.ch\"]', contact = '{\"mail\":\"X@Y.ch\"}'");
    String sentence =
        "Keeps the domains of e-mail addresses of Guest in lower case; it fails if stored ones that are unique differ by that only.";
    assertThat(planned(FOLDED)).contains(sentence);

    try (OpenEngine engine = open(FOLDED)) {
      assertThat(engine.applied().changes()).contains(sentence);
      for (String table : List.of("guests", "guests_history")) {
        assertThat(column("SELECT email FROM " + table)).containsExactly("Ada@example.com");
        assertThat(column("SELECT \"email$case\" FROM " + table))
            .containsExactly("ada@example.com");
        assertThat(column("SELECT mails FROM " + table)).containsExactly("[\"a@b.ch\",\"c@d.ch\"]");
        assertThat(column("SELECT contact FROM " + table)).containsExactly("{\"mail\":\"X@y.ch\"}");
      }
      requireSound(engine);
    }
    try (OpenEngine engine = open(FOLDED)) {
      assertThat(engine.applied().changes()).as("once is enough").isEmpty();
    }
  }

  @Test
  void anOlderReleasesTablesAreSoundBeforeTheyAreServedAgain() throws Exception {
    try (OpenEngine engine = open(PLAIN)) {
      create(engine, "g1", Map.of("email", "Ada@Example.COM"));
    }
    keepAsGiven(
        "UPDATE guests SET email = 'Ada@Example.COM'",
        "UPDATE guests_history SET email = 'Ada@Example.COM'");
    assertThat(findings()).isEmpty();
    change("UPDATE guests SET email = 'Eve@Example.COM'");
    assertThat(findings())
        .singleElement()
        .asString()
        .contains("email is Eve@Example.COM, the log says Ada@example.com");
  }

  private List<String> findings() throws Exception {
    try (Database database =
        SqliteDatabase.open(DataFolder.database(data), DatabaseOptions.DEFAULT)) {
      Path scratch = Files.createTempDirectory(data, "verify").resolve("replayed.db");
      return new Verification(database, new EventLog(database), AppliedSchema.stored(database))
          .run(scratch, (position, last) -> {})
          .findings();
    }
  }

  @Test
  void addressesOfAnOlderReleaseThatAreOneNowAreNamed() throws Exception {
    try (OpenEngine engine = open(PLAIN)) {
      create(engine, "g1", Map.of("email", "ada@example.com"));
      create(engine, "g2", Map.of("email", "eve@example.com"));
    }
    keepAsGiven("UPDATE guests SET email = 'ada@Example.com' WHERE id = 'g2'");
    assertThatThrownBy(() -> open(PLAIN))
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining("several stored records have 'ada@example.com' ('g1', 'g2')");
  }
}
