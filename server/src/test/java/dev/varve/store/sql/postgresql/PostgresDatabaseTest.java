package dev.varve.store.sql.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.varve.kernel.Folding;
import dev.varve.kernel.Patience;
import dev.varve.node.OpenEngine;
import dev.varve.node.TestStorage;
import dev.varve.node.Written;
import dev.varve.store.log.DamagedLogException;
import dev.varve.store.log.EventLog;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StorageException;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.IndexBuild;
import dev.varve.store.state.SchemaRefused;
import dev.varve.store.state.Verification;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes wrong on PostgreSQL without a word, unless it is seen to.
class PostgresDatabaseTest {
  @TempDir static Path shared;
  private static Database database;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    TestStorage.inPostgres(shared);
    database = TestStorage.of(shared).open(DatabaseOptions.DEFAULT);
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static long one(Session session, String sql) throws SQLException {
    return session.first(sql, List.of(), row -> row.getLong(1)).orElseThrow();
  }

  private static void elsewhere(String sql) throws SQLException {
    try (Connection connection = TestStorage.connect(shared);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void aSnapshotSeesOneState() throws SQLException {
    elsewhere("CREATE TABLE seen (number INT)");
    database.snapshot(session -> {
      long before = one(session, "SELECT count(*) FROM seen");
      elsewhere("INSERT INTO seen VALUES (1)");
      assertThat(one(session, "SELECT count(*) FROM seen")).isEqualTo(before);
      return before;
    });
    assertThat((long) database.read(session -> one(session, "SELECT count(*) FROM seen")))
        .isEqualTo(1);
  }

  /// Behind one of another test that was begun anew.
  private static void tryGlances() {
    for (int spared = 0; spared < PostgresDatabase.GLANCES_SPARED; spared++) {
      database.glance(_ -> 0);
    }
  }

  @Test
  void aGlanceSeesOneState() throws Exception {
    elsewhere("CREATE TABLE glanced (word TEXT)");
    tryGlances();
    // the driver goes another way once it has prepared a statement
    for (int times = 0; times < 10; times++) {
      database.glance(session -> greatestWordBehindALock(session));
    }
    try (Connection other = TestStorage.connect(shared);
        Statement statement = other.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(7)");
      CompletableFuture<String> seen =
          CompletableFuture.supplyAsync(
              () -> database.glance(session -> greatestWordBehindALock(session)));
      Patience.until(
          "what was asked ahead waits",
          () ->
              database.read(session ->
                  one(
                      session,
                      "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))
                  == 1);
      statement.execute("INSERT INTO glanced VALUES ('late')");
      statement.execute("SELECT pg_advisory_unlock(7)");

      assertThat(seen.get()).isEmpty();
    }
    assertThat(database.<String>glance(session -> greatestWordBehindALock(session)))
        .isEqualTo("late");
  }

  private static String greatestWordBehindALock(Session session) throws SQLException {
    session.ahead("SELECT pg_advisory_xact_lock(7)", row -> row.getString(1));
    return session
        .first(
            "SELECT coalesce(max(word), '') FROM glanced WHERE word <> ?",
            List.of("never"),
            row -> row.getString(1))
        .orElseThrow();
  }

  @Test
  void aGlanceThatNeedsAnotherQueryIsBegunAnew() throws SQLException {
    elsewhere("CREATE TABLE looked (number INT)");
    tryGlances();
    AtomicInteger begun = new AtomicInteger();
    database.glance(session -> {
      begun.incrementAndGet();
      long before = one(session, "SELECT count(*) FROM looked");
      elsewhere("INSERT INTO looked VALUES (1)");
      assertThat(one(session, "SELECT count(*) FROM looked")).isEqualTo(before);
      return before;
    });
    assertThat(begun).hasValue(2);

    // the next are begun with a transaction
    database.glance(session -> {
      one(session, "SELECT count(*) FROM looked");
      one(session, "SELECT count(*) FROM looked");
      return begun.incrementAndGet();
    });
    assertThat(begun).hasValue(3);
  }

  @Test
  void whoReadsChangesNothing() {
    assertThatThrownBy(
            () -> database.snapshot(session -> session.update("DELETE FROM varve_log", List.of())))
        .hasMessageContaining("read-only transaction");
  }

  /// The writer has to see what was committed while it waited.
  @Test
  void theWriterSeesWhatOthersCommit() throws SQLException {
    elsewhere("CREATE TABLE written (number INT)");
    Session writer = database.writer();
    writer.beginWriting();
    try {
      assertThat(one(writer, "SELECT count(*) FROM written")).isZero();
      elsewhere("INSERT INTO written VALUES (1)");
      assertThat(one(writer, "SELECT count(*) FROM written")).isEqualTo(1);
    } finally {
      writer.rollback();
    }
  }

  /// All of it would be more than there is memory.
  @Test
  void rowsThatAreNotWantedAreNotRead() {
    List<Integer> lengths =
        database.glance(session ->
            session.listUntil(
                "SELECT repeat('x', 1000000 + n - n) FROM generate_series(1, 20000) AS g (n)",
                List.of(),
                row -> row.getString(1).length(),
                length -> length == 1_000_000));
    assertThat(lengths).containsExactly(1_000_000);
  }

  @Test
  void aTransactionGoesOnBehindAPartThatFailed() throws SQLException {
    Session writer = database.writer();
    writer.beginWriting();
    try {
      assertThatThrownBy(() -> writer.attempt(() -> writer.execute("SELECT 1 / 0")))
          .isInstanceOf(SQLException.class);
      assertThat(one(writer, "SELECT 1")).isEqualTo(1);
    } finally {
      writer.rollback();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "Straße", "STRASSE", "CAFÉ", "e\u0301", "ıIİ", "ΣΑΣ", "ﬃ", "ᏸ", "が", "Ǆ", "\u0344",
        "😀A"
      })
  void textsAreFoldedAsInMemory(String text) {
    for (Folding folding : List.of(Folding.CASE, Folding.ACCENTS)) {
      String sql = "SELECT " + FoldFunctions.name(folding) + "(?)";
      String folded =
          database.read(
              session -> session.first(sql, List.of(text), row -> row.getString(1)).orElseThrow());
      assertThat(folded).as(folding + " of " + text).isEqualTo(folding.fold(text));
    }
  }

  @Test
  void varvesOwnTextsAreInTheOrderOfTheirCodePoints() {
    List<String> others =
        database.read(session ->
            session.list(
                "SELECT table_name || '.' || column_name FROM information_schema.columns"
                    + " WHERE table_schema = current_schema() AND table_name LIKE 'varve\\_%'"
                    + " AND table_name <> 'varve_migrations' AND data_type = 'text'"
                    + " AND collation_name IS DISTINCT FROM 'C'",
                List.of(), row -> row.getString(1)));
    assertThat(others).isEmpty();
  }

  @Test
  void aPositionMayBeLargerThanAnIntOfTheDatabase() {
    List<String> types =
        database.read(session ->
            session.list(
                "SELECT data_type FROM information_schema.columns"
                    + " WHERE table_schema = current_schema() AND column_name = 'position'",
                List.of(),
                row -> row.getString(1)));
    assertThat(types).isNotEmpty().containsOnly("bigint");
  }

  @Test
  void theLogHasRoomForWhatComesNext() throws SQLException {
    Session writer = database.writer();
    writer.beginWriting();
    try {
      LogPartitions.makeRoom(writer, LogPartitions.POSITIONS / 2 - 1);
      assertThat(PostgresDialect.INSTANCE.tables(writer)).doesNotContain("varve_log_1");
      LogPartitions.makeRoom(writer, LogPartitions.POSITIONS / 2);
      LogPartitions.makeRoom(writer, LogPartitions.POSITIONS / 2 + 1);
      writer.execute(
          "INSERT INTO varve_log SELECT n, 0, 'a', 'r', 1, '[]', '' FROM generate_series(%d, %d) AS g (n)"
              .formatted(LogPartitions.POSITIONS - 1, LogPartitions.POSITIONS));
      assertThat(one(writer, "SELECT count(*) FROM varve_log_1")).isEqualTo(1);
    } finally {
      writer.rollback();
    }
  }

  @Test
  void aDatabaseThatHoldsNotEveryTextIsRefused() {
    LocalPostgres server = LocalPostgres.require();
    String latin =
        server.newEmptyDatabase(
            "ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0");
    assertThatThrownBy(
            () -> PostgresDatabase.open(server.settings(latin), "", PostgresDatabase.Use.WRITE))
        .hasMessageContaining("names a database in LATIN1, and texts are UTF-8");
  }

  private OpenEngine engine(String schema) {
    return OpenEngine.at(folder, schema, Clock.systemUTC());
  }

  /// PostgreSQL cuts names of more than 63 bytes, and says so to nobody.
  @Test
  void longNamesAreToldApart() {
    TestStorage.inPostgres(folder);
    String table = "a".repeat(54);
    String field = "b".repeat(59);
    String schema =
        "type A @model(plural: \"%s\") %s @auth(rules: [{allow: public}]) { %s }"
            .formatted(
                table,
                Stream.of("x", "y")
                    .map(end ->
                        "@index(fields: [\"%s\"]) @index(fields: [\"%s\"], ignoreAccents: true)"
                            .formatted(field + end, field + end))
                    .reduce("", String::concat),
                field + "x: String " + field + "y: String");
    try (OpenEngine engine = engine(schema)) {
      List<String> indexes = engine.database().read(PostgresDialect.INSTANCE::indexes);
      assertThat(
              indexes.stream().filter(name -> name.startsWith("aaa") && name.contains("__index_")))
          .hasSize(8);
      assertThat(engine.rebuild(() -> false)).isTrue();
      assertThat(engine.verify().findings()).isEmpty();
    }
    // nothing is made anew when nothing changed
    try (OpenEngine engine = engine(schema + " ")) {
      assertThat(engine.database().read(PostgresDialect.INSTANCE::indexes)).hasSizeGreaterThan(8);
    }
  }

  @Test
  void recordsThatStandInTheWayOfAUniqueIndexAreNamed() throws SQLException {
    TestStorage.inPostgres(folder);
    String schema = "type Note @model @auth(rules: [{allow: public}]) { text: String %s }";
    engine(schema.formatted("")).close();
    try (Connection connection = TestStorage.connect(folder);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO notes (id, text, version) VALUES ('n1', 'same', 1), ('n2', 'same', 1)");
    }
    assertThatThrownBy(() -> engine(schema.formatted("@unique")))
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining("the stored records 'n1', 'n2' agree in text");
  }

  /// One that is not unique would be made beside those who write, and fail there again and again.
  @Test
  void recordsWhoseTextsAreTooLongForANewIndexAreNamed() throws SQLException {
    TestStorage.inPostgres(folder);
    engine(NOTES.replace("@model", "@model(history: false)")).close();
    change(
        "INSERT INTO notes (id, text, version) SELECT 'n' || n, repeat('x', 2040 + n), 1 FROM generate_series(1, 10) AS n");
    String indexed =
        NOTES
            .replace("@model", "@model(history: false) @index(fields: [\"word\"])")
            .replace("text: String", "word: String @renamedFrom(name: \"text\")");
    assertThatThrownBy(() -> engine(indexed))
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining(
            "the texts of the stored records 'n10', 'n9' are too long for an index on word, which takes 2,048 bytes together in UTF-8: shorten them first");
    change("UPDATE notes SET text = left(text, 2048)");
    engine(indexed).close();
  }

  /// As where such a text was written between the look for them and the index.
  @Test
  void anIndexThatCannotBeMadeKeepsNoOtherFromBeingMade() throws SQLException {
    TestStorage.inPostgres(folder);
    String schema =
        "type Note @model(history: false) @auth(rules: [{allow: public}]) @index(fields: [\"text\"]) @index(fields: [\"word\"]) { text: String word: String }";
    engine(schema).close();
    List<String> indexes =
        List.of(
            first(
                    "SELECT string_agg(indexname, ',') FROM pg_indexes WHERE tablename = 'notes' AND indexname NOT LIKE '%pkey'")
                .split(",", -1));
    assertThat(indexes).hasSize(2);
    try (Connection connection = TestStorage.connect(folder);
        Statement statement = connection.createStatement()) {
      for (String index : indexes) {
        statement.execute("DROP INDEX \"%s\"".formatted(index));
      }
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO notes (id, text, version) VALUES ('n1', ?, 1)")) {
        insert.setString(1, Texts.without(4_000));
        insert.execute();
      }
    }
    try (OpenEngine engine = engine(schema)) {
      IndexBuild.finish(engine.database(), engine.applied());
      assertThat(IndexBuild.missing(engine.database())).containsExactly("Note by text");
    }
  }

  private static final String NOTES =
      "type Note @model @auth(rules: [{allow: public}]) { text: String }";

  private String first(String sql) throws SQLException {
    try (Connection connection = TestStorage.connect(folder);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private void change(String... statements) throws SQLException {
    try (Connection connection = TestStorage.connect(folder);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
      }
    }
  }

  private List<String> findings() {
    try (Database cut = TestStorage.of(folder).open(DatabaseOptions.DEFAULT)) {
      return new Verification(cut, new EventLog(cut), AppliedSchema.stored(cut))
          .run(folder.resolve("replayed.db"), (position, last) -> {})
          .findings();
    }
  }

  @Test
  void aLogThatWasCutIsKnownFromOneThatEnds() throws SQLException {
    TestStorage.inPostgres(folder);
    try (OpenEngine engine = engine(NOTES)) {
      Written.note(engine, "n1");
      Written.note(engine, "n2");
      Written.note(engine, "n3");
      Patience.until("the end is noted, though nobody writes any more", () -> notedPosition() == 3);
      assertThat(engine.verify().findings()).isEmpty();

      change("DELETE FROM varve_log WHERE position = 3");
      assertThatThrownBy(() -> Written.note(engine, "n4"))
          .hasMessageContaining("The database has lost position 3 of the log");
    }
    assertThatThrownBy(() -> engine(NOTES))
        .isInstanceOf(DamagedLogException.class)
        .hasMessageContaining("The log has not the unit that is recorded as its end, position 3");
    assertThat(findings())
        .singleElement()
        .asString()
        .contains("The log ends at position 2", "its end is recorded as position 3");
  }

  private long notedPosition() {
    try {
      return Long.parseLong(first("SELECT position FROM varve_checkpoint"));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The chain is whole then, and all tables agree with it.
  @Test
  void anEndThatWasWrittenAnewIsKnownFromTheOneThatWasThere() throws SQLException {
    TestStorage.inPostgres(folder);
    try (OpenEngine engine = engine(NOTES)) {
      Written.note(engine, "n1");
      Written.note(engine, "n2");
    }
    String noted = first("SELECT encode(hash, 'hex') FROM varve_checkpoint");
    change(
        "DELETE FROM varve_log WHERE position = 2",
        "DELETE FROM notes WHERE id = 'n2'",
        "DELETE FROM notes_history WHERE id = 'n2'",
        "UPDATE varve_checkpoint SET position = 1, hash = (SELECT hash FROM varve_log WHERE position = 1)");
    try (OpenEngine engine = engine(NOTES)) {
      Written.note(engine, "other");
    }
    change("UPDATE varve_checkpoint SET hash = decode('%s', 'hex')".formatted(noted));

    assertThatThrownBy(() -> engine(NOTES)).isInstanceOf(DamagedLogException.class);
    assertThat(findings())
        .singleElement()
        .asString()
        .contains("The log has not the unit that is recorded as its end, position 2");
  }

  /// That no synchronous standby has confirmed it, for one, is told by a warning alone.
  @Test
  void aCommitWithAWarningIsNotTakenForDone() throws SQLException {
    elsewhere("CREATE TABLE warned (text TEXT)");
    elsewhere(
        """
        CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF new.text = 'warning' THEN RAISE WARNING 'not everywhere'; ELSE RAISE NOTICE 'said by the way'; END IF;
          RETURN NULL;
        END $$\
        """);
    elsewhere(
        "CREATE CONSTRAINT TRIGGER warns AFTER INSERT ON warned DEFERRABLE INITIALLY DEFERRED"
            + " FOR EACH ROW EXECUTE FUNCTION warn()");
    Session writer = database.writer();
    writer.beginWriting();
    writer.update("INSERT INTO warned VALUES ('notice')", List.of());
    writer.commit();
    writer.beginWriting();
    writer.update("INSERT INTO warned VALUES ('warning')", List.of());
    assertThatThrownBy(writer::commit).hasMessageContaining("not everywhere");
  }

  @Test
  void aQueryThatTakesTooLongIsToldAsThat() {
    StorageException broken =
        catchThrowableOfType(
            StorageException.class,
            () ->
                database.lookup(session -> {
                  session.execute("SET LOCAL statement_timeout = 1");
                  return one(session, "SELECT count(pg_sleep(60))");
                }));
    assertThat(broken.problem(true).text()).startsWith("The storage took longer for this");
  }

  /// Nobody knows what became of rows that no log keeps.
  @Test
  void workThatTheLogDoesNotKeepMayHaveBeenDone() {
    LocalPostgres postgres = LocalPostgres.require();
    try (FragileWay way = FragileWay.to(postgres.port())) {
      TestStorage.inPostgres(folder, settings -> LocalPostgres.over(way.port(), settings));
      try (OpenEngine engine = engine(NOTES)) {
        way.cutBehind("COMMIT");
        assertThatThrownBy(() ->
                engine
                    .sequencer()
                    .submit(
                        "actor",
                        "request",
                        context ->
                            context.session().update("DELETE FROM varve_rebuild", List.of())))
            .hasMessageContaining("it may have been written: read before you repeat it");
        Written.note(engine, "n1");
      }
    }
  }
}
