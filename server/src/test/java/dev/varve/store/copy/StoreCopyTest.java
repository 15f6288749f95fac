package dev.varve.store.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.varve.kernel.UserMistake;
import dev.varve.node.OnSqlite;
import dev.varve.node.OpenEngine;
import dev.varve.store.copy.StoreCopy.Outcome;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Head;
import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.postgresql.LocalPostgres;
import dev.varve.store.sql.postgresql.PostgresDatabase;
import dev.varve.store.sql.sqlite.SqliteDatabase;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.Verification;
import dev.varve.transfer.Lanes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// All data of an application go from a file to PostgreSQL and back, whatever happens on the way.
@OnSqlite
@Order(1) // it takes long: not at the end, alone
class StoreCopyTest {
  // three stretches of the log
  private static final int UNITS = 2_500;
  private static final Instant NOW = Instant.parse("2026-03-01T09:30:00Z");

  private static final String SCHEMA =
      """
      type Note @model @index(fields: ["text"], ignoreCase: true) @auth(rules: [{allow: public}]) {
        id: ID!
        text: String!
        amount: Decimal @scale(digits: 2)
        day: Date
        moment: DateTime
        ratio: Float
        done: Boolean
        number: Long
        tags: [String!]
        place: Place
        mail: Email @unique(ignoreCase: true)
        follows: Note
      }
      type Line @model(history: false) @auth(rules: [{allow: public}]) { text: String note: Note }
      type Place { street: String! city: String }
      """;
  private static final String RENAMED =
      SCHEMA
          .replace("text: String!", "title: String! @renamedFrom(name: \"text\")")
          .replace("[\"text\"]", "[\"title\"]");

  @TempDir static Path written;
  @TempDir Path folder;

  private final List<Database> opened = new ArrayList<>();
  private Database file;
  private Database server;

  @BeforeAll
  static void write() throws Exception {
    try (Lanes lanes = Lanes.open(written, SCHEMA)) {
      lanes.load(1, List.of("Note=" + rows("notes.ndjson", UNITS, StoreCopyTest::created)));
      lanes.load(1, List.of("Line=" + rows("lines.ndjson", 5, StoreCopyTest::line)));
    }
    // some of it under another name
    try (Lanes lanes = Lanes.open(written, RENAMED)) {
      lanes.load(7, List.of("Note=" + rows("changes.ndjson", 100, StoreCopyTest::changed)));
    }
    try (OpenEngine engine = OpenEngine.at(written, RENAMED, Clock.systemUTC())) {
      new OwnRowsOfAll().fill(engine.database());
    }
  }

