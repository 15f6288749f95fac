package dev.varve.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.lane.access.Command;
import dev.varve.lane.access.Precondition;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader;
import dev.varve.store.sql.Session;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two nodes that write in turn: each knows what the other has written when it writes.
class WritersInTurnTest {
  private static final String NOTES =
      """
      type Note @model @auth(rules: [{allow: public}]) { id: ID! text: String }
      type Memo @model @auth(rules: [{allow: public}]) { id: ID! text: String }
      """;
  // a driver prepares what it has run so often
  private static final int UNTIL_PREPARED = 8;

  @TempDir Path folder;
  @TempDir Path otherFolder;

  private OpenEngine one;
  private OpenEngine other;

  @BeforeEach
  void start() {
    TestStorage.inPostgres(folder);
    TestStorage.beside(otherFolder, folder);
    one = OpenEngine.at(folder, NOTES, Clock.systemUTC());
    other = OpenEngine.at(otherFolder, NOTES, Clock.systemUTC());
  }

  @AfterEach
  void stop() {
    other.close();
    one.close();
  }

  /// What the other one has written comes with the lock, and rows go with the commit. Once a second the end of the log is noted,
  /// which costs more.
  @Test
  void aWriteBehindThoseOfTheOtherIsTwoStatements() {
    List<Long> statements = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Written.note(one, "one" + i);
      Session writer = other.database().writer();
      long before = writer.statements();
      create(other);
      statements.add(writer.statements() - before);
      assertThat(other.sequencer().position()).isEqualTo(2 * i + 2);
    }
    assertThat(statements).contains(2L).allMatch(count -> count >= 2);
  }

  /// More units than come with the lock, and more bytes.
  @Test
  void whatTheOtherHasChangedIsForgotten() {
    for (int length : List.of(10, 30_000)) {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        ids.add("note-%d-%d".formatted(length, i));
        Written.note(one, ids.getLast());
      }
      Written.note(other, "knows all of " + length);
      // in the memory of the other one with its first change
      ids.forEach(id -> change(other, id, "first"));
      ids.forEach(id -> change(one, id, "x".repeat(length)));

      ids.forEach(id -> change(other, id, "last"));

      assertThat(other.verify().findings()).isEmpty();
      assertThat(other.log().head().position()).isEqualTo(other.sequencer().position());
    }
  }

  @Test
  void rowsOfSeveralTablesAreTheSameStatementInWhateverOrderTheyCome() throws SQLException {
    for (int i = 0; i < UNTIL_PREPARED; i++) {
      Written.submit(one, creation(one, "Note"), creation(one, "Memo"));
      Written.submit(one, creation(one, "Memo"), creation(one, "Note"));
    }
    assertThat(
            one.database()
                .writer()
                .list(
                    "SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%INSERT INTO \"memos\" %'",
                    List.of(), row -> row.getString(1)))
        .hasSize(1);
  }

  private static void create(OpenEngine engine) {
    Written.submit(engine, creation(engine, "Note"));
  }

  private static Command creation(OpenEngine engine, String name) {
    Model model = engine.schema().require(name);
    return new Command.Create(
        model,
        UUID.randomUUID().toString(),
        false,
        InputReader.read(model, Map.of("text", "new"), InputReader.Mode.CREATE));
  }

  private static void change(OpenEngine engine, String id, String text) {
    Written.submit(
        engine,
        new Command.Merge(
            note(engine),
            id,
            InputReader.read(note(engine), Map.of("text", text), InputReader.Mode.MERGE),
            Precondition.NONE));
  }

  private static Model note(OpenEngine engine) {
    return engine.schema().require("Note");
  }
}