  private static Path rows(String name, int count, java.util.function.IntFunction<String> row)
      throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < count; i++) {
      rows.append(row.apply(i)).append('\n');
    }
    return Files.writeString(written.resolve(name), rows);
  }

  private static String created(int i) {
    return i % 2 == 0
        ? "{\"id\": \"n%d\", \"text\": \"Stra\u00dfe \ud83d\ude00 %d\"}".formatted(i, i)
        : """
        {"id": "n%d", "text": "it's \\"%d\\" \\\\ \\u0007", "amount": "-%d.05", "day": "2026-02-28", "moment": "2026-02-28T23:59:59.999999Z",\
         "ratio": -0.1e-7, "done": %s, "number": -9007199254740991, "tags": ["a", "\u00e4"], "place": {"street": "s"}, "mail": "A%d@example.com", "follows": "n%d"}\
        """
            .formatted(i, i, i, i % 3 == 0, i, i - 1);
  }

  private static String line(int i) {
    return "{\"id\": \"l%d\", \"text\": \"line\", \"note\": \"n%d\"}".formatted(i, i);
  }

  private static String changed(int i) {
    return "{\"id\": \"n%d\", \"title\": \"changed %d\", \"amount\": \"%d.50\"}".formatted(i, i, i);
  }

  @BeforeEach
  void open() throws IOException {
    Files.copy(written.resolve("varve.db"), folder.resolve("varve.db"));
    file = file(folder);
    server = server();
  }

  private Database file(Path in) {
    return opened(SqliteDatabase.open(DataFolder.database(in), DatabaseOptions.DEFAULT));
  }

  private Database server() {
    LocalPostgres postgres = LocalPostgres.require();
    return opened(
        PostgresDatabase.open(
            postgres.settings(postgres.newEmptyDatabase("ENCODING 'UTF8' TEMPLATE template0")),
            "",
            PostgresDatabase.Use.WRITE));
  }

  private Database opened(Database database) {
    opened.add(database);
    return database;
  }

  @AfterEach
  void close() {
    opened.forEach(Database::close);
  }

  private static StoreCopy.End end(Database database, String name) {
    return new StoreCopy.End(database, name, "Take another");
  }

  private StoreCopy copy(Database source, Database target) {
    return new StoreCopy(
        end(source, "the source"), end(target, "the target"), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private Outcome run(Database source, Database target, BooleanSupplier interrupted) {
    return run(source, target, (_, _, _) -> {}, interrupted);
  }

  private Outcome run(
      Database source, Database target, StoreCopy.Progress progress, BooleanSupplier interrupted) {
    try {
      Path scratch = Files.createTempDirectory(folder, "scratch").resolve("replayed.db");
      return copy(source, target).run(scratch, progress, interrupted);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Head whole(Database source, Database target) {
    Outcome outcome = run(source, target, () -> false);
    assertThat(outcome).isInstanceOf(Outcome.Whole.class);
    return ((Outcome.Whole) outcome).head();
  }

  private static void assertSame(Database one, Database other) {
    assertSame(OwnRowsOfAll.log(one), OwnRowsOfAll.log(other));
    assertThat(OwnRowsOfAll.of(other)).isEqualTo(OwnRowsOfAll.of(one));
  }

  /// Tells of the first that differs, not of thousands.
  private static void assertSame(List<String> rows, List<String> others) {
    for (int i = 0; i < Math.min(rows.size(), others.size()); i++) {
      assertThat(others.get(i)).isEqualTo(rows.get(i));
    }
    assertThat(others.size()).isEqualTo(rows.size());
  }

  private void assertServable(Database database) {
    CopyMark.requireServable(database);
  }

  private void assertNotServable(Database database, String why) {
    assertThatThrownBy(() -> CopyMark.requireServable(database))
        .isInstanceOf(UserMistake.class)
        .hasMessage(why);
  }

  private static final String MOVED =
      """
      These data were moved to the target at 2026-03-01T09:30:00Z, and nothing is written here any more.
      Serve those: let database.url in varve.yaml name them, nothing for a file. To write here after all,
      without what was written there since: varve copy APP --take-back\
      """;
  private static final String PART =
      """
      These data are a copy of the source that is not whole yet.
      Run the same `varve copy` again: it goes on where it stopped.\
      """;

  private void execute(Database database, String sql) throws SQLException {
    StoreCopy.transaction(database.writer(), session -> session.execute(sql));
  }

  @Test
  void allDataGoThereAndBack() throws IOException {
    Head head = whole(file, server);

    assertThat(head.position())
        .isEqualTo(new EventLog(file).head().position())
        .isGreaterThan(UNITS);
    assertSame(file, server);
    assertThat(OwnRowsOfAll.of(server).values()).allMatch(rows -> rows.size() >= 2);
    assertNotServable(file, MOVED);
    assertServable(server);

    Database back = file(Files.createDirectory(folder.resolve("back")));
    assertThat(whole(server, back)).isEqualTo(head);
    assertSame(file, back);
    assertSame(tables(file), tables(back));
    assertNotServable(server, MOVED);
    assertServable(back);
  }

  /// The rows of the tables of models, as texts.
  private static List<String> tables(Database database) {
    return database.snapshot(session -> {
      List<String> rows = new ArrayList<>();
      for (String table : List.of("notes", "notes_history", "lines")) {
        List<String> columns = session.dialect().columns(session, table).stream().sorted().toList();
        rows.addAll(
            session.list(
                "SELECT * FROM %s ORDER BY id, version".formatted(table),
                List.of(),
                row -> {
                  StringBuilder text = new StringBuilder(table);
                  for (String column : columns) {
                    text.append(' ').append(column).append('=').append(row.getString(column));
                  }
                  return text.toString();
                }));
      }
      assertThat(rows.size()).isGreaterThan(2 * UNITS);
      return rows;
    });
  }

  /// What was copied is served: under the schema that it has, and written on.
  @Test
  void theCopyIsWrittenOnWhereTheSourceEnded() throws Exception {
    Path there = Files.createDirectory(folder.resolve("there"));
    Head head = whole(file, server);
    Database back = file(there);
    whole(server, back);
    back.close();

    try (Lanes lanes = Lanes.open(there, RENAMED)) {
      lanes.load(1, List.of("Line=" + rows("more.ndjson", 6, StoreCopyTest::line)));
    }
    Database again = file(there);
    assertThat(new EventLog(again).head().position()).isEqualTo(head.position() + 1);
    assertThat(verify(again).findings()).isEmpty();
  }

  private Verification.Report verify(Database database) throws IOException {
    return new Verification(database, new EventLog(database), AppliedSchema.stored(database))
        .run(Files.createTempDirectory(folder, "verify").resolve("replayed.db"), (_, _) -> {});
  }

  /// Each run is allowed a step more than the one before; in between a server writes to the source.
  @Test
  void aCopyThatIsToldToStopGoesOnWhereItStopped() throws Exception {
    List<Long> reached = new ArrayList<>();
    Outcome outcome = new Outcome.Interrupted();
    // the first of them stop among the rows
    int first = OwnTables.COPIED.size() - 2;
    for (int steps = first; outcome instanceof Outcome.Interrupted; steps++) {
      AtomicInteger left = new AtomicInteger(steps);
      outcome = run(file, server, () -> left.getAndDecrement() <= 0);
      reached.add(new EventLog(server).head().position());
      if (outcome instanceof Outcome.Interrupted) {
        assertServable(file);
        assertNotServable(server, PART);
        execute(
            file, "UPDATE varve_session SET device = 'run %d', ended_at = NULL".formatted(steps));
        if (steps == first + 5) {
          writeOn(steps);
        }
      }
    }
    assertThat(outcome).isInstanceOf(Outcome.Whole.class);
    assertThat(reached).isSorted().contains(0L, 1_000L);
    assertSame(file, server);
  }

  private void writeOn(int number) throws Exception {
    file.close();
    try (Lanes lanes = Lanes.open(folder, RENAMED)) {
      lanes.load(
          1,
          List.of(
              "Line="
                  + rows(
                      "between.ndjson", 1, _ -> "{\"text\": \"between %d\"}".formatted(number))));
    }
    file = file(folder);
  }

  private static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /// What was done is done, and nothing else: as when the process is gone.
  @Test
  void aCopyThatCrashesGoesOnWhereItStopped() {
    int crashes = 0;
    Outcome outcome = new Outcome.Interrupted();
    for (int limit = 1; outcome instanceof Outcome.Interrupted; limit += 5) {
      AtomicInteger left = new AtomicInteger(limit);
      try {
        outcome =
            run(
                file,
                server,
                (_, _, _) -> {
                  if (left.decrementAndGet() == 0) {
                    throw new Crash();
                  }
                },
                () -> false);
      } catch (Crash e) {
        crashes++;
        assertServable(file);
        assertNotServable(server, PART);
      }
    }
    assertThat(outcome).isInstanceOf(Outcome.Whole.class);
    assertThat(crashes).isGreaterThan(3);
    assertSame(file, server);
  }

  /// The source is marked before the target is let go: between the two nobody writes to either.
  @Test
  void aCopyThatCrashesBeforeItsLastStepGoesOn() throws SQLException {
    whole(file, server);
    CopyMark moved = file.read(CopyMark::find).orElseThrow();
    StoreCopy.transaction(server.writer(), CopyMark.part(moved.copy(), "the source", NOW)::write);
    assertNotServable(file, MOVED);
    assertNotServable(server, PART);

    whole(file, server);

    assertNotServable(file, MOVED);
    assertServable(server);
  }

  @Test
  void tablesThatWereMadeAreNotMadeAgain() throws SQLException {
    AtomicInteger asked = new AtomicInteger();
    whole(file, server);
    CopyMark moved = file.read(CopyMark::find).orElseThrow();
    long head = new EventLog(server).head().position();
    StoreCopy.transaction(
        server.writer(), CopyMark.part(moved.copy(), "the source", NOW).replayed(head, 2)::write);

    run(
        file,
        server,
        (step, _, _) -> {
          if (step == StoreCopy.Step.TABLES || step == StoreCopy.Step.LOG) {
            asked.incrementAndGet();
          }
        },
        () -> false);

    assertThat(asked).hasValue(0);
    assertServable(server);
  }

  @Test
  void aCopyThatIsNotTheSameLeavesTheSourceInUse() throws SQLException {
    run(file, server, stopBefore(StoreCopy.Step.CHECK));
    execute(server, "UPDATE notes SET title = 'altered' WHERE id = 'n7'");

    Outcome outcome = run(file, server, () -> false);

    assertThat(outcome).isInstanceOf(Outcome.Different.class);
    assertThat(((Outcome.Different) outcome).findings())
        .singleElement()
        .asString()
        .contains("Table notes, id 'n7', version", "title is altered, the log says");
    assertServable(file);
    assertNotServable(server, PART);
  }

  /// Never at the first asks: at the one that follows the last step before.
  private BooleanSupplier stopBefore(StoreCopy.Step step) {
    assertThat(step).isEqualTo(StoreCopy.Step.CHECK);
    return () -> server.read(CopyMark::find).filter(mark -> mark.replayed() > 0).isPresent();
  }

  @Test
  void aSourceThatIsDamagedIsNotCopied() throws SQLException {
    execute(file, "UPDATE varve_log SET actor = 'somebody' WHERE position = 1500");

    assertThatThrownBy(() -> run(file, server, () -> false))
        .hasMessage("The unit at position 1500 is not what was written: its hash does not match");
    assertServable(file);
    assertNotServable(server, PART);
    assertThat(new EventLog(server).head().position()).isEqualTo(1_000);
  }

  @Test
  void aSourceWhoseEndIsGoneIsNotCopied() throws SQLException {
    execute(file, "DELETE FROM varve_log WHERE position > 2000");

    assertThatThrownBy(() -> run(file, server, () -> false))
        .hasMessageContaining("The log has not the unit that is recorded as its end, position 25");
  }

  @FunctionalInterface
  interface Preparation {
    void of(StoreCopyTest test) throws Exception;
  }

  /// What is there before, and how a copy from the file to the server is refused then.
  record Refusal(String name, Preparation before, String message) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Refusal> refusals() {
    return Stream.of(
        new Refusal(
            "tables of others",
            test -> {
              test.migrate(test.server);
              test.execute(test.server, "CREATE TABLE orders (id INT)");
            },
            "the target is not empty: it has the table orders. Take another"),
        new Refusal(
            "a log",
            test -> {
              test.migrate(test.server);
              test.execute(
                  test.server,
                  "INSERT INTO varve_log VALUES (1, 0, 'a', 'r', 1, '[]', decode('00', 'hex'))");
            },
            "the target is not empty: it has a log of its own. Take another"),
        new Refusal(
            "accounts alone",
            test -> {
              test.migrate(test.server);
              test.execute(test.server, "INSERT INTO varve_credential VALUES ('ada', 'hash', 0)");
            },
            "the target is not empty: it has rows in varve_credential. Take another"),
        new Refusal(
            "a part of another copy",
            test -> {
              test.migrate(test.server);
              StoreCopy.transaction(
                  test.server.writer(),
                  session -> {
                    CopyMark.part("x", "other data", NOW).write(session);
                    session.execute(
                        "INSERT INTO varve_log VALUES (1, 0, 'a', 'r', 1, '[]', decode('00', 'hex'))");
                  });
            },
            "the target has a part of a copy of other data, those of other data. Take another"),
        new Refusal(
            "data that were moved on",
            test -> {
              test.migrate(test.server);
              test.mark(test.server, CopyMark.moved("x", "a third", NOW));
            },
            "The data in the target were moved to a third. Take another"),
        new Refusal(
            "a source that was moved",
            test -> test.mark(test.file, CopyMark.moved("x", "a third", NOW)),
            """
            The data in the source were moved to a third before: copy those.
            If you mean these after all, take them back first: varve copy APP --take-back\
            """),
        new Refusal(
            "a source that was moved by another copy than the target has a part of",
            test -> {
              test.migrate(test.server);
              test.mark(test.file, CopyMark.moved("x", "a third", NOW));
              test.mark(test.server, CopyMark.part("y", "the source", NOW));
            },
            """
            The data in the source were moved to a third before: copy those.
            If you mean these after all, take them back first: varve copy APP --take-back\
            """),
        new Refusal(
            "a source that is a part itself",
            test -> test.mark(test.file, CopyMark.part("x", "a third", NOW)),
            "The data in the source are themselves a copy that is not whole yet, of a third. Copy those"),
        new Refusal(
            "a table of a newer Varve",
            test -> test.execute(test.file, "CREATE TABLE varve_future (id TEXT PRIMARY KEY)"),
            "the source has a table that this Varve does not know: varve_future. Copy with the one that made it"),
        new Refusal(
            "a source that was never served",
            test -> test.execute(test.file, "DELETE FROM varve_schema"),
            "There are no data in the source to copy: nothing was served from it yet"));
  }

  private void migrate(Database database) {
    dev.varve.store.sql.Migrations.run(database);
  }

  private void mark(Database database, CopyMark mark) throws SQLException {
    StoreCopy.transaction(database.writer(), mark::write);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void isRefusedWith(Refusal refusal) throws Exception {
    refusal.before().of(this);
    Optional<CopyMark> before = file.read(CopyMark::find);

    assertThatThrownBy(() -> run(file, server, () -> false))
        .isInstanceOf(UserMistake.class)
        .hasMessage(refusal.message().replace("\n", System.lineSeparator()));

    assertThat(file.read(CopyMark::find)).isEqualTo(before);
  }

  @Test
  void whatWasMovedIsTakenBack() {
    whole(file, server);

    assertThat(CopyMark.takeBack(file)).isEqualTo("the target");
    assertServable(file);
    assertThatThrownBy(() -> CopyMark.takeBack(file))
        .hasMessage("These data were not moved: there is nothing to take back");
    // and copied once more, to another place
    Database another = server();
    whole(file, another);
    assertSame(server, another);
  }

  @Test
  void aPartIsNotTakenBack() {
    run(file, server, () -> true);

    assertThatThrownBy(() -> CopyMark.takeBack(server))
        .hasMessage("These data were not moved: there is nothing to take back");
  }

  /// The music store, from the files that everybody has.
  @Test
  void chinookGoesThereAndBack() throws Exception {
    Optional<Path> data = Optional.ofNullable(System.getenv("VARVE_CHINOOK")).map(Path::of);
    assumeTrue(
        data.isPresent(), "Skipped: VARVE_CHINOOK names no folder with the Chinook CSV files");
    Path chinook = Files.createDirectory(folder.resolve("chinook"));
    String schema =
        Files.readString(
            Path.of(System.getProperty("basedir", "."))
                .resolve("../examples/chinook/schema.graphql"));
    try (Lanes lanes = Lanes.open(chinook, schema);
        Stream<Path> files = Files.list(data.orElseThrow())) {
      lanes.load(
          files
              .map(path -> path.getFileName().toString().replace(".csv", "") + "=" + path)
              .filter(argument -> argument.endsWith(".csv"))
              .toArray(String[]::new));
    }
    Database from = file(chinook);
    Head head = whole(from, server);
    assertSame(from, server);

    Database back = file(Files.createDirectory(folder.resolve("back")));
    assertThat(whole(server, back)).isEqualTo(head);
    assertSame(from, back);
    assertThat(verify(back).head()).isEqualTo(verify(from).head());
  }

  /// Made of the two sessions that a copy has: nothing of a batch is left behind for the next.
  @Test
  void aTransactionThatFailsLeavesNothing() {
    Session writer = file.writer();
    assertThatThrownBy(() ->
            StoreCopy.transaction(
                writer,
                session -> {
                  session.execute("DELETE FROM varve_session");
                  throw new Crash();
                }))
        .isInstanceOf(Crash.class);
    assertThat(OwnRows.count(file, "varve_session")).isEqualTo(3);
  }
}
